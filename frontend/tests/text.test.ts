import { describe, expect, test } from "vitest";
import type { OrderStatus } from "../src/api/types";
import { answer, count } from "../src/text/answer";
import { code39 } from "../src/text/code39";
import { entryDetail, entryItems, entryTitle, headline } from "../src/text/events";
import { progress } from "../src/text/progress";
import { statusLook } from "../src/text/status";
import { ago, dayHeading, dayName, daysBetween, readerLocale } from "../src/text/time";
import { lineState } from "../src/ui/orders/Lines";
import { anEvent, anOrder } from "./support/orders";

const NOW = Date.parse("2026-11-22T12:00:00Z");

describe("times", () => {
  test.each([
    ["en-US", "en-US"],
    ["en-AU-u-hc-h12", "en-AU"],
    ["de-DE", "en-GB"],
    ["en-US@posix", "en-GB"],
    ["", "en-GB"],
  ])("in a browser set to %j use %s", (language, locale) => {
    expect(readerLocale(language)).toBe(locale);
  });

  test("name the days around today, and give the date of others", () => {
    const names = ["2026-11-21T23:30:00Z", "2026-11-23T08:00:00Z", "2026-11-21T08:00:00Z"].map((iso) =>
      dayName(iso, NOW),
    );
    expect(names).toEqual(["today", "tomorrow", "yesterday"]);
    expect(dayName("2026-11-24T08:00:00Z", NOW)).toMatch(/Tue.*24/);
    expect(dayName("2024-11-24T08:00:00Z", NOW)).toMatch(/2024/);
  });

  test("start with a capital in a heading", () => {
    expect(dayHeading("2026-11-22", NOW)).toBe("Today");
    expect(dayHeading("2026-11-19", NOW)).toMatch(/^Thursday.*19/);
    expect(dayHeading("2024-11-19", NOW)).toMatch(/2024/);
  });

  test("say how long ago something happened", () => {
    const at = (seconds: number) => ago(new Date(NOW - seconds * 1000).toISOString(), NOW);
    expect([at(-5), at(20), at(300), at(7200)]).toEqual(["just now", "just now", "5 min. ago", "2 hr. ago"]);
    expect(at(86_400)).toBe("yesterday");
  });

  test("count calendar days, even when the clocks go back in between", () => {
    expect(daysBetween(Date.parse("2026-10-24T22:30:00Z"), Date.parse("2026-10-26T00:00:00Z"))).toBe(1);
  });
});

describe("the answer", () => {
  const of = (over: Parameters<typeof anOrder>[1]) => answer(anOrder(42, over), NOW);

  test("says when an open order arrives", () => {
    expect(of({ status: "Shipped" })).toMatchObject({
      title: expect.stringMatching(/^Arriving Tue.*24/),
      late: false,
    });
  });

  test("says by how much an order is late", () => {
    const late = of({ status: "Shipped", estimatedDeliveryAt: "2026-11-20T16:00:00Z" });
    expect(late).toMatchObject({ title: "Late by 2 days", late: true });
    expect(late.detail).toMatch(/It was due Fri.*20/);
  });

  test.each<[OrderStatus, RegExp]>([
    ["Pending", /received/],
    ["Processing", /prepared/],
    ["PartiallyShipped", /Partly on its way/],
    ["Shipped", /On its way/],
    ["PartiallyDelivered", /Partly delivered/],
    ["Cancelled", /Cancelled/],
    ["Returned", /^Returned/],
    ["PartiallyReturned", /Partly returned/],
  ])("for %s without an estimate", (status, title) => {
    expect(of({ status, estimatedDeliveryAt: null }).title).toMatch(title);
  });

  test("says when the last parcel of a delivered order came", () => {
    const parcel = {
      id: 1,
      carrier: null,
      trackingNumber: null,
      shippedAt: "2026-11-20T08:00:00Z",
      lines: [],
    };
    const shipments = ["2026-11-21T08:00:00Z", null].map((deliveredAt) => ({ ...parcel, deliveredAt }));
    expect(of({ status: "Delivered", shipments }).title).toBe("Delivered yesterday");
  });

  test("exists for a status that this page does not know", () => {
    expect(of({ status: "Teleported" as OrderStatus, estimatedDeliveryAt: null }).title).toBe(
      "Order updated",
    );
    expect(statusLook("Teleported" as OrderStatus).label).toBe("Teleported");
  });

  test("counts in the singular and the plural", () => {
    expect([count(0, "item"), count(1, "item"), count(1200, "item")]).toEqual([
      "0 items",
      "1 item",
      "1,200 items",
    ]);
  });
});

