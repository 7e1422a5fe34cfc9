// The checks of a run as they end, one line each.

const SIGNS: Record<string, [sign: string, tone: string]> = {
  passed: ["✓", "good"],
  failed: ["✗", "bad"],
  error: ["!", "bad"],
  skipped: ["–", "unsure"],
};

export class RunningChecks {
  constructor(private readonly list: HTMLElement) {}

  restart(): void {
    this.list.textContent = "";
  }

  add(check: string, outcome: string): void {
    const [sign, tone] = SIGNS[outcome] ?? ["–", "unsure"];
    const line = document.createElement("li");
    const mark = document.createElement("span");
    line.className = tone;
    mark.textContent = sign;
    line.append(mark, ` ${check}`);
    if (outcome !== "passed") line.append(`, ${outcome}`);
    this.list.append(line);
    this.list.scrollTop = this.list.scrollHeight;
  }
}
