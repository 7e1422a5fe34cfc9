// The timer: starts with the first keystroke, can be paused and hidden, survives a reload. Looks cost minutes of it.

import { element, recall, remember } from "./page";

export interface Clock {
  start(): void;
  reset(): void;
  // Minutes that looks have cost so far, altogether.
  spend(minutes: number): void;
}

interface Kept {
  seconds: number;
  running: boolean;
}

export function connectClock(exercise: string, spentMinutes = 0): Clock {
  const key = `torchdojo:clock:${exercise}`;
  const hiddenKey = "torchdojo:clock-hidden";
  const kept = JSON.parse(recall(key) ?? "null") as Kept | null;
  let seconds = kept?.seconds ?? 0;
  let spent = spentMinutes * 60;
  let running = kept?.running ?? false;
  let started = kept !== null;
  const box = element("clock");
  const pause = element<HTMLButtonElement>("clock-pause");
  const hide = element<HTMLButtonElement>("clock-hide");

  const draw = () => {
    const hidden = recall(hiddenKey) === "yes";
    const shown = seconds + spent;
    element("clock-time").textContent = `${Math.floor(shown / 60)}:${String(Math.floor(shown % 60)).padStart(2, "0")}`;
    element("clock-reading").hidden = hidden;
    pause.hidden = hidden;
    pause.textContent = running || !started ? "Pause" : "Go on";
    pause.setAttribute("aria-label", `${pause.textContent} with the timer`.replace("Pause with", "Pause"));
    hide.textContent = hidden ? "Show timer" : "Hide";
    hide.setAttribute("aria-label", hidden ? "Show timer" : "Hide timer");
    box.classList.toggle("paused", started && !running);
  };
  const keep = () => remember(key, JSON.stringify({ seconds, running } satisfies Kept));

  pause.addEventListener("click", () => {
    started = true;
    running = !running;
    keep();
    draw();
  });
  hide.addEventListener("click", () => {
    remember(hiddenKey, recall(hiddenKey) === "yes" ? null : "yes");
    draw();
  });
  setInterval(() => {
    // Time in a tab that nobody looks at is not practice.
    if (!running || document.visibilityState === "hidden") return;
    seconds += 1;
    keep();
    draw();
  }, 1000);
  box.hidden = false;
  draw();
  return {
    start() {
      if (started) return;
      started = running = true;
      keep();
      draw();
    },
    spend(minutes) {
      spent = minutes * 60;
      draw();
    },
    reset() {
      seconds = 0;
      started = running = false;
      remember(key, null);
      draw();
    },
  };
}
