// A question that has to be answered before something happens.

import { element } from "./page";

export function ask(question: { title: string; text: string; yes: string }): Promise<boolean> {
  const dialog = element<HTMLDialogElement>("ask");
  element("ask-title").textContent = question.title;
  element("ask-text").textContent = question.text;
  element("ask-yes").textContent = question.yes;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
