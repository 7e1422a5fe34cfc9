// The interview's clock: the server's time, counted on between two messages.

export interface Clock {
  started: boolean;
  running: boolean;
  paused: boolean;
  ended: boolean;
  elapsed: number;
  limit: number;
}

export function minutes(seconds: number): string {
  const whole = Math.floor(Math.abs(seconds));
  return `${seconds < 0 ? "−" : ""}${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

export class RoomClock {
  private clock: Clock | null = null;
  private since = 0;

  constructor() {
    setInterval(() => this.draw(), 500);
  }

  show(clock: Clock): void {
    this.clock = clock;
    this.since = performance.now();
    this.draw();
  }

  private draw(): void {
    if (!this.clock) return;
    const passed = this.clock.running ? (performance.now() - this.since) / 1000 : 0;
    const left = this.clock.limit - this.clock.elapsed - passed;
    const { started, paused, ended } = this.clock;
    const state = ended ? "ended" : paused ? "paused" : !started ? "not started" : left < 0 ? "over time" : "left";
    // A candidate is told the length when it begins.
    document.getElementById("clock-time")!.textContent = this.clock.limit || started ? minutes(left) : "";
    document.getElementById("clock-state")!.textContent = state;
    document.querySelector(".room-clock")!.classList.toggle("over", started && left < 0);
  }
}
