// The page's elements and data, found or complained about at once.

export interface Series {
  x: number[];
  // null where the value was not finite
  y: (number | null)[];
}
export type Curves = Record<string, Series>;

export interface PageData {
  exercise: string;
  kind: string;
  filename: string;
  metric: string;
  source: string;
  // Of a debugging exercise, else "".
  starter: string;
  spentMinutes: number;
  version: string;
  savedAt: string;
  reference: Curves;
  setAside: boolean;
  goOnFrom: string | null;
  curves: Curves;
}

export function element<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no element "${id}"`);
  return found as T;
}

export function json<T>(holder: Element): T {
  return JSON.parse(holder.textContent ?? "null") as T;
}

// A piece of the page that the server draws.
export function fill(place: HTMLElement, html: string): void {
  place.innerHTML = html;
  place.dispatchEvent(new CustomEvent("new-content", { bubbles: true }));
}

// Browsers may refuse storage (private windows, full disk); the page works without it.
export function remember(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // Nothing to do: what matters is kept on the server.
  }
}

export function recall(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
