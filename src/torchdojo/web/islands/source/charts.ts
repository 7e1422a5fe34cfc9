// Finished curves on reading pages.

import { Chart, kindsIn } from "./chart";
import { type Curves, json } from "./page";

for (const holder of document.querySelectorAll<HTMLElement>("[data-charts]")) {
  const data = json<{ curves: Curves; reference: Curves }>(holder.parentElement!.querySelector("[data-charts-data]")!);
  for (const kind of kindsIn(data.curves, data.reference)) {
    new Chart(holder, kind, data.reference[kind.name]).show(data.curves[kind.name]);
  }
}
