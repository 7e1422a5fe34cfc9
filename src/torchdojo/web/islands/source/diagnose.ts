// Diagnosis first: marks on lines of the starter, each with a kind of bug, handed in together.

import { ask } from "./ask";
import { type Choice, Combo } from "./combo";
import type { CodeEditor } from "./editor";
import { element, fill, recall, remember } from "./page";

const MOST = 20;

interface Mark {
  line: number;
  kind: string;
}

export interface Diagnosis {
  cursorAt(line: number): void;
  begin(line: number): void;
}

export function connectDiagnosis(exercise: string, starter: string, editor: CodeEditor): Diagnosis {
  const key = `torchdojo:marks:${exercise}`;
  const lines = starter.split("\n");
  // The empty rest after the last newline is no line.
  if (lines.at(-1) === "") lines.pop();
  const place = element<HTMLInputElement>("mark-line");
  const field = element<HTMLInputElement>("mark-kind");
  const handIn = element<HTMLButtonElement>("hand-in");
  const combo = new Combo(field, element("mark-kinds"));
  let titles = new Map<string, string>();
  let marks = JSON.parse(recall(key) ?? "[]") as Mark[];
  let asked = false;

  const say = (text: string) => {
    element("mark-said").textContent = text;
  };

  // The kinds are the whole catalogue's, and asked for only when somebody is about to name one.
  const load = async () => {
    if (asked) return;
    asked = true;
    const reply = await fetch("/api/kinds").catch(() => null);
    if (!reply?.ok) {
      asked = false;
      say("The kinds of bugs could not be loaded: the server did not answer.");
      return;
    }
    const kinds = (await reply.json()) as Choice[];
    titles = new Map(kinds.map((kind) => [kind.slug, kind.title]));
    combo.fill(kinds);
    draw();
  };

  const showLine = () => {
    const line = Number(place.value);
    element("mark-text").textContent = lines[line - 1]?.trim() || (place.value ? " " : "");
  };

  const draw = () => {
    const list = element("marks");
    list.replaceChildren(
      ...marks.map((mark, at) => {
        const entry = document.createElement("li");
        const jump = document.createElement("button");
        jump.type = "button";
        jump.className = "jump";
        jump.dataset.line = String(mark.line);
        jump.textContent = `line ${mark.line}`;
        const what = document.createElement("span");
        what.className = "what";
        what.append(titles.get(mark.kind) ?? mark.kind, " ", jump);
        const code = document.createElement("code");
        code.textContent = lines[mark.line - 1]?.trim() ?? "";
        const remove = document.createElement("button");
        remove.type = "button";
        remove.className = "quiet";
        remove.textContent = "Remove";
        remove.setAttribute("aria-label", `Remove the mark on line ${mark.line}`);
        remove.addEventListener("click", () => {
          marks.splice(at, 1);
          keep();
          say(`The mark on line ${mark.line} is gone.`);
          (list.querySelectorAll<HTMLElement>(".quiet")[Math.min(at, marks.length - 1)] ?? place).focus();
        });
        entry.append(what, remove, code);
        return entry;
      }),
    );
    handIn.disabled = marks.length === 0;
    handIn.textContent = marks.length ? `Hand in ${marks.length} ${marks.length === 1 ? "mark" : "marks"}` : "Hand in";
    // Where the text was changed, its lines are others.
    editor.mark(editor.text() === starter ? marks.map((mark) => mark.line) : []);
  };

  const keep = () => {
    remember(key, marks.length ? JSON.stringify(marks) : null);
    draw();
  };

  // The line of the starter that stands on a line of the editor; null where the text was changed.
  const ofStarter = (line: number): number | null => {
    const now = editor.text().split("\n");
    if (now.at(-1) === "") now.pop();
    let same = 0;
    while (same < now.length && now[same] === lines[same]) same += 1;
    if (line <= same) return line;
    let after = 0;
    while (after < Math.min(now.length, lines.length) - same && now.at(-1 - after) === lines.at(-1 - after)) after += 1;
    return line > now.length - after ? line + lines.length - now.length : null;
  };

  const cursorAt = (line: number) => {
    const own = ofStarter(line);
    if (own !== null) {
      // Behind the last newline there is a cursor but no line.
      place.value = String(Math.min(own, lines.length));
      showLine();
    }
    const same = editor.text() === starter;
    const how = element("mark-how");
    how.dataset.usual ??= how.innerHTML;
    if (same) how.innerHTML = how.dataset.usual;
    else how.textContent = "You have changed the script. Lines count as in the starter, which Reset brings back.";
  };

  place.max = String(lines.length);
  place.addEventListener("input", showLine);
  field.addEventListener("focus", () => void load());
  document.getElementById("tab-diagnose")!.addEventListener("focus", () => void load());
  field.addEventListener("chosen", () => element("marking").querySelector<HTMLElement>("[type=submit]")!.focus());
  element("marking").addEventListener("submit", (event) => {
    event.preventDefault();
    const line = Number(place.value);
    const kind = combo.value();
    if (!Number.isInteger(line) || line < 1 || line > lines.length) say(`The starter has lines 1 to ${lines.length}.`);
    else if (!kind) {
      say(field.value ? "Choose a kind of bug from the list." : "Name the kind of bug that you suspect there.");
      field.focus();
    } else if (marks.length >= MOST) say(`Decide: at most ${MOST} marks can be handed in.`);
    else if (marks.some((mark) => mark.line === line && mark.kind === kind.slug)) say("This is marked already.");
    else {
      marks.push({ line, kind: kind.slug });
      marks.sort((a, b) => a.line - b.line);
      keep();
      combo.clear();
      say(`Marked: line ${line}, ${kind.title}.`);
    }
  });
  handIn.addEventListener("click", async () => {
    const text = `Each of your ${marks.length} marks is judged. Only the first diagnosis of an exercise counts.`;
    if (!(await ask({ title: "Hand in your diagnosis?", text, yes: "Hand in" }))) return;
    const reply = await fetch(`/api/exercises/${exercise}/diagnoses`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ marks }),
    }).catch(() => null);
    if (!reply?.ok) {
      const why = reply ? ((await reply.json()) as { fact: string; cure: string }) : null;
      say(why ? `${why.fact} ${why.cure}` : "Not handed in: the server did not answer.");
      return;
    }
    fill(element("diagnosis"), ((await reply.json()) as { html: string }).html);
    marks = [];
    keep();
    say("");
    element("diagnose").scrollTop = 0;
    element("diagnosis").querySelector<HTMLElement>(".headline")?.focus();
  });

  // Names of kinds that were marked in an earlier visit.
  if (marks.length) void load();
  draw();
  return {
    cursorAt,
    begin(line) {
      cursorAt(line);
      field.focus();
    },
  };
}
