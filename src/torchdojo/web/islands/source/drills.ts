// The page that makes drills: the kinds narrowed down while one types, the making watched, the drill opened.

import { element } from "./page";
import { type RunEvent, watch } from "./run";

const form = document.getElementById("drill");
if (form instanceof HTMLFormElement) connect(form);

function connect(form: HTMLFormElement): void {
  form.querySelector(".without-script")?.remove();
  const search = element<HTMLInputElement>("kind-search");
  const entries = [...element("kinds").querySelectorAll<HTMLElement>("li")];
  const base = form.elements.namedItem("base") as HTMLSelectElement;
  const box = (entry: HTMLElement) => entry.querySelector<HTMLInputElement>("input")!;

  const narrow = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const entry of entries) {
      const possible = !base.value || entry.dataset.bases!.split(" ").includes(base.value);
      const fits = possible && words.every((word) => entry.dataset.text!.includes(word));
      // What is chosen stays in sight, fitting or not.
      entry.hidden = !fits && !box(entry).checked;
      entry.classList.toggle("unfit", !possible);
      shown += entry.hidden ? 0 : 1;
    }
    element("kinds-found").textContent = `${shown} ${shown === 1 ? "kind" : "kinds"}`;
  };
  const count = () => {
    const chosen = entries.filter((entry) => box(entry).checked);
    const names = chosen.map((entry) => entry.textContent!.trim());
    element("chosen").textContent = names.length === 0 ? "any" : names.length > 2 ? `${names.length} chosen` : names.join(", ");
    element("kinds-none").hidden = names.length === 0;
  };
  search.addEventListener("input", narrow);
  search.addEventListener("keydown", (event) => {
    // Here Enter ends a search; it does not make a drill.
    if (event.key === "Enter") event.preventDefault();
  });
  base.addEventListener("change", narrow);
  element("kinds").addEventListener("change", () => {
    count();
    narrow();
  });
  element("kinds-none").addEventListener("click", () => {
    for (const entry of entries) box(entry).checked = false;
    count();
    narrow();
    search.focus();
  });
  // A form that the browser has filled in again after going back.
  count();
  narrow();

  const make = element<HTMLButtonElement>("make-drill");
  const stopButton = element<HTMLButtonElement>("stop");
  let stop: AbortController | null = null;
  stopButton.addEventListener("click", () => stop?.abort());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (stop) return;
    stop = new AbortController();
    const asked = new FormData(form);
    const seed = String(asked.get("seed") ?? "");
    const options = {
      bugs: Number(asked.get("bugs")),
      level: Number(asked.get("level")),
      base: String(asked.get("base") ?? ""),
      kinds: asked.getAll("kinds").map(String),
      seed: seed === "" ? null : Number(seed),
      hidden: asked.has("hidden"),
    };
    element("refused").hidden = true;
    busy(true);
    try {
      await watch("/api/drills", options, stop.signal, onEvent);
    } finally {
      stop = null;
      busy(false);
    }
  });

  function busy(on: boolean): void {
    const hadFocus = document.activeElement === make || document.activeElement === stopButton;
    make.hidden = on;
    stopButton.hidden = !on;
    element("progress").hidden = !on;
    if (hadFocus) (on ? stopButton : make).focus();
  }

  function onEvent(event: RunEvent): void {
    if (event.type === "stage") say(event.text);
    else if (event.type === "cancelled") say("Stopped. No drill was made.");
    else if (event.type === "made") {
      say(`Made: ${event.title}`);
      location.assign(event.address);
    } else if (event.type === "error") {
      say("");
      const told = document.createElement("p");
      const fact = document.createElement("strong");
      fact.textContent = event.fact;
      told.append(fact, ` ${event.cure}`);
      element("refused").replaceChildren(told);
      element("refused").hidden = false;
    }
  }
}

function say(text: string): void {
  element("stage").textContent = text;
}
