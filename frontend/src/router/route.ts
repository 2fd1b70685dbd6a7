/** Where the page is. The service answers each of these paths with the page when a browser opens it. */
export type Route =
  | { readonly page: "list"; readonly search: Search }
  | { readonly page: "order"; readonly id: number; readonly search: Search }
  | { readonly page: "unknown"; readonly search: Search };

/** The filter of the list. An order's address carries it too, so that closing the order leads back to the same list. */
export interface Search {
  readonly queue: string | null;
  readonly q: string;
}

/** Reads a path with its query, such as `/orders/42?queue=to-ship`. */
export function parseRoute(address: string): Route {
  const [path = "", query = ""] = address.split("?", 2);
  const parameters = new URLSearchParams(query);
  const search: Search = { queue: parameters.get("queue"), q: parameters.get("q")?.trim() ?? "" };
  if (path === "/" || path === "/orders") return { page: "list", search };
  const order = /^\/orders\/([1-9]\d{0,15})$/.exec(path);
  return order ? { page: "order", id: Number(order[1]), search } : { page: "unknown", search };
}

/**
 * Returns the address that the hash of an older link stands for, or null for any other hash. Earlier versions of the
 * page kept the whole address behind the #, as in `/#/orders/42`.
 */
export function addressFromHash(hash: string): string | null {
  const address = hash.replace(/^#/, "");
  return parseRoute(address).page === "unknown" ? null : address;
}

export function listHref(search: Search): string {
  return `/${query(search)}`;
}

export function orderHref(id: number, search: Search): string {
  return `/orders/${id}${query(search)}`;
}

function query({ queue, q }: Search): string {
  const parameters = new URLSearchParams();
  if (queue && queue !== "all") parameters.set("queue", queue);
  if (q) parameters.set("q", q);
  const text = parameters.toString();
  return text && `?${text}`;
}
