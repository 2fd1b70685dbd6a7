const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 10_000;

/**
 * Returns the wait before attempt `attempt` (from 0) in milliseconds. It doubles up to ten seconds. Half of it is
 * random, so that the clients of a restarted server do not all come back at the same moment.
 */
export function retryDelay(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempt, 20));
  return Math.round(ceiling / 2 + (random() * ceiling) / 2);
}

/** Whether the service refused the token. Trying again with the same token is then pointless. */
export function isUnauthorized(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { statusCode } = error as { statusCode?: unknown };
  return statusCode === 401 || /status code '401'/i.test(error.message);
}
