import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Activity } from "../src/orders/activity";
import { anEvent } from "./support/orders";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("a toast goes away, and its entry in the tray stays", () => {
  const activity = new Activity();
  activity.add(anEvent(11));
  expect(activity.toasts.value).toHaveLength(1);
  vi.advanceTimersByTime(10_000);
  expect(activity.toasts.value).toHaveLength(0);
  expect(activity.entries.value.map(({ text }) => text)).toEqual(["Order WB-000042 shipped"]);
  expect(activity.unread.value).toBe(1);
  activity.markRead();
  expect(activity.unread.value).toBe(0);
});

test("toasts stay while the pointer is over them", () => {
  const activity = new Activity();
  activity.add(anEvent(11));
  activity.hold();
  vi.advanceTimersByTime(60_000);
  expect(activity.toasts.value).toHaveLength(1);
  activity.release();
  vi.advanceTimersByTime(10_000);
  expect(activity.toasts.value).toHaveLength(0);
});

test("of many toasts at once, the newest are shown, and one sentence is read out", () => {
  const activity = new Activity();
  for (let seq = 1; seq <= 5; seq += 1) activity.add(anEvent(seq, { number: `WB-${seq}` }));
  expect(activity.toasts.value.map(({ text }) => text)).toEqual(
    [3, 4, 5].map((n) => `Order WB-${n} shipped`),
  );
  expect(activity.spoken.value).toBe("");
  vi.advanceTimersByTime(3_000);
  expect(activity.spoken.value).toBe("5 updates. The last: Order WB-5 shipped");
});
