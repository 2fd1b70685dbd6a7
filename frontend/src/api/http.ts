import { Problem } from "./problem";

export interface Http {
  get<T>(path: string, signal?: AbortSignal): Promise<T>;
  /** Sends a body as JSON, but `URLSearchParams` as a form. */
  post<T>(path: string, body?: unknown): Promise<T>;
}

export interface HttpOptions {
  readonly token: () => string | null;
  /** Called when the service answers 401, which means that it does not accept the token. */
  readonly onUnauthorized?: () => void;
  readonly fetch?: typeof fetch;
}

/** Sends requests with the bearer token. Failures are thrown as {@link Problem}, but an abort stays an `AbortError`. */
export function createHttp({
  token,
  onUnauthorized,
  fetch: send = fetch.bind(globalThis),
}: HttpOptions): Http {
  async function request<T>(path: string, init: RequestInit): Promise<T> {
    const headers = new Headers(init.headers);
    headers.set("Accept", "application/json");
    const bearer = token();
    if (bearer) headers.set("Authorization", `Bearer ${bearer}`);
    // The browser opens the page at the same addresses. From its cache, the back button would show the JSON instead.
    const response = await reach(send(path, { ...init, headers, cache: "no-store" }));
    if (response.status === 401) onUnauthorized?.();
    if (!response.ok) throw await Problem.from(response);
    return (await reach(response.json())) as T;
  }

  return {
    get: (path, signal) => request(path, signal ? { signal } : {}),
    post: (path, body) => request(path, { method: "POST", ...encoded(body) }),
  };
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

function encoded(body: unknown): RequestInit {
  if (body === undefined) return {};
  if (body instanceof URLSearchParams) return { body };
  return { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
}

/** Waits for an answer or its body. Both fail when the connection is lost. */
async function reach<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw isAbort(error) ? error : Problem.unreachable();
  }
}
