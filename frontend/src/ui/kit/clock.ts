import { signal } from "@preact/signals";

const TICK_MS = 20_000;

/** The current time for texts such as "3 min. ago", updated every twenty seconds. */
export const now = signal(Date.now());

setInterval(() => {
  now.value = Date.now();
}, TICK_MS);
