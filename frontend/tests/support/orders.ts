import type { Order, OrderEvent, OrderSummary } from "../../src/api/types";
import { summarise } from "../../src/orders/board";

export function anOrder(id: number, over: Partial<Order> = {}): Order {
  return {
    id,
    number: `WB-${String(id).padStart(6, "0")}`,
    reference: null,
    status: "Processing",
    customerId: "ada",
    customerName: "Ada Berg",
    placedAt: "2026-11-20T09:00:00Z",
    confirmedAt: "2026-11-20T10:00:00Z",
    estimatedDeliveryAt: "2026-11-24T16:00:00Z",
    updatedAt: "2026-11-20T10:00:00Z",
    version: 2,
    allowedActions: ["ship", "cancel"],
    blockedActions: { confirm: "The order is confirmed already.", deliver: "Nothing has been shipped yet." },
    lines: [
      {
        id: id * 10,
        position: 1,
        sku: "LAMP-1",
        name: "Desk lamp",
        ordered: 2,
        cancelled: 0,
        shipped: 0,
        delivered: 0,
        returned: 0,
      },
    ],
    shipments: [],
    position: { epoch: "e1", seq: 10 },
    ...over,
  };
}

export function aSummary(id: number, over: Partial<Order> = {}): OrderSummary {
  return summarise(anOrder(id, over));
}

export function anEvent(seq: number, over: Partial<OrderEvent> = {}): OrderEvent {
  return {
    orderId: 42,
    number: "WB-000042",
    customerId: "ada",
    status: "Shipped",
    statusFrom: "Processing",
    seq,
    epoch: "e1",
    eventId: `event-${over.customerId ?? "ada"}-${seq}`,
    orderVersion: 3,
    type: "OrderShipped",
    occurredAt: "2026-11-22T14:05:11Z",
    recordedAt: "2026-11-22T14:05:11Z",
    actor: { role: "staff", name: "Sam Keller" },
    data: { isPartial: false },
    ...over,
  };
}
