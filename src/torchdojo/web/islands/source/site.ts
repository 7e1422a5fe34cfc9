// On every page: the switch between light and dark, formulas, times in the reader's own zone, the list's filter, what is
// folded, and the report of a mistake.

import { connectCopying } from "./copy";
import { connectFilter } from "./filter";
import { connectFolds, connectPrint } from "./folds";
import { connectReport } from "./report";

const button = document.getElementById("theme");
const dark = matchMedia("(prefers-color-scheme: dark)");

function currentTheme(): "light" | "dark" {
  const chosen = document.documentElement.dataset.theme;
  return chosen === "light" || chosen === "dark" ? chosen : dark.matches ? "dark" : "light";
}

function label(): void {
  if (!button) return;
  const next = currentTheme() === "dark" ? "light" : "dark";
  button.textContent = next === "dark" ? "☾" : "☀";
  button.setAttribute("aria-label", `Switch to ${next} colours`);
  button.title = `Switch to ${next} colours`;
}

if (button) {
  button.hidden = false;
  label();
  dark.addEventListener("change", label);
  button.addEventListener("click", () => {
    const next = currentTheme() === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = next;
    // The server reads the cookie, so that the next page is born in the right colours.
    document.cookie = `theme=${next}; path=/; max-age=31536000; samesite=lax`;
    label();
    document.dispatchEvent(new CustomEvent("theme"));
  });
}

// On a narrow screen the navigation scrolls; where one is has to be seen.
const here = document.querySelector<HTMLElement>("header nav [aria-current]");
const navigation = here?.closest("nav");
if (here && navigation) navigation.scrollLeft = here.offsetLeft - navigation.offsetLeft - (navigation.clientWidth - here.offsetWidth) / 2;

for (const time of document.querySelectorAll<HTMLTimeElement>("time[datetime]")) {
  const when = new Date(time.dateTime);
  if (!Number.isNaN(when.getTime())) {
    time.textContent = when.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
  }
}

async function drawFormulas(root: ParentNode): Promise<void> {
  const formulas = root.querySelectorAll<HTMLElement>(".formula:not([data-drawn])");
  if (!formulas.length) return;
  if (!document.getElementById("formula-style")) {
    const style = Object.assign(document.createElement("link"), { id: "formula-style", rel: "stylesheet", href: "/static/bundle/formulas.css" });
    document.head.append(style);
  }
  const { default: katex } = await import("katex");
  for (const formula of formulas) {
    formula.dataset.drawn = "";
    katex.render(formula.textContent ?? "", formula, {
      displayMode: formula.classList.contains("formula-block"),
      throwOnError: false,
    });
  }
}

void drawFormulas(document);
document.addEventListener("new-content", (event) => void drawFormulas(event.target as HTMLElement));

const filter = document.getElementById("filter");
if (filter instanceof HTMLFormElement) connectFilter(filter);

connectCopying();
connectFolds();
connectPrint();
connectReport();
