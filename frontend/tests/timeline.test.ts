import { expect, test } from "vitest";
import { groupByDay, mergeTimeline } from "../src/orders/timeline";
import { anEvent } from "./support/orders";

test("each event appears once, sorted by the version of the order", () => {
  const [placed, confirmed, shipped] = [1, 2, 3].map((n) => anEvent(n, { orderVersion: n }));
  if (!placed || !confirmed || !shipped) throw new Error("three events");
  expect(mergeTimeline([placed, shipped], [confirmed, shipped])).toEqual([placed, confirmed, shipped]);
});

test("days are those of the reader's time zone", () => {
  // 23:30 in UTC is half past midnight in Berlin, where these tests run.
  const events = ["2026-11-20T21:00:00Z", "2026-11-20T23:30:00Z", "2026-11-21T08:00:00Z"].map(
    (occurredAt, n) => anEvent(n, { occurredAt }),
  );
  expect(groupByDay(events).map(({ day, events: { length } }) => [day, length])).toEqual([
    ["2026-11-20", 1],
    ["2026-11-21", 2],
  ]);
});
