/** A failed request, as RFC 9457 describes it. Status 0 means that no answer came. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly requestId: string | null = null,
  ) {
    super(detail ? `${title}: ${detail}` : title);
    this.name = "Problem";
  }

  static unreachable(): Problem {
    return new Problem(0, "The service cannot be reached", "Check your network connection and try again.");
  }

  static async from(response: Response): Promise<Problem> {
    const body = asRecord(await response.json().catch(() => null));
    const requestId = text(body.requestId) ?? response.headers.get("x-request-id");
    const title = text(body.title) ?? `The service answered ${response.status}`;
    return new Problem(response.status, title, text(body.detail) ?? "", requestId);
  }

  /** Turns any thrown value into a problem that can be shown. */
  static of(error: unknown): Problem {
    if (error instanceof Problem) return error;
    return new Problem(0, "Something went wrong on this page", error instanceof Error ? error.message : "");
  }
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
