// Tabs as the ARIA practices describe them: arrows move, one tab stop for the row.

export interface Tabs {
  open(panel: string): void;
}

export function connectTabs(list: HTMLElement): Tabs {
  const tabs = [...list.querySelectorAll<HTMLButtonElement>("[role=tab]")];
  const open = (chosen: HTMLButtonElement) => {
    for (const tab of tabs) {
      const selected = tab === chosen;
      tab.setAttribute("aria-selected", String(selected));
      tab.tabIndex = selected ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")!)!.hidden = !selected;
    }
  };
  list.addEventListener("click", (event) => {
    const tab = (event.target as HTMLElement).closest<HTMLButtonElement>("[role=tab]");
    if (tab) open(tab);
  });
  list.addEventListener("keydown", (event) => {
    const there = tabs.filter((tab) => !tab.hidden);
    const at = there.indexOf(document.activeElement as HTMLButtonElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: there.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    const tab = there[(to + there.length) % there.length]!;
    open(tab);
    tab.focus();
  });
  return { open: (panel) => open(tabs.find((tab) => tab.getAttribute("aria-controls") === panel)!) };
}
