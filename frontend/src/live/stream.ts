import type { Position } from "../api/types";

/**
 * What this page has seen of one customer's stream of events: everything up to `seq`, and the numbers in `ahead`,
 * which arrived before some of the events in front of them.
 */
export interface Stream extends Position {
  readonly ahead: readonly number[];
}

/** `gap`: an earlier event is missing. `reset`: the stream started over. After both, the page must read again. */
export type Verdict = "next" | "known" | "gap" | "reset";

/** Takes in an event that arrived at `at`. The first event of an unknown stream starts that stream. */
export function take(stream: Stream | undefined, at: Position): { verdict: Verdict; stream: Stream } {
  if (!stream) return { verdict: "next", stream: begin(at) };
  if (stream.epoch !== at.epoch) return { verdict: "reset", stream: begin(at) };
  if (at.seq <= stream.seq || stream.ahead.includes(at.seq)) return { verdict: "known", stream };
  const held = { ...stream, ahead: [...stream.ahead, at.seq].sort((a, b) => a - b) };
  return at.seq === stream.seq + 1
    ? { verdict: "next", stream: absorb(held) }
    : { verdict: "gap", stream: held };
}

/** Marks everything up to `at` as seen, because the page has just read the orders as they were at `at`. */
export function settle(stream: Stream | undefined, at: Position): Stream {
  if (!stream || stream.epoch !== at.epoch) return begin(at);
  return absorb({ ...stream, seq: Math.max(stream.seq, at.seq) });
}

/** Returns the position of the latest event that arrived, even if earlier ones are missing. */
export function head(stream: Stream): Position {
  return { epoch: stream.epoch, seq: stream.ahead.at(-1) ?? stream.seq };
}

function begin({ epoch, seq }: Position): Stream {
  return { epoch, seq, ahead: [] };
}

function absorb(stream: Stream): Stream {
  let { seq } = stream;
  for (const number of stream.ahead) if (number === seq + 1) seq = number;
  return { epoch: stream.epoch, seq, ahead: stream.ahead.filter((number) => number > seq) };
}
