// The text of an interview at any moment: changes in their order, with the whole state every now and then to start from.

import * as Y from "yjs";

type Delta = { retain?: number; insert?: unknown; delete?: number }[];

interface Stretch {
  // Before its first change.
  text: string;
  state: Uint8Array;
  // What each change of it did to the text; worked out when somebody looks there.
  deltas: Delta[] | null;
}

export interface Timeline {
  // When each change was made, never going back.
  times: number[];
  updates: Uint8Array[];
  stretches: Stretch[];
  // How many changes could not be read.
  broken: number;
}

const NAME = "code";
const EVERY = 300;

export function timelineOf(edits: readonly (readonly [number, string])[]): Timeline {
  const doc = new Y.Doc();
  const text = doc.getText(NAME);
  const made: Timeline = { times: [], updates: [], stretches: [], broken: 0 };
  for (const [elapsed, update] of edits) {
    if (made.updates.length % EVERY === 0) {
      made.stretches.push({ text: text.toString(), state: Y.encodeStateAsUpdate(doc), deltas: null });
    }
    const bytes = bytesOf(update);
    if (!applies(doc, bytes)) made.broken += 1;
    made.times.push(elapsed);
    made.updates.push(bytes);
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
  const number = Math.min(Math.floor(count / EVERY), timeline.stretches.length - 1);
  const stretch = timeline.stretches[number];
  if (!stretch) return { text: "", at: null };
  const first = number * EVERY;
  stretch.deltas ??= deltasOf(stretch.state, timeline.updates.slice(first, first + EVERY));
  let text = stretch.text;
  let at: number | null = null;
  for (const delta of stretch.deltas.slice(0, count - first)) {
    text = applied(text, delta);
    if (delta.length) at = delta[0]!.retain ?? 0;
  }
  return { text, at };
}

function deltasOf(state: Uint8Array, updates: readonly Uint8Array[]): Delta[] {
  const doc = new Y.Doc();
  applies(doc, state);
  let delta: Delta = [];
  doc.getText(NAME).observe((event) => (delta = event.delta as Delta));
  return updates.map((update) => {
    delta = [];
    applies(doc, update);
    return delta;
  });
}

function applies(doc: Y.Doc, update: Uint8Array): boolean {
  try {
    Y.applyUpdate(doc, update);
    return true;
  } catch {
    return false;
  }
}

function bytesOf(base64: string): Uint8Array {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    // Not what is written here: it counts as a change that cannot be read.
    return new Uint8Array();
  }
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
