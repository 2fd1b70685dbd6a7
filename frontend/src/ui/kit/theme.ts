import { effect, signal } from "@preact/signals";

export type Theme = "light" | "dark";

const KEY = "waybill.theme";
const system = window.matchMedia("(prefers-color-scheme: dark)");
const systemTheme = signal<Theme>(system.matches ? "dark" : "light");
const chosen = signal<Theme | null>(read());

system.addEventListener("change", () => {
  systemTheme.value = system.matches ? "dark" : "light";
});

/** Returns the theme that the reader chose here, or else the theme of their system. */
export function currentTheme(): Theme {
  return chosen.value ?? systemTheme.value;
}

export function toggleTheme(): void {
  const next: Theme = currentTheme() === "dark" ? "light" : "dark";
  chosen.value = next === systemTheme.peek() ? null : next;
  if (chosen.peek()) localStorage.setItem(KEY, next);
  else localStorage.removeItem(KEY);
}

effect(() => {
  if (chosen.value) document.documentElement.dataset.theme = chosen.value;
  else delete document.documentElement.dataset.theme;
});

function read(): Theme | null {
  const value = localStorage.getItem(KEY);
  return value === "light" || value === "dark" ? value : null;
}
