// A list of exercises, questions or kinds of bugs, narrowed down while one types. Without this script the form's button does the same.

export function connectFilter(form: HTMLFormElement): void {
  const cards = [...document.querySelectorAll<HTMLElement>(".track .card")];
  const found = document.getElementById("found")!;
  const all = document.getElementById("show-all")!;
  form.querySelector<HTMLElement>("[type=submit]")!.hidden = true;

  const narrow = () => {
    const asked = new FormData(form);
    const words = String(asked.get("q") ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (card: HTMLElement) =>
      (!asked.get("kind") || card.dataset.kind === asked.get("kind")) &&
      (!asked.get("level") || card.dataset.level === asked.get("level")) &&
      !(asked.get("todo") && "passed" in card.dataset) &&
      words.every((word) => card.dataset.text!.includes(word));
    let shown = 0;
    for (const card of cards) {
      card.hidden = !fits(card);
      if (!card.hidden) shown += 1;
    }
    for (const track of document.querySelectorAll<HTMLElement>(".track")) {
      track.hidden = !track.querySelector(".card:not([hidden])");
    }
    found.textContent = `${shown} of ${cards.length} ${found.dataset.noun ?? "exercises"}`;
    all.hidden = shown === cards.length;
    // Reloading, or coming back from an exercise, shows the same choice.
    const chosen = new URLSearchParams([...asked].filter(([, value]) => value) as [string, string][]).toString();
    history.replaceState(null, "", location.pathname + (chosen ? `?${chosen}` : "") + location.hash);
  };
  form.addEventListener("input", narrow);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    narrow();
  });
  all.addEventListener("click", (event) => {
    event.preventDefault();
    for (const field of form.querySelectorAll<HTMLInputElement | HTMLSelectElement>("input, select")) {
      if (field instanceof HTMLInputElement && field.type === "checkbox") field.checked = false;
      else field.value = "";
    }
    narrow();
    form.querySelector<HTMLElement>("[name=q]")!.focus();
  });
}
