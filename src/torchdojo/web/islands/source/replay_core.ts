// The text of an interview at any moment: changes in their order, with the whole state every now and then to start from.

import * as Y from "yjs";

type Delta = { retain?: number; insert?: unknown; delete?: number }[];

interface Stretch {
  // Before its first change.
  text: string;
  state: Uint8Array;
  // What its changes did to the text; worked out as far as somebody looks.
  deltas: Deltas | null;
}

const NAME = "code";
const EVERY = 300;

export class Timeline {
  // How many changes could not be read, of those that were read so far.
  broken = 0;
  private readonly doc = new Y.Doc();
  private read = 0;
  private readonly stretches: Stretch[] = [];

  // Changes with the time of each, which never goes back.
  constructor(private readonly edits: readonly (readonly [number, string])[]) {}

  get complete(): boolean {
    return this.read === this.edits.length;
  }

  // Read one more stretch: in idle moments, or when somebody looks behind it.
  readOn(): void {
    if (this.complete) return;
    this.begin();
    // In one transaction: what Yjs does at the end of each costs more than the changes themselves.
    this.doc.transact(() => {
      for (const [, update] of this.edits.slice(this.read, this.read + EVERY)) {
        if (!applies(this.doc, bytesOf(update))) this.broken += 1;
        this.read += 1;
      }
    });
  }

  // Keep where the next stretch begins, once.
  private begin(): void {
    if (this.complete || this.stretches.length * EVERY > this.read) return;
    this.stretches.push({ text: this.doc.getText(NAME).toString(), state: Y.encodeStateAsUpdate(this.doc), deltas: null });
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
    while (this.read < number * EVERY && !this.complete) this.readOn();
    this.begin();
    const stretch = this.stretches[number];
    if (!stretch) return { text: "", at: null };
    const first = number * EVERY;
    stretch.deltas ??= new Deltas(stretch.state);
    let text = stretch.text;
    let at: number | null = null;
    for (const delta of stretch.deltas.ofAll(this.edits.slice(first, count))) {
      text = applied(text, delta);
      if (delta.length) at = delta[0]!.retain ?? 0;
    }
    return { text, at };
  }
}

// What changes that follow a state do to the text, worked out one after the other.
class Deltas {
  private readonly doc = new Y.Doc();
  private readonly known: Delta[] = [];
  private latest: Delta = [];

  constructor(state: Uint8Array) {
    applies(this.doc, state);
    this.doc.getText(NAME).observe((event) => (this.latest = event.delta as Delta));
  }

  // `edits` are all from the first one on.
  ofAll(edits: readonly (readonly [number, string])[]): Delta[] {
    for (const [, update] of edits.slice(this.known.length)) {
      this.latest = [];
      applies(this.doc, bytesOf(update));
      this.known.push(this.latest);
    }
    return this.known.slice(0, edits.length);
  }
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
    const letters = atob(base64);
    const bytes = new Uint8Array(letters.length);
    for (let place = 0; place < letters.length; place += 1) bytes[place] = letters.charCodeAt(place);
    return bytes;
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
