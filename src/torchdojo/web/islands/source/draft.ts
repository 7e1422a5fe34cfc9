// Keeps what is typed: on the server while it answers, in this browser until it does.

import { recall, remember } from "./page";

const PAUSE_AFTER_TYPING_MS = 500;
const RETRY_MS = 2000;
// Browsers refuse larger requests from a page that is going away.
const KEEPALIVE_BYTES = 60_000;

export interface Stamp {
  version: string;
  saved_at: string;
}
export interface Held extends Stamp {
  source: string;
}

export type DraftState =
  | { kind: "saved"; at: string }
  | { kind: "starter" }
  | { kind: "typing" }
  | { kind: "away" }
  | { kind: "refused"; why: string };

// Text that the server has not confirmed: typed on top of version `base`, while `inFlight` was on its way.
interface Unsent {
  source: string;
  base: string;
  inFlight: string | null;
}

interface Surroundings {
  text: () => string;
  show: (state: DraftState) => void;
  onConflict: (held: Held) => void;
}

export class DraftKeeper {
  private readonly address: string;
  private readonly unsentKey: string;
  private readonly leftOver: string | null;
  private known: Held;
  private timer: number | undefined;
  private sending: Promise<void> | null = null;
  private inFlight: string | null = null;
  private inConflict = false;

  constructor(
    exercise: string,
    held: Held,
    private readonly around: Surroundings,
  ) {
    this.address = `/api/exercises/${exercise}/draft`;
    this.unsentKey = `torchdojo:unsent:${exercise}`;
    this.known = held;
    this.leftOver = recall(this.unsentKey);
    this.showKnown();
    addEventListener("pagehide", () => this.leave());
    addEventListener("blur", () => void this.flush());
    addEventListener("online", () => void this.flush());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.leave();
    });
  }

  // Text that never reached the server in an earlier visit, and whether the server's has changed since.
  unsent(): { source: string; conflicting: boolean } | null {
    if (this.leftOver === null) return null;
    const unsent = JSON.parse(this.leftOver) as Unsent;
    if (unsent.source === this.known.source) return null;
    const follows = unsent.base === this.known.version || unsent.inFlight === this.known.source;
    return { source: unsent.source, conflicting: !follows };
  }

  // Stops saving until settle(): two texts exist, and the person has to choose.
  hold(): void {
    this.inConflict = true;
  }

  changed(): void {
    if (this.around.text() === this.known.source && !this.sending) {
      clearTimeout(this.timer);
      if (!this.inConflict) this.showKnown();
      return;
    }
    this.keepHere();
    if (this.inConflict) return;
    this.around.show({ kind: "typing" });
    this.later(PAUSE_AFTER_TYPING_MS);
  }

  // Sends now, and resolves once there is nothing left that could be sent.
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    while (this.sending) await this.sending;
    if (!this.inConflict && this.around.text() !== this.known.source) await this.start(false);
  }

  // The person chose between two texts, or went back to the starter; `held` is what the server has.
  settle(held: Held): void {
    this.inConflict = false;
    this.known = held;
    this.changed();
  }

  private leave(): void {
    // A page that goes away cannot wait for an answer; what it sends travels on without it.
    if (!this.inConflict && !this.sending && this.around.text() !== this.known.source) void this.start(true);
  }

  private later(delay: number): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.flush(), delay);
  }

  private start(leaving: boolean): Promise<void> {
    this.inFlight = this.around.text();
    this.keepHere();
    this.sending = this.send(this.inFlight, leaving).finally(() => {
      this.sending = null;
      this.inFlight = null;
      if (!this.inConflict && this.around.text() !== this.known.source) this.later(this.pause);
    });
    return this.sending;
  }

  private pause = PAUSE_AFTER_TYPING_MS;

  private async send(source: string, leaving: boolean): Promise<void> {
    const body = JSON.stringify({ source, base: this.known.version });
    this.pause = RETRY_MS;
    let reply: Response;
    try {
      reply = await fetch(this.address, {
        method: "PUT",
        headers: { "Content-Type": "application/json" },
        body,
        keepalive: leaving && body.length < KEEPALIVE_BYTES,
      });
    } catch {
      this.around.show({ kind: "away" });
      return;
    }
    if (reply.ok) {
      this.pause = PAUSE_AFTER_TYPING_MS;
      this.known = { source, ...((await reply.json()) as Stamp) };
      if (this.around.text() === source) this.showKnown();
    } else if (reply.status === 409) {
      this.inConflict = true;
      this.around.onConflict((await reply.json()) as Held);
    } else {
      // Also after a restart with a new key: once its address is opened in any tab, this one may save again.
      const { fact, cure } = (await reply.json()) as { fact: string; cure: string };
      this.around.show({ kind: "refused", why: `${fact} ${cure}` });
    }
  }

  private keepHere(): void {
    const unsent: Unsent = { source: this.around.text(), base: this.known.version, inFlight: this.inFlight };
    remember(this.unsentKey, JSON.stringify(unsent));
  }

  private showKnown(): void {
    if (this.around.text() === this.known.source) remember(this.unsentKey, null);
    this.around.show(this.known.version ? { kind: "saved", at: this.known.saved_at } : { kind: "starter" });
  }
}
