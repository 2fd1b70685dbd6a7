const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 10_000;

/**
 * How long to wait before try number `attempt` (from 0), in milliseconds: doubling to about ten seconds,
 * half of it drawn by lot, so that the clients of a restarted server do not all return in the same instant.
 */
export function retryDelay(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempt, 20));
  return Math.round(ceiling / 2 + (random() * ceiling) / 2);
}

/** Whether a failed connect was refused for its token; then another try is of no use. */
export function isUnauthorized(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { statusCode } = error as { statusCode?: unknown };
  return statusCode === 401 || /status code '401'/i.test(error.message);
}
