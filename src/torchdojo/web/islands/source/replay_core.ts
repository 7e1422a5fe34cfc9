// The text of an interview at any moment: changes in their order, with a whole text every now and then to start from.

import * as Y from "yjs";

type Delta = { retain?: number; insert?: unknown; delete?: number }[];

export interface Timeline {
  // When each change was made, never going back.
  times: number[];
  deltas: Delta[];
  // The text before change 0, EVERY, 2 * EVERY, ...
  snapshots: string[];
  // How many changes could not be read.
  broken: number;
}

const EVERY = 200;

export function timelineOf(edits: readonly (readonly [number, string])[]): Timeline {
  const doc = new Y.Doc();
  const text = doc.getText("code");
  const made: Timeline = { times: [], deltas: [], snapshots: [], broken: 0 };
  let delta: Delta = [];
  text.observe((event) => (delta = event.delta as Delta));
  for (const [elapsed, update] of edits) {
    if (made.deltas.length % EVERY === 0) made.snapshots.push(text.toString());
    delta = [];
    try {
      Y.applyUpdate(doc, Uint8Array.from(atob(update), (character) => character.charCodeAt(0)));
    } catch {
      made.broken += 1;
    }
    made.times.push(elapsed);
    made.deltas.push(delta);
  }
  return made;
}

// How many changes were made until then.
export function changesUntil(timeline: Timeline, elapsed: number): number {
  let low = 0;
  let high = timeline.times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (timeline.times[middle]! <= elapsed) low = middle + 1;
    else high = middle;
  }
  return low;
}

// The text after `count` changes, and where the last of them was.
export function textAfter(timeline: Timeline, count: number): { text: string; at: number | null } {
  const from = Math.min(Math.floor(count / EVERY), timeline.snapshots.length - 1);
  let text = timeline.snapshots[from] ?? "";
  let at: number | null = null;
  for (let number = from * EVERY; number < count; number += 1) {
    const delta = timeline.deltas[number]!;
    text = applied(text, delta);
    if (delta.length) at = delta[0]!.retain ?? 0;
  }
  return { text, at };
}

function applied(text: string, delta: Delta): string {
  let position = 0;
  let result = "";
  for (const { retain, insert, delete: removed } of delta) {
    if (retain !== undefined) {
      result += text.slice(position, position + retain);
      position += retain;
    } else if (removed !== undefined) position += removed;
    else if (typeof insert === "string") result += insert;
  }
  return result + text.slice(position);
}
