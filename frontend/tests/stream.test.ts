import { describe, expect, test } from "vitest";
import { head, settle, take } from "../src/live/stream";

const at = (seq: number, epoch = "e1") => ({ epoch, seq });
const stream = (seq: number, ...ahead: number[]) => ({ epoch: "e1", seq, ahead });

describe("an arriving event", () => {
  test("starts its stream when it is the first one", () => {
    expect(take(undefined, at(7))).toEqual({ verdict: "next", stream: stream(7) });
  });

  test("is applied when it is the next one", () => {
    expect(take(stream(7), at(8))).toEqual({ verdict: "next", stream: stream(8) });
  });

  test.each([7, 3])("numbered %i is known when the stream is at 7", (seq) => {
    expect(take(stream(7), at(seq))).toEqual({ verdict: "known", stream: stream(7) });
  });

  test("that comes too early leaves a gap and is remembered", () => {
    expect(take(stream(7), at(9))).toEqual({ verdict: "gap", stream: stream(7, 9) });
    expect(take(stream(7, 9), at(9)).verdict).toBe("known");
  });

  test("that was missing closes the gap", () => {
    expect(take(stream(7, 9, 10, 12), at(8))).toEqual({ verdict: "next", stream: stream(10, 12) });
  });

  test("of another epoch starts the stream over, whatever its number", () => {
    expect(take(stream(7), at(3, "e2"))).toEqual({
      verdict: "reset",
      stream: { epoch: "e2", seq: 3, ahead: [] },
    });
  });
});

describe("after reading again", () => {
  test("the stream moves on to the position, and past the events that had come early", () => {
    expect(settle(stream(7, 9, 10, 13), at(9))).toEqual(stream(10, 13));
  });

  test("a position behind the stream changes nothing", () => {
    expect(settle(stream(7), at(5))).toEqual(stream(7));
  });

  test("another epoch replaces the stream", () => {
    expect(settle(stream(7, 9), at(2, "e2"))).toEqual({ epoch: "e2", seq: 2, ahead: [] });
  });

  test("the head is the latest event that arrived", () => {
    expect(head(stream(7, 9, 12))).toEqual(at(12));
    expect(head(stream(7))).toEqual(at(7));
  });
});

test("events 1 to 6 in any order each pass once, and the stream ends at 6", () => {
  for (let round = 0; round < 200; round += 1) {
    const order = [1, 2, 3, 4, 5, 6].sort(() => Math.random() - 0.5);
    let current = settle(undefined, at(0));
    const passed: number[] = [];
    for (const seq of [...order, ...order]) {
      const { verdict, stream: next } = take(current, at(seq));
      if (verdict !== "known") passed.push(seq);
      current = next;
    }
    expect(passed).toEqual(order);
    expect(current).toEqual(stream(6));
  }
});
