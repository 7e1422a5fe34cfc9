// Finished curves on reading pages.

import { Charts } from "./chart";
import { type Curves, json } from "./page";

for (const holder of document.querySelectorAll<HTMLElement>("[data-charts]")) {
  const script = holder.parentElement!.querySelector("[data-charts-data]")!;
  const data = json<{ curves: Curves; reference: Curves; metric: string }>(script);
  const legend = document.createElement("p");
  holder.before(legend);
  new Charts(holder, legend, data.reference, data.metric).show(data.curves);
}
