import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Refresher } from "../src/orders/refresher";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("many events of one order cause one request", async () => {
  const read = vi.fn(async (id: number) => id);
  const deliver = vi.fn();
  const refresher = new Refresher(read, deliver, 100);
  for (const id of [1, 2, 1, 1]) refresher.request(id);
  await vi.advanceTimersByTimeAsync(100);
  expect(read.mock.calls).toEqual([[1], [2]]);
  expect(deliver.mock.calls).toEqual([[1], [2]]);
});

test("an event during a read causes one more request", async () => {
  let answer: (value: number) => void = () => {};
  const read = vi.fn(() => new Promise<number>((done) => (answer = done)));
  const refresher = new Refresher(read, () => {}, 100);
  refresher.request(1);
  await vi.advanceTimersByTimeAsync(100);
  refresher.request(1);
  refresher.request(1);
  answer(1);
  await vi.advanceTimersByTimeAsync(100);
  expect(read).toHaveBeenCalledTimes(2);
});

test("a failed read delivers nothing, and the next request works", async () => {
  const read = vi.fn().mockRejectedValueOnce(new Error("down")).mockResolvedValue("order");
  const deliver = vi.fn();
  const refresher = new Refresher(read, deliver, 100);
  refresher.request(1);
  await vi.advanceTimersByTimeAsync(100);
  expect(deliver).not.toHaveBeenCalled();
  refresher.request(1);
  await vi.advanceTimersByTimeAsync(100);
  expect(deliver).toHaveBeenCalledExactlyOnceWith("order");
});

test("after closing, nothing is requested or delivered", async () => {
  const read = vi.fn(async () => 1);
  const deliver = vi.fn();
  const refresher = new Refresher(read, deliver, 100);
  refresher.request(1);
  refresher.close();
  refresher.request(2);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(read).not.toHaveBeenCalled();
});
