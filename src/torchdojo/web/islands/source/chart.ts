// Loss and accuracy curves: this run over the reference, the run before it faint, and the same in words.

import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Curves, Series } from "./page";

// A new one each time: what is added to one chart must not show in the others.
const empty = (): Series => ({ x: [], y: [] });

interface Kind {
  name: string;
  title: string;
  rising: boolean;
}
const LOSS: Kind = { name: "train_loss", title: "Training loss", rising: false };
const ACCURACY: Kind = { name: "val_accuracy", title: "Validation accuracy", rising: true };
const VALIDATION_LOSS: Kind = { name: "val_loss", title: "Validation loss", rising: false };

// The charts of a page: the loss always, accuracy where it is the goal, validation loss where it was recorded.
export class Charts {
  private readonly charts = new Map<string, Chart>();

  constructor(
    private readonly parent: HTMLElement,
    private readonly legend: HTMLElement,
    private readonly reference: Curves,
    metric: string,
  ) {
    legend.className = "legend";
    for (const [name, text] of [["now", "this run"], ["reference", "reference"], ["before", "run before"]] as const) {
      const entry = document.createElement("span");
      entry.className = name;
      entry.append(document.createElement("i"), text);
      legend.append(entry);
    }
    this.chart(LOSS.name);
    if (metric === "accuracy") this.chart(ACCURACY.name);
    else if (reference[VALIDATION_LOSS.name]) this.chart(VALIDATION_LOSS.name);
    this.explain();
  }

  restart(): void {
    for (const chart of this.charts.values()) chart.restart();
    this.explain();
  }

  clear(): void {
    for (const chart of this.charts.values()) chart.clear();
  }

  add(name: string, x: number, y: number | null): void {
    this.chart(name)?.add(x, y);
    this.explain();
  }

  show(curves: Curves): void {
    for (const [name, series] of Object.entries(curves)) this.chart(name)?.show(series);
    this.explain();
  }

  // The legend names only the lines that are there.
  private explain(): void {
    for (const line of ["now", "reference", "before"] as const) {
      const drawn = [...this.charts.values()].some((chart) => chart.has(line));
      this.legend.querySelector<HTMLElement>(`.${line}`)!.hidden = !drawn;
    }
  }

  private chart(name: string): Chart | undefined {
    const kind = [LOSS, ACCURACY, VALIDATION_LOSS].find((candidate) => candidate.name === name);
    // Two are enough to read at a glance: accuracy says what a validation loss would.
    if (kind === VALIDATION_LOSS && this.charts.has(ACCURACY.name)) return undefined;
    if (kind && !this.charts.has(name)) this.charts.set(name, new Chart(this.parent, kind, this.reference[name]));
    return this.charts.get(name);
  }
}

// Three digits, without the tail of zeros; powers of ten where nothing else is short.
function label(value: number | null): string {
  if (value === null) return "";
  const size = Math.abs(value);
  return size !== 0 && (size >= 1e5 || size < 1e-3) ? value.toExponential(0) : String(Number(value.toPrecision(3)));
}

// The mean over the latest fiftieth of a long series, so that its course can be seen; short ones stay as they are.
function smooth(series: Series): Series {
  const width = Math.ceil(series.y.length / 50);
  if (width < 3) return series;
  const y = series.y.map((value, at) => {
    if (value === null) return null;
    const near = series.y.slice(Math.max(0, at - width + 1), at + 1).filter((other) => other !== null);
    return near.reduce((sum, other) => sum + other, 0) / near.length;
  });
  return { x: series.x, y };
}

// Canvas does not know CSS variables or light-dark(); an element's computed colour does.
function colour(name: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const resolved = getComputedStyle(probe).color;
  probe.remove();
  return resolved;
}

class Chart {
  private readonly figure = document.createElement("figure");
  private readonly words = document.createElement("p");
  private readonly place = document.createElement("div");
  private plot: uPlot | null = null;
  private now: Series = empty();
  private before: Series = empty();
  private frame = 0;
  private logarithmic = false;

