// Programs in texts: a button runs each where submissions run, as it is or varied.

import type { CodeEditor } from "./editor";
import { type RunEvent, watch } from "./run";

for (const block of document.querySelectorAll<HTMLElement>("[data-blocks] .run-block")) connect(block);

function connect(block: HTMLElement): void {
  const place = block.closest<HTMLElement>("[data-blocks]")!.dataset.blocks!;
  const original = block.textContent ?? "";
  const holder = make("div", "run-editor");
  const tools = make("div", "run-tools");
  const start = button("Run", "button");
  const vary = button("Change it", "quiet");
  const told = make("span", "footnote");
  const output = make("pre", "code run-output");
  let editor: CodeEditor | null = null;
  let stop: AbortController | null = null;

  told.setAttribute("role", "status");
  output.tabIndex = 0;
  output.setAttribute("aria-label", "What it printed");
  output.hidden = holder.hidden = true;
  tools.append(start, vary, told);
  block.after(holder, tools, output);

  const show = (event: RunEvent) => {
    switch (event.type) {
      case "output":
        output.hidden = false;
        output.textContent += event.text;
        break;
      case "stage":
        told.textContent = event.text;
        break;
      case "ran":
        // The whole of it: a long text loses its middle.
        output.textContent = event.printed;
        output.hidden = !event.printed;
        told.textContent = `${outcome(event)} ${event.seconds.toFixed(1)} s`;
        break;
      case "error":
        told.textContent = `${event.fact} ${event.cure}`;
        break;
      case "cancelled":
        told.textContent = "Stopped.";
        break;
    }
  };
  const run = async () => {
    if (stop) return;
    stop = new AbortController();
    start.textContent = "Stop";
    told.textContent = "Running …";
    output.textContent = "";
    output.hidden = true;
    await watch("/api/blocks/runs", { place, source: editor ? editor.text() : original }, stop.signal, show);
    stop = null;
    start.textContent = "Run";
  };
  const open = async () => {
    vary.disabled = true;
    const { createEditor } = await import("./editor");
    vary.disabled = false;
    holder.hidden = false;
    block.hidden = true;
    editor = createEditor(holder, { text: original.replace(/\n$/, ""), filename: "The program", onChange: () => {}, onRun: () => void run() });
    vary.textContent = "As it was";
    editor.focus();
  };
  const close = () => {
    editor = null;
    holder.textContent = "";
    holder.hidden = true;
    block.hidden = false;
    vary.textContent = "Change it";
  };
  start.addEventListener("click", () => (stop ? stop.abort() : void run()));
  vary.addEventListener("click", () => (editor ? close() : void open()));
}

function outcome(ran: { finished: boolean; told: string; printed: string }): string {
  if (ran.told) return ran.told;
  if (!ran.finished) return "It ended with an error.";
  return ran.printed ? "Done." : "Done; it printed nothing.";
}

function make(tag: string, name: string): HTMLElement {
  const element = document.createElement(tag);
  element.className = name;
  return element;
}

function button(text: string, name: string): HTMLButtonElement {
  return Object.assign(document.createElement("button"), { type: "button", textContent: text, className: name });
}
