// One run: send the text, read the events as they come, stop when asked to.

import type { Curves } from "./page";

export type RunEvent =
  | { type: "output"; text: string }
  | { type: "curve"; name: string; x: number; y: number | null }
  | { type: "stage"; text: string }
  | { type: "progress"; done: number; of: number; check?: string; outcome?: string }
  | { type: "pulse" }
  | { type: "report"; verdict: string; html: string; attempts: string; curves: Curves }
  | { type: "error"; fact: string; cure: string }
  | { type: "cancelled" };

// Resolves when the run has ended for whatever reason; the last event is "report", "error" or "cancelled".
export async function run(exercise: string, source: string, stop: AbortSignal, on: (event: RunEvent) => void): Promise<void> {
  let ended = false;
  const pass = (event: RunEvent) => {
    ended = event.type === "report" || event.type === "error" || event.type === "cancelled";
    on(event);
  };
  try {
    const reply = await fetch(`/api/exercises/${exercise}/runs`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ source }),
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
    on({ type: "error", fact: "The server went away during the run.", cure: "Nothing was counted. Start it again and press Run." });
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