  constructor(
    parent: HTMLElement,
    private readonly kind: Kind,
    private readonly reference: Series = empty(),
  ) {
    this.figure.className = "chart";
    this.place.className = "plot";
    this.place.setAttribute("aria-hidden", "true");
    this.words.className = "reading-of";
    const caption = document.createElement("figcaption");
    caption.textContent = this.kind.title;
    this.figure.append(caption, this.place, this.words);
    parent.append(this.figure);
    new ResizeObserver(() => this.resize()).observe(this.place);
    document.addEventListener("theme", () => this.rebuild());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.rebuild());
    this.rebuild();
  }

  // What was drawn of this run comes again from the beginning.
  clear(): void {
    this.now = empty();
    this.redraw();
  }

  // Start a run: the latest becomes the one before.
  restart(): void {
    if (this.now.x.length) this.before = this.now;
    this.now = empty();
    this.redraw();
  }

  add(x: number, y: number | null): void {
    this.now.x.push(x);
    this.now.y.push(y);
    this.redraw();
  }

  has(line: "now" | "reference" | "before"): boolean {
    return this[line].x.length > 0;
  }

  show(series: Series | undefined): void {
    this.now = series ?? empty();
    this.redraw();
  }

  private redraw(): void {
    // At most once a frame, however fast the points come.
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      if (this.spansDecades() === this.logarithmic) this.plot?.setData(this.data());
      else this.rebuild();
      this.words.textContent = this.inWords();
    });
  }

  private values(): number[] {
    return [this.reference, this.before, this.now].flatMap((series) => series.y.filter((value) => value !== null));
  }

  // A diverging loss would press every other line flat; on a logarithmic axis all of them can be read.
  private spansDecades(): boolean {
    if (this.kind.rising) return false;
    const values = this.values();
    const low = Math.min(...values);
    return low > 0 && Math.max(...values) / low > 200;
  }

  private data(): uPlot.AlignedData {
    const table = (series: Series): uPlot.AlignedData => [series.x, series.y];
    const now = smooth(this.now);
    // A single step's loss says little: behind the average of its surroundings it is drawn thin.
    const raw = now === this.now ? empty() : this.now;
    return uPlot.join([table(smooth(this.reference)), table(smooth(this.before)), table(raw), table(now)]);
  }

  private rebuild(): void {
    this.plot?.destroy();
    this.logarithmic = this.spansDecades();
    const soft = colour("--ink-soft");
    const grid = { stroke: colour("--line"), width: 1 };
    const axis = { stroke: soft, grid, ticks: { show: false }, font: "11px Inter, sans-serif", gap: 4 };
    const side = { ...axis, size: 44, space: 28, values: (_: uPlot, ticks: number[]) => ticks.map(label) };
    const tens = (_: uPlot, ticks: number[]) => ticks.map((tick) => (Number.isInteger(Math.log10(tick)) ? tick : null));
    const line = (stroke: string, width: number, dash?: number[]): uPlot.Series => ({
      stroke,
      width,
      spanGaps: true,
      points: { show: (_, index) => this.sparse(index), size: 5, fill: stroke },
      ...(dash ? { dash } : {}),
    });
    this.plot = new uPlot(
      {
        ...this.size(),
        padding: [8, 8, 0, 0],
        legend: { show: false },
        cursor: { show: false },
        scales: { x: { time: false }, y: this.logarithmic ? { distr: 3 } : { range: this.range } },
        axes: [{ ...axis, size: 22 }, this.logarithmic ? { ...side, filter: tens, grid: { ...grid, filter: tens } } : side],
        series: [
          {},
          line(colour("--chart-reference"), 1.5, [5, 4]),
          line(colour("--chart-before"), 1.25),
          line(colour("--chart-raw"), 1),
          line(colour("--chart-now"), 2),
        ],
      },
      this.data(),
      this.place,
    );
    this.redraw();
  }

  private range = (_: uPlot, low: number | null, high: number | null): uPlot.Range.MinMax => {
    if (low === null || high === null) return [0, 1];
    if (this.kind.rising) return [Math.min(low - 0.04, 0.4), 1];
    const room = (high - low || Math.abs(high) || 1) * 0.06;
    return [Math.max(0, low - room) === 0 ? 0 : low - room, high + room];
  };

  private sparse(series: number): boolean {
    return ([empty(), this.reference, this.before, this.now, this.now][series] ?? empty()).x.length < 3;
  }

  private size(): { width: number; height: number } {
    return { width: Math.max(80, this.place.clientWidth), height: Math.max(80, this.place.clientHeight) };
  }

  private resize(): void {
    const { width, height } = this.size();
    if (this.plot && (this.plot.width !== width || this.plot.height !== height)) this.plot.setSize({ width, height });
  }

  private inWords(): string {
    const last = (series: Series) => smooth(series).y.at(-1);
    const figure = (value: number | null | undefined) => (value == null ? "no number" : label(value));
    const others: string[] = [];
    if (this.reference.y.length) others.push(`reference ${figure(last(this.reference))}`);
    if (this.before.y.length) others.push(`run before ${figure(last(this.before))}`);
    const first = this.now.y[0];
    if (first === undefined) {
      return others.length ? `Ends: ${others.join(", ")}.` : "Drawn while the script trains.";
    }
    const beside = others.length ? ` (${others.join(", ")})` : "";
    return `From ${figure(first)} to ${figure(last(this.now))}${beside}.`;
  }
}
