import { vi } from "vitest";

/** Waits until the condition holds. The time limit only ends a test that would hang. */
export function until(condition: () => boolean): Promise<unknown> {
  return vi.waitUntil(condition, { timeout: 10_000, interval: 10 });
}
