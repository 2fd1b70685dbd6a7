import type { OrderStatus, OrderSummary, Shipment } from "../api/types";
import { dayName, daysBetween } from "./time";

type Answerable = Pick<OrderSummary, "status" | "placedAt" | "estimatedDeliveryAt" | "updatedAt"> & {
  readonly shipments?: readonly Shipment[];
};

export interface Answer {
  /** What the reader wants to know, in a few words. */
  readonly title: string;
  readonly detail: string;
  readonly late: boolean;
}

const OPEN_DETAIL: Readonly<Partial<Record<OrderStatus, string>>> = {
  Pending: "We have received the order and will confirm it soon.",
  Processing: "The order is confirmed and being packed.",
  PartiallyShipped: "Part of the order is on its way. The rest is still being packed.",
  Shipped: "Everything is on its way.",
  PartiallyDelivered: "Part of the order has arrived. The rest is still to come.",
};

const OPEN_TITLE: Readonly<Partial<Record<OrderStatus, string>>> = {
  Pending: "Order received",
  Processing: "Being prepared",
  PartiallyShipped: "Partly on its way",
  Shipped: "On its way",
  PartiallyDelivered: "Partly delivered",
};

/** Says when the order arrives, or what happened to it. */
export function answer(order: Answerable, now: number): Answer {
  const closed = closedAnswer(order, now);
  if (closed) return { ...closed, late: false };
  const title = OPEN_TITLE[order.status] ?? "Order updated";
  const detail = OPEN_DETAIL[order.status] ?? "";
  if (!order.estimatedDeliveryAt) return { title, detail, late: false };
  const due = dayName(order.estimatedDeliveryAt, now);
  const overdue = daysBetween(Date.parse(order.estimatedDeliveryAt), now);
  if (overdue > 0)
    return {
      title: `Late by ${count(overdue, "day")}`,
      detail: `It was due ${due}. ${detail}`.trim(),
      late: true,
    };
  return { title: `Arriving ${due}`, detail, late: false };
}

export function count(number: number, noun: string): string {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}

function closedAnswer(order: Answerable, now: number): Omit<Answer, "late"> | null {
  const last = deliveredAt(order.shipments ?? []) ?? order.updatedAt;
  switch (order.status) {
    case "Delivered":
      return { title: `Delivered ${dayName(last, now)}`, detail: "Everything has arrived." };
    case "Cancelled":
      return { title: "Cancelled", detail: "Nothing will be shipped." };
    case "PartiallyReturned":
      return { title: "Partly returned", detail: "Some of the delivered items were returned." };
    case "Returned":
      return { title: "Returned", detail: "All delivered items were returned." };
    default:
      return null;
  }
}

function deliveredAt(shipments: readonly Shipment[]): string | null {
  const times = shipments.map((shipment) => shipment.deliveredAt ?? "").sort();
  return times.at(-1) || null;
}
