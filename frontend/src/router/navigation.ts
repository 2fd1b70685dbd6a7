import { signal } from "@preact/signals";
import { addressFromHash, listHref, parseRoute, type Search } from "./route";

/** The route that this tab shows. Back, forward and clicks on the page's own links change it without a reload. */
export const route = signal(readAddress());

window.addEventListener("popstate", update);
window.addEventListener("hashchange", update);
document.addEventListener("click", followLink);

/** Shows another address, as a new step in the history. */
export function go(href: string): void {
  if (href !== location.pathname + location.search) history.pushState(null, "", href);
  update();
}

/** Changes the filter without a new step in the history, so that the history does not record each keystroke. */
export function replaceSearch(search: Search): void {
  history.replaceState(null, "", listHref(search));
  update();
}

function update(): void {
  route.value = readAddress();
}

function readAddress() {
  const older = addressFromHash(location.hash);
  if (older) history.replaceState(null, "", older);
  return parseRoute(location.pathname + location.search);
}

/** Follows a link of the page's own. Other links, and clicks that open a tab or window, are left to the browser. */
function followLink(event: MouseEvent): void {
  const isPlain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[href]") : null;
  if (!link || !isPlain || event.defaultPrevented || link.target || link.hasAttribute("download")) return;
  const href = link.pathname + link.search;
  if (link.origin !== location.origin || link.hash || parseRoute(href).page === "unknown") return;
  event.preventDefault();
  go(href);
}
