// Looks in a room: while the script is hidden they stand where the editor will be, afterwards in a tab of their own.

import { ask } from "./ask";
import { element, fill } from "./page";
import { type Clock, minutes } from "./room_clock";
import type { Message } from "./room_outbox";

export interface LooksState {
  clock: Clock;
  // null where the script never was hidden
  looks: { hidden: boolean; spent: number; opened: Record<string, { minutes: number; elapsed: number; by: string }> } | null;
}

export interface RoomLooks {
  readonly hidden: boolean;
  show(state: LooksState): void;
  // What there is to see at an open look.
  draw(look: string, html: string): void;
  // Which look is being opened just now.
  wait(look: string | null): void;
}

// `onScript` is told when the script is opened, and whether by this page.
export function connectRoomLooks(send: (message: Message) => boolean, role: string, onScript: (mine: boolean) => void): RoomLooks {
  const place = element("looks");
  const rows = [...place.querySelectorAll<HTMLElement>("[data-look]")];
  let shown: LooksState | null = null;
  let hidden: boolean | null = null;
  let waiting: string | null = null;
  let asked: string | null = null;

  const button = (row: HTMLElement) => row.querySelector<HTMLButtonElement>("[data-open]");
  const heading = (row: HTMLElement) => row.querySelector<HTMLElement>("h3")!;
  const row = (look: string | null) => rows.find((each) => each.dataset.look === look);
  const open = () => shown?.looks?.opened ?? {};

  place.addEventListener("click", async (event) => {
    const pressed = (event.target as HTMLElement).closest<HTMLElement>("[data-open]");
    if (!pressed || pressed.getAttribute("aria-disabled") === "true") return;
    if (pressed.dataset.sure && !(await ask({ title: pressed.dataset.sure, text: "It cannot be taken back.", yes: "Open it" }))) return;
    const look = pressed.dataset.open!;
    if (send({ act: "look", look })) asked = look;
  });

  function drawRow(each: HTMLElement): void {
    const opened = open()[each.dataset.look!];
    const tag = each.querySelector<HTMLElement>("[data-opened]")!;
    const pressed = button(each);
    each.classList.toggle("opened", opened !== undefined);
    each.querySelector<HTMLElement>("[data-shows]")!.hidden = opened !== undefined;
    if (!opened) {
      const { started, ended } = shown!.clock;
      pressed?.setAttribute("aria-disabled", String(!started || ended || waiting !== null));
      return;
    }
    const by = opened.by === role || role === "observer" && opened.by === "candidate" ? "" : `, by the ${opened.by}`;
    tag.hidden = false;
    tag.textContent = `${opened.minutes} min, at ${minutes(opened.elapsed)}${by}`;
    if (pressed) pressed.hidden = true;
  }

  function drawSpent(): void {
    const count = Object.keys(open()).length;
    const spent = shown!.looks!.spent;
    const start = shown!.clock.started ? "" : " They can be opened once the interview has started.";
    element("looks-spent").innerHTML = count
      ? `<strong>${spent} ${spent === 1 ? "minute" : "minutes"}</strong> for ${count} ${count === 1 ? "look" : "looks"} so far. The prices add up; the clock goes on as usual.`
      : `The script is hidden. Each look at one recorded run of it has a price; the prices add up, and the clock goes on as usual.${start}`;
  }

  // To the place that fits, where it is read on at the same line.
  function settle(): void {
    const now = shown!.looks!.hidden;
    element("bench").classList.toggle("script-hidden", now);
    element("tab-looks").hidden = now;
    const home = element(now ? "looks-desk" : "looks-pane");
    if (place.parentElement !== home) home.append(place);
    if (hidden && !now) onScript(asked === "script");
    hidden = now;
  }

  function drawWaiting(): void {
    element("looking").hidden = waiting === null;
    const title = row(waiting)?.querySelector("h3")?.textContent;
    element("looking-told").textContent = title ? `Opening: ${title}. The first look has the script run once, which takes some seconds.` : "";
  }

  return {
    get hidden() {
      return hidden === true;
    },
    show(state) {
      if (!state.looks) return;
      shown = state;
      rows.forEach(drawRow);
      drawSpent();
      settle();
      const opened = row(asked);
      if (!asked || !opened || !open()[asked]) return;
      if (asked !== "script") heading(opened).focus();
      asked = null;
    },
    draw(look, html) {
      const shownAt = row(look)?.querySelector<HTMLElement>("[data-exhibits]");
      // It never changes, and comes again after a lost connection.
      if (shownAt && !shownAt.hasChildNodes()) fill(shownAt, html);
    },
    wait(look) {
      waiting = look;
      drawWaiting();
      if (shown) rows.forEach(drawRow);
    },
  };
}
