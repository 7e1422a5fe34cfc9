// What is sent once and must not be lost: it waits here until the server says that it is done.

export interface Message {
  act: string;
  [key: string]: unknown;
}

interface Note {
  text: string;
  tag: string;
}

// Worth sending late. A run, a pause or the end is not: by then it may be the wrong thing to do.
const LASTING = new Set(["note", "look_for", "bonus", "asked", "signal", "flag", "scratch", "answer"]);

export class Outbox {
  private unanswered = new Map<number, Message>();
  private next = 1;
  private fresh = true;

  constructor(private readonly post: (message: object) => void) {}

  get waiting(): number {
    return this.unanswered.size;
  }

  // Whether it is on its way, or will be.
  send(message: Message, connected: boolean): boolean {
    const lasting = LASTING.has(message.act);
    if (!connected && !lasting) return false;
    const id = this.next++;
    if (lasting) this.unanswered.set(id, message);
    if (connected) this.post({ ...message, id });
    return true;
  }

  done(id: number): void {
    this.unanswered.delete(id);
  }

  disconnected(): void {
    this.fresh = true;
  }

  // The first state after a connection was made: what had no answer is sent again, but for notes that arrived.
  connected(notes: readonly Note[]): void {
    if (!this.fresh) return;
    this.fresh = false;
    for (const [id, message] of [...this.unanswered]) {
      if (message.act === "note" && notes.some((note) => note.text === message.text && note.tag === message.tag)) this.unanswered.delete(id);
      else this.post({ ...message, id });
    }
  }
}
