// What the server does while the page watches: a run, a drill in the making, a look. Events come one JSON a line.

import type { Curves } from "./page";

export type RunEvent =
  | { type: "output"; text: string }
  | { type: "curve"; name: string; x: number; y: number | null }
  | { type: "stage"; text: string }
  | { type: "progress"; done: number; of: number; check?: string; outcome?: string }
  | { type: "pulse" }
  | { type: "report"; verdict: string; html: string; attempts: string; curves: Curves }
  | { type: "made"; address: string; title: string }
  | { type: "ran"; finished: boolean; told: string; seconds: number; printed: string }
  | { type: "looks"; html: string; spent: number; script: boolean }
  | { type: "error"; fact: string; cure: string }
  | { type: "cancelled" };

const LAST = new Set(["report", "ran", "made", "looks", "error", "cancelled"]);

// Judges a text. The last event is "report", "error" or "cancelled".
export function run(exercise: string, source: string, stop: AbortSignal, on: (event: RunEvent) => void): Promise<void> {
  return watch(`/api/exercises/${exercise}/runs`, { source }, stop, on);
}

// Resolves when what was asked for has ended for whatever reason.
export async function watch(address: string, asked: object, stop: AbortSignal, on: (event: RunEvent) => void): Promise<void> {
  let ended = false;
  const pass = (event: RunEvent) => {
    ended = LAST.has(event.type);
    on(event);
  };
  try {
    const reply = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(asked),
      signal: stop,
    });
    if (!reply.ok || !reply.body) {
      on({ type: "error", ...((await reply.json()) as { fact: string; cure: string }) });
      return;
    }
    await eachLine(reply.body, (line) => pass(JSON.parse(line) as RunEvent));
  } catch (error) {
    if (stop.aborted) {
      if (!ended) on({ type: "cancelled" });
      return;
    }
    if (!(error instanceof TypeError)) throw error;
  }
  if (!ended) {
    on({ type: "error", fact: "The server went away during the run.", cure: "Nothing was counted. Start it again and try once more." });
  }
}

async function eachLine(body: ReadableStream<Uint8Array>, use: (line: string) => void): Promise<void> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) use(line);
  }
}
