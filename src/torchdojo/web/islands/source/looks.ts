// Looks at the run of a hidden script: each button opens one, the server draws what there is to see.

import type { Clock } from "./clock";
import { fill } from "./page";
import { watch } from "./run";

interface Surroundings {
  clock: Clock;
  say: (text: string) => void;
  // Told when something begins to run, and how to stop it; null when it has ended.
  busy?: (stop: (() => void) | null) => void;
}

export function connectLooks(exercise: string, place: HTMLElement, around: Surroundings): void {
  let running = false;
  place.addEventListener("click", async (event) => {
    const button = (event.target as HTMLElement).closest<HTMLElement>("[data-look]");
    if (!button || running) return;
    running = true;
    const look = button.dataset.look!;
    const stop = new AbortController();
    around.clock.start();
    around.say(`Opening: ${button.dataset.title}`);
    around.busy?.(() => stop.abort());
    try {
      await watch(`/api/exercises/${exercise}/looks`, { look }, stop.signal, (event) => {
        if (event.type === "stage") around.say(event.text);
        else if (event.type === "error") around.say(`${event.fact} ${event.cure}`);
        else if (event.type === "cancelled") around.say("Stopped. Nothing was counted.");
        else if (event.type === "looks") {
          around.clock.spend(event.spent);
          // The script is on the ordinary practice page.
          if (event.script) {
            location.reload();
            return;
          }
          fill(place, event.html);
          around.say("");
          const opened = place.querySelector<HTMLElement>(`#look-${look} h3`);
          if (opened) {
            opened.tabIndex = -1;
            opened.focus();
          }
        }
      });
    } finally {
      running = false;
      around.busy?.(null);
    }
  });
}
