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

const NAME = "code";
const EVERY = 300;

export class Timeline {
  // How many changes could not be read, of those that were read so far.
  broken = 0;
  private readonly doc = new Y.Doc();
  private readonly updates: Uint8Array[] = [];
  private readonly stretches: Stretch[] = [];

  // Changes with the time of each, which never goes back.
  constructor(private readonly edits: readonly (readonly [number, string])[]) {}

  get complete(): boolean {
    return this.updates.length === this.edits.length;
  }

  // Read one more stretch: in idle moments, or when somebody looks there.
  readOn(): void {
    if (this.complete) return;
    this.stretches.push({ text: this.doc.getText(NAME).toString(), state: Y.encodeStateAsUpdate(this.doc), deltas: null });
    const first = this.updates.length;
    for (const [, update] of this.edits.slice(first, first + EVERY)) {
      const bytes = bytesOf(update);
      if (!applies(this.doc, bytes)) this.broken += 1;
      this.updates.push(bytes);
    }
  }

  // How many changes were made until then.
  changesUntil(elapsed: number): number {
    let low = 0;
    let high = this.edits.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.edits[middle]![0] <= elapsed) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  // The text after `count` changes, and where the last of them was.
  textAfter(count: number): { text: string; at: number | null } {
    const number = Math.floor(Math.max(0, count - 1) / EVERY);
    while (this.stretches.length <= number && !this.complete) this.readOn();
    const stretch = this.stretches[number];
    if (!stretch) return { text: "", at: null };
    const first = number * EVERY;
    stretch.deltas ??= deltasOf(stretch.state, this.updates.slice(first, first + EVERY));
    let text = stretch.text;
    let at: number | null = null;
    for (const delta of stretch.deltas.slice(0, count - first)) {
      text = applied(text, delta);
      if (delta.length) at = delta[0]!.retain ?? 0;
    }
    return { text, at };
  }
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
