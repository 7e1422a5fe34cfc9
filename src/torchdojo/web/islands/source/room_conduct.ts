// The interviewer's side: sends what is clicked, shows what the log says. The page holds no state of its own.

import { type Clock, minutes } from "./room_clock";
import type { Message } from "./room_outbox";

interface Tick {
  state: string;
  evidence: string;
  run: number;
  first_fixed: number | null;
}

export interface InterviewerState {
  clock: Clock;
  stage: string;
  spent: Record<string, number>;
  ticks: Record<string, Tick>;
  nudges: { nudge: string; text: string; price: number; shown: boolean; elapsed: number }[];
  look_fors: Record<string, number>;
  notes: { text: string; tag: string; elapsed: number; number: number }[];
  asked: Record<string, { rating: string }>;
  signals: Record<string, { signal: string; evidence: string }>;
  bonuses: Record<string, number>;
  flags: { flag: string; criterion: string; text: string; elapsed: number }[];
  released: { what: string; elapsed: number }[];
  scratch: string;
  fault: string;
  scoring: { interviewers: number; final: boolean; revealed: boolean; html?: string };
}

export interface Conduct {
  show(state: InterviewerState): void;
}

const WORDS: Record<string, [string, string, string]> = {
  fixed: ["good", "✓", "fixed"],
  open: ["bad", "✗", "open"],
  no_evidence: ["unsure", "?", "not shown by this run"],
};

const all = <T extends HTMLElement>(selector: string) => [...document.querySelectorAll<T>(selector)];

// Whatever is clicked or chosen on a page is sent as it stands in the page.
export function connectControls(send: (message: Message) => boolean): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as HTMLElement).closest<HTMLElement>("[data-send]");
    if (button && !button.dataset.ask && button.getAttribute("aria-disabled") !== "true") send(JSON.parse(button.dataset.send!) as Message);
  });
  document.addEventListener("change", (event) => {
    const input = event.target as HTMLInputElement;
    if (input.dataset.tick) send({ act: input.dataset.tick, [input.dataset.tick]: input.value, seen: input.checked });
    const question = input.closest<HTMLElement>("[data-question]");
    if (question && "rating" in input.dataset) send({ act: "asked", question: question.dataset.question, rating: input.value });
    const criterion = input.closest<HTMLElement>("[data-criterion]");
    if (criterion) send(signalOf(criterion));
  });
}

export function connectConduct(send: (message: Message) => boolean, reads: boolean): Conduct {
  let shown: InterviewerState | null = null;
  let since = 0;
  if (reads) {
    for (const control of all<HTMLInputElement>(".brief .pane :is(input, select)")) control.disabled = true;
    for (const control of all(".brief .pane :is(form, button)")) control.hidden = true;
  }
  connectControls(send);
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (!form.dataset.form) return;
    event.preventDefault();
    const values = Object.fromEntries(new FormData(form));
    const nudge = { act: "nudge", text: values.text, price: Number(values.price), shown: "shown" in values };
    if (send(form.dataset.form === "nudge" ? nudge : { act: form.dataset.form, ...values })) form.reset();
  });
  setInterval(() => shown && drawTimes(shown, since), 1000);
  return {
    show(state) {
      shown = state;
      since = performance.now();
      drawTimes(state, since);
      drawConduct(state);
      drawBugs(state);
      drawTicks(state);
      drawLists(state);
      drawScoring(state, reads);
    },
  };
}

function signalOf(criterion: HTMLElement): Message {
  const chosen = criterion.querySelector<HTMLInputElement>("input[type=radio]:checked");
  const evidence = criterion.querySelector<HTMLInputElement>("[data-evidence]")!.value;
  return { act: "signal", criterion: criterion.dataset.criterion, signal: chosen?.value ?? "", evidence };
}

function drawTimes(state: InterviewerState, since: number): void {
  const passed = state.clock.running ? (performance.now() - since) / 1000 : 0;
  for (const stage of all("[data-stage]")) {
    const name = stage.dataset.stage!;
    const now = name === state.stage && !state.clock.ended;
    const spent = (state.spent[name] ?? 0) + (now ? passed : 0);
    const place = stage.querySelector<HTMLElement>("[data-spent]")!;
    place.textContent = minutes(spent);
    place.classList.toggle("over", spent > Number(place.nextSibling?.textContent?.match(/\d+/)?.[0] ?? Infinity) * 60);
    stage.classList.toggle("now", now);
  }
}

function drawConduct(state: InterviewerState): void {
  const { started, running, paused, ended } = state.clock;
  const phase = ended ? "ended" : paused ? "paused" : running ? "running" : started ? "" : "new";
  for (const button of all("[data-when]")) button.hidden = !button.dataset.when!.split(" ").includes(phase);
  const fault = document.getElementById("fault")!;
  fault.hidden = !state.fault;
  fault.textContent = state.fault ? `This log was changed after it was written: ${state.fault}.` : "";
}

