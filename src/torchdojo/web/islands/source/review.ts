// The page of one card: keys, what was chosen, how long it took.

const answer = document.getElementById("answer");
const typed = document.getElementById("typed");
if (answer instanceof HTMLDetailsElement) connect(answer);
else if (typed instanceof HTMLFormElement) connectTyped(typed);
else document.addEventListener("keydown", (event) => pressed(event) === "u" && send("undo"));

function connect(answer: HTMLDetailsElement): void {
  const began = performance.now();
  // A page that comes with its answer in sight was made by one's own answer: what to do now is to rate.
  if (answer.open) document.getElementById("back")!.focus({ preventScroll: true });
  const rate = document.getElementById("rate") as HTMLFormElement;
  const choices = document.getElementById("choices");

  const reveal = () => {
    if (!answer.open) answer.open = true;
  };
  answer.addEventListener("toggle", () => {
    if (!answer.open) return;
    if (choices) tell(choices);
    // The answer is what to read next, for eyes and for screen readers.
    document.getElementById("back")!.focus({ preventScroll: true });
    rate.scrollIntoView({ block: "nearest" });
  });
  rate.addEventListener("submit", (event) => {
    if (rate.dataset.sent) {
      event.preventDefault();
      return;
    }
    rate.dataset.sent = "1";
    addTime(rate, began);
  });
  document.addEventListener("keydown", (event) => {
    const key = pressed(event);
    if (!key) return;
    const button = answer.open ? rate.querySelector<HTMLButtonElement>(`button[value="${CSS.escape(key)}"]`) : null;
    const choice = answer.open ? null : choices?.querySelector<HTMLInputElement>(`[data-letter="${CSS.escape(key)}"] input`);
    if (button) button.click();
    else if (choice) choice.click();
    else if (key === " " || key === "Enter") reveal();
    else if (key === "u") send("undo");
    else if (key === "s") send("aside");
    else if (key === "e") edit();
    else return;
    event.preventDefault();
  });
}

// The answer is typed first; the page that comes next has the verdict and the back.
function connectTyped(form: HTMLFormElement): void {
  const began = performance.now();
  for (const each of [form, document.getElementById("give-up") as HTMLFormElement]) {
    each.addEventListener("submit", () => addTime(each, began));
  }
  form.addEventListener("keydown", (event) => {
    // In a field of several lines, Enter is a new line.
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  document.addEventListener("keydown", (event) => {
    const key = pressed(event);
    if (key === "u") send("undo");
    else if (key === "s") send("aside");
    else if (key === "e") edit();
    else return;
    event.preventDefault();
  });
}

// What the learner took, on this page and on the one before it.
function addTime(form: HTMLFormElement, began: number): void {
  const took = form.elements.namedItem("took") as HTMLInputElement;
  took.value = String(Number(took.value) + Math.round(performance.now() - began));
}

// The key, or "" when it belongs to what has the focus or to the browser.
function pressed(event: KeyboardEvent): string {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return "";
  const target = event.target as HTMLElement;
  if (target.closest("textarea, select, [type=text], [type=number], [type=date], [contenteditable=true]")) return "";
  const acts = target.closest("a, button, summary, input");
  if (acts && (event.key === " " || event.key === "Enter")) return "";
  return event.key.length === 1 ? event.key.toLowerCase() : event.key;
}

function send(form: string): void {
  const found = document.getElementById(form);
  if (found instanceof HTMLFormElement) found.requestSubmit();
}

function edit(): void {
  const note = document.getElementById("note") as HTMLDetailsElement;
  note.open = true;
  note.querySelector("textarea")!.focus();
}

function tell(choices: HTMLElement): void {
  const options = [...choices.querySelectorAll<HTMLElement>("label")];
  const taken = options.filter((option) => option.querySelector("input")!.checked);
  for (const input of choices.querySelectorAll("input")) input.disabled = true;
  if (!taken.length) return;
  const right = options.every((option) => (option.dataset.right === "1") === taken.includes(option));
  for (const option of taken) option.classList.add(option.dataset.right === "1" ? "good" : "bad");
  const told = document.getElementById("chosen")!;
  told.textContent = right ? "✓ Your choice is right." : "✗ Your choice is wrong.";
  told.className = right ? "good" : "bad";
}