describe("progress", () => {
  const steps = (over: Parameters<typeof anOrder>[1]) =>
    progress(anOrder(42, over)).map(({ name, state }) => `${name}: ${state}`);

  test("has four named steps", () => {
    expect(steps({})).toEqual(["Placed: done", "Preparing: current", "Shipped: ahead", "Delivered: ahead"]);
  });

  test("says when a step is only partly done", () => {
    expect(steps({ status: "PartiallyShipped" })[2]).toBe("Partly shipped: current");
    expect(steps({ status: "PartiallyDelivered" })[3]).toBe("Partly delivered: current");
  });

  test("ends with the cancellation of a cancelled order", () => {
    expect(steps({ status: "Cancelled" })).toEqual(["Placed: done", "Preparing: done", "Cancelled: current"]);
    expect(steps({ status: "Cancelled", confirmedAt: null })).toEqual(["Placed: done", "Cancelled: current"]);
  });

  test("has one more step for a return", () => {
    expect(steps({ status: "Returned" }).at(-1)).toBe("Returned: current");
  });

  test("has times only for the steps that were reached", () => {
    const times = progress(anOrder(42, { status: "Pending" })).map(({ at }) => at !== null);
    expect(times).toEqual([true, false, false, false]);
  });
});

describe("events in words", () => {
  test("have a headline and a title", () => {
    expect(headline(anEvent(1))).toBe("Order WB-000042 shipped");
    expect(headline(anEvent(1, { data: { isPartial: true } }))).toBe("Order WB-000042 partly shipped");
    expect(entryTitle(anEvent(1, { type: "OrderPlaced" }))).toBe("Placed");
    expect(entryTitle(anEvent(1, { type: "OrderHeld" }))).toBe("Updated");
  });

  test("mention the carrier, tracking number, reason and items, if there are any", () => {
    const parcel = { carrier: "DHL", trackingNumber: "JD01", lines: [{ name: "Lamp", quantity: 2 }] };
    expect(entryDetail(anEvent(1, { data: { shipment: parcel } }))).toBe("DHL JD01");
    const two = anEvent(1, { data: { shipments: [parcel, { ...parcel, carrier: null }] } });
    expect(entryDetail(two)).toBe("DHL JD01 · JD01");
    expect(entryItems(two)).toBe("2 × Lamp, 2 × Lamp");
    expect(entryDetail(anEvent(1, { data: { reason: "Ordered twice" } }))).toBe("Ordered twice");
    expect(entryDetail(anEvent(1, { data: {} }))).toBe("");
  });
});

test("the state of a line", () => {
  const [line] = anOrder(42).lines;
  if (!line) throw new Error("one line");
  const of = (over: Partial<typeof line>) => lineState({ ...line, ordered: 3, ...over });
  expect(of({})).toBe("to be sent");
  expect(of({ shipped: 3, delivered: 1 })).toBe("1 of 3 delivered, 2 of 3 on the way");
  expect(of({ cancelled: 3 })).toBe("cancelled");
  expect(of({ shipped: 3, delivered: 3, returned: 1 })).toBe("delivered, 1 of 3 returned");
});

describe("the barcode", () => {
  test("has the right bars for an A between start and stop", () => {
    // In modules, A is 3 1 1 1 1 3 1 1 3, bars and gaps in turn. It follows the start (15) and a gap of one.
    const code = code39("A");
    const widths = code?.bars.map(({ x, width }) => [x, width]);
    expect(code?.width).toBe(15 * 3 + 2);
    expect(widths?.slice(5, 10)).toEqual([
      [16, 3],
      [20, 1],
      [22, 1],
      [26, 1],
      [28, 3],
    ]);
    expect(widths).toHaveLength(15);
  });

  test("has three wide elements out of nine in every character", () => {
    for (const character of "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. ")
      expect(code39(character)?.width, character).toBe(47);
  });

  test("does not exist for a character that the code lacks", () => {
    expect(code39("WB_1")).toBeNull();
  });
});