function drawBugs(state: InterviewerState): void {
  const bugs = all("[data-bug]");
  for (const bug of bugs) {
    const tick = state.ticks[bug.dataset.bug!];
    const [tone, sign, word] = tick ? (WORDS[tick.state] ?? ["unsure", "?", tick.state]) : ["", "·", "not run yet"];
    bug.classList.remove("good", "bad", "unsure");
    if (tone) bug.classList.add(tone);
    const mark = bug.querySelector<HTMLElement>("[data-bug-state]")!;
    mark.textContent = sign;
    const place = bug.querySelector<HTMLElement>("[data-bug-word]")!;
    place.textContent = tick?.first_fixed != null ? `${word}, first at ${minutes(tick.first_fixed)}` : word;
    place.className = `tag ${tone || "unsure"}`;
    bug.querySelector("[data-bug-evidence]")!.textContent = tick ? `Run ${tick.run}: ${tick.evidence}` : "";
  }
  const count = document.getElementById("bug-count");
  if (count) count.textContent = `${bugs.filter((bug) => state.ticks[bug.dataset.bug!]?.state === "fixed").length}/${bugs.length}`;
}

function drawTicks(state: InterviewerState): void {
  for (const input of all<HTMLInputElement>("[data-tick]")) {
    input.checked = input.value in (input.dataset.tick === "bonus" ? state.bonuses : state.look_fors);
  }
  for (const nudge of all("[data-nudge]")) {
    nudge.querySelector<HTMLElement>("[data-given]")!.hidden = !state.nudges.some((given) => given.nudge === nudge.dataset.nudge);
  }
  for (const question of all("[data-question]")) {
    question.querySelector<HTMLSelectElement>("[data-rating]")!.value = state.asked[question.dataset.question!]?.rating ?? "";
  }
  for (const button of all<HTMLButtonElement>(".flags button")) {
    const flag = JSON.parse(button.dataset.send!) as Message;
    const given = state.flags.some((each) => each.text === flag.text && each.criterion === flag.criterion);
    button.classList.toggle("given", given);
    if (given) button.setAttribute("aria-disabled", "true");
  }
  for (const criterion of all("[data-criterion]")) {
    const marked = state.signals[criterion.dataset.criterion!];
    for (const input of criterion.querySelectorAll<HTMLInputElement>("input[type=radio]")) input.checked = input.value === marked?.signal;
    const evidence = criterion.querySelector<HTMLInputElement>("[data-evidence]")!;
    // What is being typed is newer than the log.
    if (document.activeElement !== evidence) evidence.value = marked?.evidence ?? "";
  }
}

function drawLists(state: InterviewerState): void {
  const shown = (given: { shown: boolean }) => (given.shown ? ", shown" : "");
  list("given", state.nudges.map((given) => `${minutes(given.elapsed)}  −${given.price}${shown(given)}: ${given.text}`));
  list("note-list", state.notes.map((note) => `${minutes(note.elapsed)}  ${note.tag ? `[${note.tag}] ` : ""}${note.text}`));
  list("flag-list", state.flags.map((flag) => `${minutes(flag.elapsed)}  ${flag.flag} flag: ${flag.text}`));
  document.getElementById("scratch-seen")!.textContent = state.scratch || "Nothing yet.";
  const released = state.released.map((each) => `${each.what} at ${minutes(each.elapsed)}`);
  document.getElementById("released")!.textContent = released.length ? `Shown: ${released.join(", ")}` : "";
}

function drawScoring(state: InterviewerState, reads: boolean): void {
  const { interviewers, final, revealed, html } = state.scoring;
  const place = document.getElementById("two")!;
  place.hidden = interviewers === 1;
  if (place.hidden) return;
  const button = document.getElementById("hand-in");
  if (button) button.hidden = final || !state.clock.ended;
  if (final && !reads) for (const control of all<HTMLInputElement>("#scores input, [data-tick], [data-rating]")) control.disabled = true;
  const told = document.getElementById("two-told")!;
  told.hidden = revealed && !reads;
  if (reads) told.textContent = "Two interviewers score this interview; whoever reads along is not shown their scores.";
  else if (final) told.textContent = "You have handed in your scores. Both are shown here once the other interviewer has handed in, too.";
  else told.textContent = "There are two interviewers. Each scores alone, and both see the other's scores here once both have handed in, after the end.";
  // Drawn by the server, which escapes what it shows.
  document.getElementById("two-scores")!.innerHTML = html ?? "";
}

function list(id: string, lines: string[]): void {
  const rows = lines.map((line) => {
    const row = document.createElement("li");
    row.textContent = line;
    return row;
  });
  document.getElementById(id)!.replaceChildren(...rows);
}
