// An interview once more: a scrubber over its log. Everything is fetched once; the text is rebuilt here.

import "./styles/replay.css";
import { Charts } from "./chart";
import { createEditor } from "./editor";
import { type Curves, element, fill } from "./page";
import { Timeline } from "./replay_core";
import { minutes } from "./room_clock";

interface Log {
  title: string;
  filename: string;
  metric: string;
  length: number;
  edits: [number, string][];
  moments: { elapsed: number; kind: string; text: string }[];
  output: [number, number, string][];
  curves: [number, number, string, number[], (number | null)[]][];
  begins_with_looks: boolean;
  script_at: number | null;
  looks: { elapsed: number; title: string; minutes: number; html: string }[];
}

const here = location.pathname.replace(/\/$/, "");
const reply = await fetch(`${here}/log`);
if (!reply.ok) {
  say("fault", "The log could not be read. The server's terminal says why; reload the page to try again.");
  throw new Error("no log");
}
const log = (await reply.json()) as Log;
document.title = `${log.title} · Replay`;
element("replayed").textContent = log.title;
const timeline = new Timeline(log.edits);

const scrubber = element<HTMLInputElement>("scrubber");
const play = element<HTMLButtonElement>("play");
const speed = element<HTMLSelectElement>("speed");
const kind = element<HTMLSelectElement>("kind");
const output = element("output");
const charts = new Charts(element("charts"), element("legend"), {}, log.metric);
const editor = createEditor(element("editor"), {
  text: timeline.textAfter(timeline.changesUntil(0)).text,
  filename: log.filename,
  onChange: () => undefined,
  onRun: () => undefined,
  readOnly: true,
});
function say(place: string, text: string): void {
  element(place).textContent = text;
  element(place).hidden = false;
}

let now = 0;
let shownChanges = -1;
let shownOutput = -1;
let shownCurves = -1;

// How many of the rows, which are in the order of time, were there by then.
function until(rows: readonly (readonly [number, ...unknown[]])[], elapsed: number): number {
  let count = rows.length;
  while (count && rows[count - 1]![0] > elapsed) count -= 1;
  return count;
}

function show(elapsed: number): void {
  now = Math.min(Math.max(0, elapsed), log.length);
  const changes = timeline.changesUntil(now);
  if (changes !== shownChanges) {
    const { text, at } = timeline.textAfter(changes);
    editor.show(text, at);
    shownChanges = changes;
  }
  showRun();
  showLooks();
  scrubber.value = String(now);
  const told = `${minutes(now)} of ${minutes(log.length)}`;
  scrubber.setAttribute("aria-valuetext", told);
  element("now").textContent = told;
  markMoments();
}

function showRun(): void {
  const printed = until(log.output, now);
  if (printed !== shownOutput) {
    shownOutput = printed;
    const run = log.output[printed - 1]?.[1];
    output.textContent = log.output.slice(0, printed).filter((piece) => piece[1] === run).map((piece) => piece[2]).join("");
    element("stage").textContent = run === undefined ? "No run yet" : `Run ${run}`;
  }
  const drawn = until(log.curves, now);
  if (drawn !== shownCurves) {
    shownCurves = drawn;
    const run = log.curves[drawn - 1]?.[1];
    const curves: Curves = { train_loss: { x: [], y: [] } };
    for (const [, of, name, x, y] of log.curves.slice(0, drawn)) {
      if (of !== run) continue;
      const series = (curves[name] ??= { x: [], y: [] });
      series.x.push(...x);
      series.y.push(...y);
    }
    charts.show(curves);
  }
}

// ---- looks ----

let shownLooks = -1;
let scriptShown: boolean | null = null;
const parts = log.looks.map((look) => {
  const part = document.createElement("section");
  part.className = "look opened";
  const title = document.createElement("h3");
  title.textContent = `${look.title} (${look.minutes} min, at ${minutes(look.elapsed)})`;
  const shown = document.createElement("div");
  fill(shown, look.html);
  part.append(title, shown);
  return part;
});
element("looks").hidden = !log.begins_with_looks;

function showLooks(): void {
  if (!log.begins_with_looks) return;
  const opened = log.looks.filter((look) => look.elapsed <= now + 1e-6);
  if (opened.length !== shownLooks) {
    shownLooks = opened.length;
    const spent = opened.reduce((sum, look) => sum + look.minutes, 0);
    element("looks-told").textContent = opened.length ? `Looks open at this moment: ${opened.length}, for ${spent} min` : "No look is open yet";
    element("looks-shown").replaceChildren(...parts.slice(0, opened.length).reverse());
  }
  const script = log.script_at !== null && log.script_at <= now + 1e-6;
  if (script === scriptShown) return;
  scriptShown = script;
  // The script takes the place of what was seen before it.
  element<HTMLDetailsElement>("looks").open = !script;
  element("bench").classList.toggle("script-hidden", !script);
}

