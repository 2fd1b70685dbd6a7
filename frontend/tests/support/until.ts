import { vi } from "vitest";

/** Waits for what must come to pass; the limit is for a test that hangs, not a measure of speed. */
export function until(condition: () => boolean): Promise<unknown> {
  return vi.waitUntil(condition, { timeout: 10_000, interval: 10 });
}
