// The practice page: editor, draft, run, verdict, hints, timer.

import { ask } from "./ask";
import { Charts } from "./chart";
import { connectClock } from "./clock";
import { connectDiagnosis } from "./diagnose";
import { type DraftState, DraftKeeper, type Held } from "./draft";
import { createEditor } from "./editor";
import { connectLooks } from "./looks";
import { element, fill, json, type PageData } from "./page";
import { run, type RunEvent } from "./run";
import { RunningChecks } from "./running";
import { connectTabs } from "./tabs";

const data = json<PageData>(element("page-data"));
const api = `/api/exercises/${data.exercise}`;
const tabs = connectTabs(document.querySelector<HTMLElement>("[role=tablist]")!);
const clock = connectClock(data.exercise, data.spentMinutes);

const editor = createEditor(element("editor"), {
  text: data.source,
  filename: data.filename,
  onChange: () => {
    clock.start();
    draft.changed();
  },
  onRun: () => void startRun(),
  onLine: (line) => diagnosis?.cursorAt(line),
  onMark: () => {
    if (!diagnosis) return;
    tabs.open("diagnose");
    diagnosis.begin(editor.line());
  },
});

// ---- diagnosis first, and looks ----

const diagnosis = data.kind === "debug" ? connectDiagnosis(data.exercise, data.starter, editor) : null;
diagnosis?.cursorAt(editor.line());
if (document.getElementById("looks")) connectLooks(data.exercise, element("looks"), { clock, say });
document.getElementById("hide-script")?.addEventListener("click", async () => {
  const text = "You then look at its run first: output, curves, gradients, each at a price in minutes. The script is a look, too.";
  if (!(await ask({ title: "Hide the script?", text, yes: "Hide it" }))) return;
  const reply = await fetch(`${api}/hide`, { method: "POST" }).catch(() => null);
  if (reply?.ok) location.reload();
  else say(reply ? ((await reply.json()) as { fact: string }).fact : "Not hidden: the server did not answer.");
});

// ---- the draft ----

let theirs: Held | null = null;
const draft = new DraftKeeper(data.exercise, { source: data.source, version: data.version, saved_at: data.savedAt }, {
  text: editor.text,
  show: showDraftState,
  onConflict: offerChoice,
});

const unsent = draft.unsent();
if (unsent) {
  if (unsent.conflicting) draft.hold();
  editor.replace(unsent.source);
  if (unsent.conflicting) offerChoice({ source: data.source, version: data.version, saved_at: data.savedAt });
}

function showDraftState(state: DraftState): void {
  const place = element("saved");
  place.classList.toggle("away", state.kind === "away" || state.kind === "refused");
  if (state.kind === "saved") {
    const time = new Date(state.at).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
    place.textContent = `✓ Saved ${time}`;
  } else if (state.kind === "starter") place.textContent = "The starter, unchanged";
  else if (state.kind === "typing") place.textContent = "Saving…";
  else if (state.kind === "away") place.textContent = "The server is away; your text is kept in this browser";
  else place.textContent = `Kept in this browser: ${state.why}`;
  place.title = place.textContent ?? "";
}

function offerChoice(held: Held): void {
  theirs = held;
  draft.hold();
  element("conflict").hidden = false;
  element("saved").textContent = "Not saved yet: choose a text";
}

element("take-theirs").addEventListener("click", () => choose(true));
element("keep-mine").addEventListener("click", () => choose(false));

function choose(takeTheirs: boolean): void {
  if (!theirs) return;
  element("conflict").hidden = true;
  const held = theirs;
  theirs = null;
  // Undo brings the other text back if the choice was wrong.
  if (takeTheirs) editor.replace(held.source);
  draft.settle(held);
  editor.focus();
}

// ---- reset, and the way back ----

element("bring-back").hidden = !data.setAside;

element("reset").addEventListener("click", async () => {
  const text = "Your text is set aside, and you can bring it back. Attempts and opened hints stay.";
  if (!(await ask({ title: "Back to the starter?", text, yes: "Reset" }))) return;
  if (await setAside()) {
    clock.reset();
    element("bring-back").hidden = false;
  }
});

// The text goes into the list of those set aside, and the starter takes its place.
async function setAside(): Promise<boolean> {
  await draft.flush();
  const reply = await fetch(`${api}/reset`, { method: "POST" }).catch(() => null);
  if (!reply?.ok) {
    say("Not reset: the server did not answer.");
    return false;
  }
  const held = (await reply.json()) as Held & { attempts: string };
  draft.hold();
  editor.replace(held.source);
  draft.settle(held);
  fill(element("attempt-list"), held.attempts);
  element("conflict").hidden = true;
  editor.focus();
  return true;
}

async function bringBack(position: string): Promise<void> {
  const reply = await fetch(`${api}/set-aside/${position}`).catch(() => null);
  if (!reply?.ok) {
    say("Not brought back: the server did not answer.");
    return;
  }
  editor.replace(((await reply.json()) as { source: string }).source);
  element("bring-back").hidden = true;
  editor.focus();
}

element("bring-back-text").addEventListener("click", () => void bringBack("0"));
element("bring-back-no").addEventListener("click", () => {
  element("bring-back").hidden = true;
  editor.focus();
});

