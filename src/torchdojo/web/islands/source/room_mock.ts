// A mock interview: what is due is drawn by the server, and asked for again when its time has come.

import { element, fill } from "./page";
import { type Clock, minutes } from "./room_clock";
import type { Message } from "./room_outbox";

export interface MockState {
  clock: Clock;
  // What is due, how many seconds until the next prompt, the stage that goes on and what of its time is left.
  mock?: { html: string; due: number | null; left?: number; stage?: string };
}

// The server's clock decides; a moment later it has surely come.
const MARGIN_MS = 400;

type Field = HTMLTextAreaElement | HTMLInputElement;

export function connectMock(send: (message: Message) => boolean): { show(state: MockState): void } {
  const place = element("mock");
  const drafts = new Map<string, string>();
  const opened = new Map<string, boolean>();
  let shown = "";
  let stage: string | undefined;
  let ended: boolean | undefined;
  let timer: number | undefined;

  place.addEventListener("input", (event) => {
    const field = event.target as Field;
    if (field.dataset.draft) drafts.set(field.dataset.draft, field.value);
  });
  place.addEventListener("toggle", (event) => opened.set((event.target as HTMLElement).id, (event.target as HTMLDetailsElement).open), { capture: true });
  place.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (!form.dataset.answer) return;
    event.preventDefault();
    send({ act: "answer", [form.dataset.answer]: form.dataset.id, text: new FormData(form).get("text") });
  });

  // What is being typed, what is open and where the focus is outlive a new drawing.
  function draw(html: string): void {
    if (html === shown) return;
    shown = html;
    const focused = document.activeElement as Field | null;
    const draft = focused?.dataset.draft;
    const label = focused && place.contains(focused) ? (focused.dataset.send ?? focused.getAttribute("value")) : null;
    const range = draft ? [focused!.selectionStart, focused!.selectionEnd] as const : null;
    fill(place, html);
    for (const field of place.querySelectorAll<Field>("[data-draft]")) {
      const kept = drafts.get(field.dataset.draft!);
      if (kept !== undefined) field.value = kept;
    }
    for (const part of place.querySelectorAll<HTMLDetailsElement>("details[id]")) part.open = opened.get(part.id) ?? part.open;
    const again = draft
      ? place.querySelector<Field>(`[data-draft="${CSS.escape(draft)}"]`)
      : label && [...place.querySelectorAll<HTMLElement>("[data-send], [value]")].find((each) => (each.dataset.send ?? each.getAttribute("value")) === label);
    if (again) again.focus();
    if (again && range) (again as Field).setSelectionRange(range[0], range[1]);
    for (const link of place.querySelectorAll<HTMLAnchorElement>("[data-replay]")) {
      link.href = `${location.pathname}/replay`;
      link.hidden = false;
    }
  }

  let left = 0;
  let since = 0;
  let counting = false;

  function drawLeft(): void {
    const times = place.querySelector(".stage.now .times");
    if (times) times.textContent = `${minutes(Math.max(0, left - (counting ? (performance.now() - since) / 1000 : 0)))} left`;
  }
  setInterval(drawLeft, 1000);

  return {
    show(state) {
      if (!state.mock) return;
      draw(state.mock.html);
      left = state.mock.left ?? 0;
      since = performance.now();
      counting = state.clock.running;
      drawLeft();
      const { paused, running } = state.clock;
      for (const button of document.querySelectorAll<HTMLElement>("#conduct [data-when]")) {
        const phase = paused ? "paused" : running ? "running" : "";
        button.hidden = !button.dataset.when!.split(" ").includes(phase);
      }
      if (stage !== undefined && state.mock.stage !== stage) {
        element("prompt-told").textContent = `Next part: ${place.querySelector(".stage.now h2")?.textContent ?? ""}`;
        element("flow").scrollTop = 0;
      }
      // The score stands at the top.
      if (state.clock.ended && ended === false) element("flow").scrollTop = 0;
      ended = state.clock.ended;
      stage = state.mock.stage;
      clearTimeout(timer);
      if (state.mock.due !== null) timer = window.setTimeout(() => send({ act: "next" }), state.mock.due * 1000 + MARGIN_MS);
    },
  };
}
