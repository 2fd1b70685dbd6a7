import { describe, expect, test } from "vitest";
import { append, applyEvent, install, put, type Rows, summarise } from "../src/orders/board";
import { anEvent, anOrder, aSummary } from "./support/orders";

const rows = (...ids: number[]): Rows => ids.map((id) => ({ order: aSummary(id), pulse: 0 }));
const ids = (list: Rows) => list.map((row) => row.order.id);

describe("an event", () => {
  test("changes its row in place and highlights it", () => {
    const after = applyEvent(rows(41, 42, 43), anEvent(11));
    expect(ids(after)).toEqual([41, 42, 43]);
    expect(after[1]).toMatchObject({ pulse: 1, order: { status: "Shipped", version: 3 } });
    expect(after[0]?.pulse).toBe(0);
  });

  test("that is already part of the row changes nothing", () => {
    const shown: Rows = [{ order: aSummary(42, { version: 3, status: "Delivered" }), pulse: 0 }];
    expect(applyEvent(shown, anEvent(11))).toEqual(shown);
  });
});

describe("a page of orders", () => {
  test("replaces the rows, but not one that is newer", () => {
    const shown: Rows = [{ order: aSummary(42, { version: 5, status: "Delivered" }), pulse: 3 }];
    const after = install(shown, [aSummary(42, { version: 2 }), aSummary(41)], new Map());
    expect(after[0]).toMatchObject({ pulse: 3, order: { version: 5, status: "Delivered" } });
    expect(ids(after)).toEqual([42, 41]);
  });

  test("includes the events that arrived while it was being read", () => {
    const [row] = install([], [aSummary(42)], new Map([[42, anEvent(11)]]));
    expect(row?.order).toMatchObject({ status: "Shipped", version: 3 });
  });

  test("is appended without orders that are shown already", () => {
    expect(ids(append(rows(43, 42), [aSummary(42), aSummary(41)]))).toEqual([43, 42, 41]);
  });
});

describe("an order", () => {
  test("replaces its row", () => {
    const after = put(rows(43, 42), aSummary(42, { version: 3, status: "Shipped" }));
    expect(ids(after)).toEqual([43, 42]);
    expect(after[1]).toMatchObject({ pulse: 1, order: { status: "Shipped" } });
  });

  test("goes to the top when it is new", () => {
    expect(ids(put(rows(42), aSummary(50)))).toEqual([50, 42]);
  });

  test("does not replace a newer row", () => {
    const shown: Rows = [{ order: aSummary(42, { version: 9 }), pulse: 0 }];
    expect(put(shown, aSummary(42))).toBe(shown);
  });

  test("is summarised as in the list", () => {
    expect(summarise(anOrder(42))).toMatchObject({ id: 42, lineCount: 1, unitCount: 2 });
  });
});
