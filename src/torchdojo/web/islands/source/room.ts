// The page of a room: the shared editor over one web socket, the clock, runs, and what the role may see besides.

import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { yCollab, yUndoManagerKeymap } from "y-codemirror.next";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";

import "./styles/room.css";
import { ask } from "./ask";
import { Charts } from "./chart";
import { createEditor } from "./editor";
import { element, fill, json } from "./page";
import { type Message, Outbox } from "./room_outbox";
import { type Clock, RoomClock } from "./room_clock";
import { type Conduct, connectConduct, connectControls, type InterviewerState } from "./room_conduct";
import { connectRoomLooks, type LooksState } from "./room_looks";
import { connectMock, type MockState } from "./room_mock";
import { connectTabs } from "./tabs";

interface CandidateState {
  clock: Clock;
  nudges: string[];
  released: { what: string; html: string }[];
  scratch: string;
  run: number | null;
}
type Told =
  | { type: "state"; state: PageState }
  | { type: "again"; run: number }
  | { type: "output"; run: number; text: string; ended?: boolean }
  | { type: "curve"; run: number; name: string; x: number[]; y: (number | null)[] }
  | { type: "look"; look: string; html: string }
  | { type: "looking"; look: string | null }
  | { type: "people"; people: string[] }
  | { type: "kept" }
  | { type: "caught_up" }
  | { type: "done"; id: number }
  | { type: "alive" }
  | { type: "refused"; fact: string; cure: string; id: number | null };

type PageState = CandidateState & InterviewerState & MockState & LooksState;

const OURS = 4;
const MOST_AT_ONCE = 150_000;
const MOST_CHARACTERS = 400_000;
const SCRATCH_PAUSE_MS = 600;

const data = json<{ role: string; filename: string; metric: string; state: PageState }>(element("page-data"));
const isCandidate = data.role === "candidate";
const reads = data.role === "observer";
const tabs = connectTabs(document.querySelector<HTMLElement>("[role=tablist]")!);

// ---- the socket ----

const doc = new Y.Doc();
const text = doc.getText("code");
const address = `${location.origin.replace(/^http/, "ws")}${location.pathname}`;
// Two tabs have to go through the log like two people.
const provider = new WebsocketProvider(address, "socket", doc, { disableBc: true, maxBackoffTime: 2000 });
const colours: Record<string, string> = { candidate: "#c8490f", interviewer: "#1d5fd1", observer: "#6b7280" };
provider.awareness.setLocalStateField("user", { name: data.role, color: colours[data.role], colorLight: `${colours[data.role]}33` });

function post(message: object): void {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, OURS);
  encoding.writeVarString(encoder, JSON.stringify(message));
  provider.ws!.send(encoding.toUint8Array(encoder));
}

const outbox = new Outbox(post);

function send(message: Message): boolean {
  const taken = outbox.send(message, provider.wsconnected);
  if (!taken) refuse("Not connected just now.", "Try again in a moment.");
  return taken;
}

provider.messageHandlers[OURS] = (_encoder, decoder) => take(JSON.parse(decoding.readVarString(decoder)) as Told);

// Changes that the server has not said it kept, since it was connected; and whether there may be some from before.
let unsent = 0;
let behind = false;
const saved = element("saved");
doc.on("update", (_update: Uint8Array, origin: unknown) => {
  if (origin === provider) return;
  if (provider.wsconnected) unsent += 1;
  else behind = true;
  saved.textContent = provider.wsconnected ? "Saving…" : "Offline: your text is kept in this page";
});
// A change is not safe before those that it follows from.
function showSaved(): void {
  if (!unsent && !behind) saved.textContent = "✓ Saved";
}
provider.on("status", ({ status }: { status: string }) => {
  saved.classList.toggle("away", status !== "connected");
  if (status === "connected") saved.textContent = "Connected";
  else if (status === "disconnected") {
    saved.textContent = reads ? "Offline: connecting again…" : "Offline: what you write is kept in this page and sent when it connects again";
    behind ||= unsent > 0;
    unsent = 0;
    outbox.disconnected();
  }
  for (const button of document.querySelectorAll<HTMLButtonElement>("#run")) button.disabled = status !== "connected";
});
// What ends a visit for good: a link that was closed, a message that could not be kept.
provider.on("closed", ({ reason }: { reason: string }) => {
  // What were typed here from now on would go nowhere.
  editor.lock();
  behind = false;
  saved.textContent = "Not connected";
  refuse(reason || "The connection was closed.", "", true);
});
window.addEventListener("beforeunload", (event) => {
  if (behind || unsent || outbox.waiting) event.preventDefault();
});

// ---- the editor ----

const undo = new Y.UndoManager(text);
const editor = createEditor(element("editor"), {
  text: "",
  filename: data.filename,
  onChange: () => undefined,
  onRun: () => startRun(),
  readOnly: reads,
  shared: [yCollab(text, provider.awareness, { undoManager: undo })],
  keys: yUndoManagerKeymap,
  most: { bytes: MOST_AT_ONCE, characters: MOST_CHARACTERS, refused: () => refuse("That is too much to paste at once.", "Keep what belongs to the script.") },
});
provider.once("sync", () => {
  if (isCandidate && !looks?.hidden) editor.focus();
});

// ---- runs ----

const charts = new Charts(element("charts"), element("legend"), {}, data.metric);
const output = element("output");
let shownRun = 0;

