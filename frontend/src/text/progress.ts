import type { Order } from "../api/types";

export interface Step {
  readonly name: string;
  readonly state: "done" | "current" | "ahead";
  /** When the order reached the step; null if it has not, or if the time is unknown. */
  readonly at: string | null;
  readonly stopped?: boolean;
}

type Tracked = Pick<Order, "status" | "placedAt" | "confirmedAt" | "updatedAt" | "shipments">;

/** Returns the steps of an order. After a cancellation, the steps that will not happen are left out. */
export function progress(order: Tracked): readonly Step[] {
  const shippedAt = first(order.shipments.map((shipment) => shipment.shippedAt));
  const deliveredAt = first(order.shipments.map((shipment) => shipment.deliveredAt));
  const times = [order.placedAt, order.confirmedAt, shippedAt, deliveredAt];
  if (order.status === "Cancelled") return cancelled(times, order.updatedAt);
  const names = ["Placed", "Preparing", "Shipped", "Delivered"];
  if (order.status === "PartiallyShipped") names[2] = "Partly shipped";
  if (order.status === "PartiallyDelivered") names[3] = "Partly delivered";
  if (isReturn(order.status)) {
    names.push(order.status === "Returned" ? "Returned" : "Partly returned");
    times.push(order.updatedAt);
  }
  const current = currentStep(order.status);
  return names.map((name, index) => ({
    name,
    state: index < current ? "done" : index === current ? "current" : "ahead",
    at: index <= current ? (times[index] ?? null) : null,
  }));
}

/** Returns the index of the step that the status belongs to: 0 to 3, or 4 for a return. */
export function currentStep(status: Order["status"]): number {
  switch (status) {
    case "Processing":
      return 1;
    case "PartiallyShipped":
    case "Shipped":
      return 2;
    case "PartiallyDelivered":
    case "Delivered":
      return 3;
    case "PartiallyReturned":
    case "Returned":
      return 4;
    default:
      return 0;
  }
}

function cancelled(times: readonly (string | null | undefined)[], at: string): readonly Step[] {
  const reached = ["Placed", "Preparing"].filter((_, index) => times[index]);
  const before = reached.map((name, index): Step => ({ name, state: "done", at: times[index] ?? null }));
  return [...before, { name: "Cancelled", state: "current", at, stopped: true }];
}

function isReturn(status: Order["status"]): boolean {
  return status === "PartiallyReturned" || status === "Returned";
}

function first(times: readonly (string | null)[]): string | null {
  return times.filter((time) => time !== null).sort()[0] ?? null;
}
