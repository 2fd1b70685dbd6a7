import type { Position } from "../api/types";

/**
 * How far one customer's stream of events is known here: everything up to `seq`,
 * and the numbers in `ahead`, which came although some before them are missing.
 */
export interface Stream extends Position {
  readonly ahead: readonly number[];
}

/** `gap`: something before this event is missing. `reset`: the stream was begun anew. Both need a re-read. */
export type Verdict = "next" | "known" | "gap" | "reset";

/** An event at `at` arrived. A stream seen for the first time starts with it. */
export function take(stream: Stream | undefined, at: Position): { verdict: Verdict; stream: Stream } {
  if (!stream) return { verdict: "next", stream: begin(at) };
  if (stream.epoch !== at.epoch) return { verdict: "reset", stream: begin(at) };
  if (at.seq <= stream.seq || stream.ahead.includes(at.seq)) return { verdict: "known", stream };
  const held = { ...stream, ahead: [...stream.ahead, at.seq].sort((a, b) => a - b) };
  return at.seq === stream.seq + 1
    ? { verdict: "next", stream: absorb(held) }
    : { verdict: "gap", stream: held };
}

/** What is on screen was read when the stream stood at `at`: nothing up to there is missing any more. */
export function settle(stream: Stream | undefined, at: Position): Stream {
  if (!stream || stream.epoch !== at.epoch) return begin(at);
  return absorb({ ...stream, seq: Math.max(stream.seq, at.seq) });
}

/** The furthest event that arrived, whether or not all before it did. */
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
