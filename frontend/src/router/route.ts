/** What the address says, all of it behind the #: no path of it reaches the service. */
export type Route =
  | { readonly page: "list"; readonly search: Search }
  | { readonly page: "order"; readonly id: number; readonly search: Search }
  | { readonly page: "unknown"; readonly search: Search };

/** The list behind, so that it is the same after a look at one order. */
export interface Search {
  readonly queue: string | null;
  readonly q: string;
}

export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#/, "").split("?", 2);
  const parameters = new URLSearchParams(query);
  const search: Search = { queue: parameters.get("queue"), q: parameters.get("q")?.trim() ?? "" };
  if (path === "" || path === "/") return { page: "list", search };
  const order = /^\/orders\/([1-9]\d{0,15})$/.exec(path);
  return order ? { page: "order", id: Number(order[1]), search } : { page: "unknown", search };
}

export function listHash(search: Search): string {
  return `#/${query(search)}`;
}

export function orderHash(id: number, search: Search): string {
  return `#/orders/${id}${query(search)}`;
}

function query({ queue, q }: Search): string {
  const parameters = new URLSearchParams();
  if (queue && queue !== "all") parameters.set("queue", queue);
  if (q) parameters.set("q", q);
  const text = parameters.toString();
  return text && `?${text}`;
}
