// The page of an exercise whose script is hidden: the clock and the looks.

import { connectClock } from "./clock";
import { connectLooks } from "./looks";
import { element, json } from "./page";

const data = json<{ exercise: string; spentMinutes: number }>(element("page-data"));
const clock = connectClock(data.exercise, data.spentMinutes);
document.querySelector(".without-script")?.remove();
let stop: (() => void) | null = null;

element("stop").addEventListener("click", () => stop?.());
connectLooks(data.exercise, element("looks"), {
  clock,
  say: (text) => {
    element("stage").textContent = text;
  },
  busy: (running) => {
    stop = running;
    element("looking").hidden = running === null;
  },
});