function startRun(): void {
  if (!reads && !looks?.hidden && document.getElementById("run")) send({ act: "run" });
}
document.getElementById("run")?.addEventListener("click", startRun);
document.getElementById("stop")?.addEventListener("click", () => send({ act: "stop" }));

function newRun(run: number): void {
  if (run === shownRun) return;
  shownRun = run;
  output.textContent = "";
  charts.restart();
  element("stage").textContent = `Run ${run} is going on`;
}

function showRunning(running: number | null, ended: boolean): void {
  const run = document.getElementById("run");
  const stop = document.getElementById("stop");
  if (run) run.hidden = running !== null || ended;
  if (stop) stop.hidden = running === null;
  if (running !== null) newRun(running);
}

// ---- what the server tells ----

const clock = new RoomClock();
const conduct: Conduct | null = isCandidate ? null : connectConduct(send, reads);
const mock = data.state.mock ? connectMock(send) : null;
if (mock) connectControls(send);
const looks = data.state.looks ? connectRoomLooks(send, data.role, onScript) : null;

// The candidate has both before them then; everybody else stays at what they were reading.
function onScript(mine: boolean): void {
  if (!isCandidate) return;
  if (!mock) tabs.open("looks-pane");
  if (mine) editor.focus();
}

function take(told: Told): void {
  switch (told.type) {
    case "state":
      outbox.connected(isCandidate ? [] : told.state.notes);
      show(told.state);
      break;
    case "again":
      // After a lost connection the last run is told from its beginning.
      if (told.run === shownRun) {
        output.textContent = "";
        charts.clear();
      }
      break;
    case "output": {
      newRun(told.run);
      const atEnd = output.scrollHeight - output.scrollTop - output.clientHeight < 24;
      output.append(told.text);
      if (told.ended) element("stage").textContent = `Run ${told.run}: ${told.text.split("\n").at(-1)}`;
      if (atEnd) output.scrollTop = output.scrollHeight;
      break;
    }
    case "curve":
      newRun(told.run);
      told.x.forEach((x, at) => charts.add(told.name, x, told.y[at] ?? null));
      break;
    case "look":
      looks?.draw(told.look, told.html);
      break;
    case "looking":
      looks?.wait(told.look);
      break;
    case "people":
      element("people").textContent = `Here: ${[...new Set(told.people)].join(", ")}`;
      break;
    case "kept":
      unsent = Math.max(0, unsent - 1);
      showSaved();
      break;
    case "caught_up":
      if (!behind) break;
      behind = false;
      showSaved();
      break;
    case "done":
      outbox.done(told.id);
      break;
    case "refused":
      if (told.id !== null) outbox.done(told.id);
      refuse(told.fact, told.cure);
      break;
  }
}

function show(state: PageState): void {
  clock.show(state.clock);
  conduct?.show(state);
  mock?.show(state);
  looks?.show(state);
  showRunning(state.run, state.clock.ended);
  if (state.clock.ended) editor.lock();
  if (isCandidate) showToCandidate(state);
}

let refusalTimer: number | undefined;
function refuse(fact: string, cure: string, stays = false): void {
  const place = element("refusal");
  place.textContent = `${fact} ${cure}`.trim();
  place.hidden = false;
  clearTimeout(refusalTimer);
  if (!stays) refusalTimer = window.setTimeout(() => (place.hidden = true), 8000);
}

// ---- the candidate's side ----

const scratch = document.getElementById("scratch") as HTMLTextAreaElement | null;
let scratchTimer: number | undefined;
let scratchTyped = false;
scratch?.addEventListener("input", () => {
  scratchTyped = true;
  clearTimeout(scratchTimer);
  scratchTimer = window.setTimeout(() => {
    scratchTyped = false;
    send({ act: "scratch", text: scratch.value });
  }, SCRATCH_PAUSE_MS);
});

function showScratch(text: string): void {
  // What is being typed is newer than the log; another tab of the same person is not.
  if (scratch && !scratchTyped && !outbox.waiting && scratch.value !== text) scratch.value = text;
}

let shownNudges = "";
let shownReleases = 0;
function showToCandidate(state: CandidateState): void {
  showScratch(state.scratch);
  const nudges = state.nudges.map((html) => `<p class="shown-nudge"><strong>${mock ? "Nudge" : "From your interviewer"}:</strong> ${html}</p>`).reverse().join("");
  if (nudges !== shownNudges) fill(element("nudges"), nudges);
  shownNudges = nudges;
  if (state.released.length === shownReleases) return;
  shownReleases = state.released.length;
  fill(element("shown"), state.released.map((each) => `<article class="prose shown-release">${each.html}${each.what === "replay" ? `<p><a href="${location.pathname}/replay">Watch the replay</a></p>` : ""}</article>`).join(""));
  tabs.open("task");
}

document.getElementById("end")?.addEventListener("click", async () => {
  const about = "The text stays as it is from then on. Notes and scores can still be written.";
  if (await ask({ title: "End the interview?", text: about, yes: "End it" })) send({ act: "end" });
});
for (const button of document.querySelectorAll<HTMLElement>("[data-ask]")) {
  button.addEventListener("click", async (event) => {
    event.stopImmediatePropagation();
    const asked = { title: button.dataset.ask!, text: "It cannot be taken back.", yes: button.dataset.yes ?? "Show it" };
    if (await ask(asked)) send(JSON.parse(button.dataset.send!) as Message);
  }, { capture: true });
}
show(data.state);
