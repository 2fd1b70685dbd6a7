import { signal } from "@preact/signals";

const TICK_MS = 20_000;

/** The time that "3 min ago" counts from; moves every twenty seconds. */
export const now = signal(Date.now());

setInterval(() => {
  now.value = Date.now();
}, TICK_MS);