// ---- moments ----

const list = element("moments");
const rows = log.moments.map((moment) => {
  const row = document.createElement("li");
  const button = document.createElement("button");
  const time = document.createElement("time");
  time.textContent = minutes(moment.elapsed);
  const words = document.createElement("span");
  words.textContent = moment.text;
  button.append(time, words);
  button.type = "button";
  button.dataset.kind = moment.kind;
  button.addEventListener("click", () => show(moment.elapsed));
  row.append(button);
  return { row, button, ...moment };
});
list.replaceChildren(...rows.map(({ row }) => row));
for (const name of new Set(log.moments.map((moment) => moment.kind))) {
  const words: Record<string, string> = { look: "Looks", run: "Runs", bug: "Bugs", nudge: "Nudges", note: "Notes", stage: "Stages", answer: "Answers", score: "Ticks and ratings", clock: "The clock" };
  kind.append(new Option(words[name] ?? name, name));
}

function chosen(): typeof rows {
  return rows.filter((each) => !kind.value || each.kind === kind.value);
}

function markMoments(): void {
  const there = rows.filter((each) => each.elapsed <= now + 1e-6 && !each.row.hidden).at(-1);
  for (const each of rows) {
    if (each === there) each.button.setAttribute("aria-current", "true");
    else each.button.removeAttribute("aria-current");
  }
}

function drawMarks(): void {
  const marks = chosen().filter((each) => kind.value || ["look", "run", "nudge", "note", "bug"].includes(each.kind));
  element("marks").replaceChildren(
    ...marks.map((each) => {
      const mark = document.createElement("i");
      mark.dataset.kind = each.kind;
      mark.style.left = `${(100 * each.elapsed) / (log.length || 1)}%`;
      return mark;
    }),
  );
}

kind.addEventListener("change", () => {
  for (const each of rows) each.row.hidden = kind.value !== "" && each.kind !== kind.value;
  drawMarks();
  markMoments();
});
element("before").addEventListener("click", () => show(chosen().filter((each) => each.elapsed < now - 1e-6).at(-1)?.elapsed ?? 0));
element("after").addEventListener("click", () => show(chosen().find((each) => each.elapsed > now + 1e-6)?.elapsed ?? log.length));

// ---- playing ----

let playing = 0;
let last = 0;

function step(time: number): void {
  if (!playing) return;
  show(now + ((time - last) / 1000) * Number(speed.value));
  last = time;
  if (now >= log.length) stop();
  else playing = requestAnimationFrame(step);
}

function stop(): void {
  cancelAnimationFrame(playing);
  playing = 0;
  play.textContent = "Play";
}

play.addEventListener("click", () => {
  if (playing) {
    stop();
    return;
  }
  if (now >= log.length) show(0);
  play.textContent = "Pause";
  last = performance.now();
  playing = requestAnimationFrame(step);
});
scrubber.addEventListener("input", () => show(Number(scrubber.value)));
scrubber.max = String(log.length);
drawMarks();
show(0);
performance.mark("replay-open");
for (const control of document.querySelectorAll<HTMLInputElement>(".player :disabled, .moments-bar :disabled")) control.disabled = false;

// The rest is read in idle moments, so that the page can be used at once; whoever jumps ahead waits for it.
function readOn(): void {
  timeline.readOn();
  if (!timeline.complete) {
    setTimeout(readOn);
    return;
  }
  if (timeline.broken) {
    const changes = timeline.broken === 1 ? "1 change" : `${timeline.broken} changes`;
    say("broken", `${changes} of the text could not be read, so that it may not be what was written.`);
  }
  void checkLog();
}
setTimeout(readOn);

// The server looks at every seal of the log, which takes longer than showing it.
async function checkLog(): Promise<void> {
  const checked = await fetch(`${here}/fault`).catch(() => null);
  if (!checked?.ok) {
    say("fault", "It could not be checked whether this log is what was written. Reload the page to try again.");
    return;
  }
  const { fault } = (await checked.json()) as { fault: string };
  if (fault) say("fault", `This log was changed after it was written: ${fault}. What is shown may not be what happened.`);
}