// An earlier attempt, asked for on its own page, becomes the text; the present one is set aside.
async function goOnFrom(source: string): Promise<void> {
  if (source !== editor.text() && (await setAside())) editor.replace(source);
}

// ---- runs ----

// What is trained has curves; what is only called has checks.
const checks = data.kind === "implement" ? new RunningChecks(element("running")) : null;
const charts = checks ? null : new Charts(element("charts"), element("legend"), data.reference, data.metric);
charts?.show(data.curves);

const runButton = element<HTMLButtonElement>("run");
const stopButton = element<HTMLButtonElement>("stop");
const progress = element<HTMLProgressElement>("progress");
const output = element("output");
let stop: AbortController | null = null;

runButton.disabled = false;
if (navigator.platform.startsWith("Mac")) element("run-keys").textContent = "⌘ ⏎";
runButton.addEventListener("click", () => void startRun());
stopButton.addEventListener("click", () => stop?.abort());
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.defaultPrevented) void startRun();
});

async function startRun(): Promise<void> {
  if (stop) return;
  stop = new AbortController();
  const began = performance.now();
  const ticking = setInterval(() => {
    element("elapsed").textContent = `${((performance.now() - began) / 1000).toFixed(1)} s`;
  }, 100);
  runButton.hidden = true;
  stopButton.hidden = false;
  progress.hidden = false;
  progress.removeAttribute("value");
  output.textContent = "";
  say("Starting");
  charts?.restart();
  checks?.restart();
  try {
    // A text that another tab has overtaken is still worth a run.
    void draft.flush();
    await run(data.exercise, editor.text(), stop.signal, onEvent);
  } finally {
    clearInterval(ticking);
    stop = null;
    const hadFocus = document.activeElement === stopButton;
    runButton.hidden = false;
    stopButton.hidden = true;
    progress.hidden = true;
    if (hadFocus) runButton.focus();
  }
}

function onEvent(event: RunEvent): void {
  switch (event.type) {
    case "output": {
      const atEnd = output.scrollHeight - output.scrollTop - output.clientHeight < 24;
      output.append(event.text);
      if (atEnd) output.scrollTop = output.scrollHeight;
      break;
    }
    case "curve":
      charts?.add(event.name, event.x, event.y);
      break;
    case "stage":
      say(event.text);
      break;
    case "progress":
      progress.max = event.of || 1;
      progress.value = event.done;
      if (event.check && event.outcome) {
        checks?.add(event.check, event.outcome);
        say(`${event.done} of ${event.of} checks`);
      }
      break;
    case "report":
      showReport(event);
      break;
    case "error":
      say(`${event.fact} ${event.cure}`);
      break;
    case "cancelled":
      say("Stopped. Nothing was counted.");
      break;
    default:
      break;
  }
}

function showReport(event: Extract<RunEvent, { type: "report" }>): void {
  fill(element("verdict"), event.html);
  fill(element("attempt-list"), event.attempts);
  charts?.show(event.curves);
  tabs.open("verdict");
  const verdict = element("verdict");
  // The check to look at first may stand below many that passed.
  const first = verdict.querySelector<HTMLElement>("details[open]");
  verdict.scrollTop = first && first.offsetTop > verdict.clientHeight / 2 ? first.offsetTop - 16 : 0;
  const headline = element("verdict").querySelector(".headline")?.lastChild?.textContent?.trim() ?? "";
  const tally = element("verdict").querySelector(".tally span")?.textContent ?? "";
  say([headline, tally].filter(Boolean).join(": "));
  if (matchMedia("(max-width: 60rem)").matches) element("verdict").closest(".brief")!.scrollIntoView();
}

function say(text: string): void {
  element("stage").textContent = text;
}

// ---- clicks on pieces of the page that the server draws ----

element("bench").addEventListener("click", async (event) => {
  const target = event.target as HTMLElement;
  const jump = target.closest<HTMLElement>("[data-line]");
  if (jump) editor.goTo(Number(jump.dataset.line));
  const hint = target.closest<HTMLElement>("[data-open-hint]");
  if (hint) await openHint(hint);
  const aside = target.closest<HTMLElement>("[data-set-aside]");
  if (aside) await bringBack(aside.dataset.setAside!);
});

async function openHint(button: HTMLElement): Promise<void> {
  const number = button.dataset.openHint;
  const text = "It costs nothing in practice, but it is counted with this exercise.";
  if (!(await ask({ title: `Open hint ${number} of ${button.dataset.hintsTotal}?`, text, yes: "Open the hint" }))) return;
  const reply = await fetch(`${api}/hints`, { method: "POST" }).catch(() => null);
  if (!reply?.ok) {
    say("The hint could not be opened: the server did not answer.");
    return;
  }
  fill(element("hint-list"), ((await reply.json()) as { html: string }).html);
  (element("hint-list").querySelector<HTMLElement>("[data-open-hint]") ?? element("hints")).focus();
}

if (data.goOnFrom !== null) void goOnFrom(data.goOnFrom);
// Reloading must not start from that attempt again.
if (location.search) history.replaceState(null, "", location.pathname + location.hash);

// A report link from another page may name the panel it wants.
const asked = location.hash.slice(1);
if (["verdict", "hints", "diagnose", "looks"].includes(asked) && document.getElementById(asked)) tabs.open(location.hash.slice(1));
if (!matchMedia("(max-width: 60rem)").matches) editor.focus();
