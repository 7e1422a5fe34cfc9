// A field that finds an entry of a long list while one types, as the ARIA practices describe it.

export interface Choice {
  slug: string;
  title: string;
}

const MOST_SHOWN = 60;

export class Combo {
  private choices: Choice[] = [];
  private shown: Choice[] = [];
  private active = -1;

  constructor(
    private readonly input: HTMLInputElement,
    private readonly list: HTMLElement,
  ) {
    input.addEventListener("input", () => this.open());
    input.addEventListener("click", () => this.open());
    input.addEventListener("blur", () => this.close());
    input.addEventListener("keydown", (event) => this.key(event));
    // Before the field loses the focus, or the list would close under the pointer.
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const entry = (event.target as HTMLElement).closest<HTMLElement>("[role=option]");
      if (entry) this.choose(Number(entry.dataset.at));
    });
  }

  fill(choices: Choice[]): void {
    this.choices = choices;
    // Somebody was faster than the list.
    if (!this.list.hidden) this.open();
  }

  // What is chosen: the entry whose title or slug stands in the field.
  value(): Choice | null {
    const text = this.input.value.trim().toLowerCase();
    return this.choices.find((choice) => choice.title.toLowerCase() === text || choice.slug === text) ?? null;
  }

  clear(): void {
    this.input.value = "";
    this.close();
  }

  private open(): void {
    const exact = this.value();
    const words = exact ? [] : this.input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const text = (choice: Choice) => `${choice.title} ${choice.slug}`.toLowerCase();
    this.shown = this.choices.filter((choice) => words.every((word) => text(choice).includes(word))).slice(0, MOST_SHOWN);
    this.list.replaceChildren(...this.shown.map((choice, at) => this.entry(choice, at)));
    if (!this.shown.length) {
      const none = document.createElement("li");
      none.className = "none";
      none.textContent = this.choices.length ? "No kind of bug has these words." : "Loading…";
      this.list.append(none);
    }
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.point(exact ? this.shown.indexOf(exact) : words.length ? 0 : -1);
  }

  private close(): void {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.point(-1);
  }

  private entry(choice: Choice, at: number): HTMLElement {
    const entry = document.createElement("li");
    entry.id = `${this.list.id}-${at}`;
    entry.role = "option";
    entry.dataset.at = String(at);
    entry.ariaSelected = "false";
    const slug = document.createElement("small");
    slug.textContent = choice.slug;
    entry.append(choice.title, " ", slug);
    return entry;
  }

  private point(at: number): void {
    this.active = at < this.shown.length ? at : -1;
    for (const entry of this.list.querySelectorAll<HTMLElement>("[role=option]")) {
      const on = Number(entry.dataset.at) === this.active;
      entry.ariaSelected = String(on);
      if (on) entry.scrollIntoView({ block: "nearest" });
    }
    if (this.active >= 0) this.input.setAttribute("aria-activedescendant", `${this.list.id}-${this.active}`);
    else this.input.removeAttribute("aria-activedescendant");
  }

  private choose(at: number): void {
    const choice = this.shown[at];
    if (!choice) return;
    this.input.value = choice.title;
    this.close();
    this.input.dispatchEvent(new CustomEvent("chosen"));
  }

  private key(event: KeyboardEvent): void {
    const isOpen = !this.list.hidden;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (!isOpen) this.open();
      const many = this.shown.length;
      if (many) this.point((this.active + step + many + (this.active < 0 && step < 0 ? 1 : 0)) % many);
    } else if (event.key === "Enter" && isOpen && this.active >= 0) {
      event.preventDefault();
      this.choose(this.active);
    } else if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      this.close();
    }
  }
}
