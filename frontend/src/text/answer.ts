import type { OrderStatus, OrderSummary, Shipment } from "../api/types";
import { dayName, daysBetween } from "./time";

type Answerable = Pick<OrderSummary, "status" | "placedAt" | "estimatedDeliveryAt" | "updatedAt"> & {
  readonly shipments?: readonly Shipment[];
};

export interface Answer {
  /** The one sentence that the reader came for. */
  readonly title: string;
  readonly detail: string;
  readonly late: boolean;
}

const OPEN_DETAIL: Readonly<Partial<Record<OrderStatus, string>>> = {
  Pending: "We have the order and will confirm it soon.",
  Processing: "Confirmed. It is being packed now.",
  PartiallyShipped: "One part is on its way; the rest is still being packed.",
  Shipped: "Everything is on its way.",
  PartiallyDelivered: "One part has arrived; the rest is on its way.",
};

const OPEN_TITLE: Readonly<Partial<Record<OrderStatus, string>>> = {
  Pending: "Order received",
  Processing: "Being prepared",
  PartiallyShipped: "Partly on its way",
  Shipped: "On its way",
  PartiallyDelivered: "Partly delivered",
};

/** When will it arrive, or what became of it. */
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
      return { title: "Cancelled", detail: "Nothing will be sent." };
    case "PartiallyReturned":
      return { title: "Partly returned", detail: "Some of what was delivered came back." };
    case "Returned":
      return { title: "Returned", detail: "Everything that was delivered came back." };
    default:
      return null;
  }
}

function deliveredAt(shipments: readonly Shipment[]): string | null {
  const times = shipments.map((shipment) => shipment.deliveredAt ?? "").sort();
  return times.at(-1) || null;
}
