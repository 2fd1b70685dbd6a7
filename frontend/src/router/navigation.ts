import { signal } from "@preact/signals";
import { listHash, parseRoute, type Search } from "./route";

/** The address of this tab. */
export const route = signal(parseRoute(location.hash));

window.addEventListener("hashchange", () => {
  route.value = parseRoute(location.hash);
});

export function go(hash: string): void {
  location.hash = hash;
}

/** Another list without a step in the history for each letter typed. */
export function replaceSearch(search: Search): void {
  history.replaceState(history.state, "", listHash(search));
  route.value = parseRoute(location.hash);
}
