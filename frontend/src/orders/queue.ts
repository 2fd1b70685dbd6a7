import type { OrderHead, OrderStatus } from "../api/types";

/** A tab of the list: the orders that are waiting for the same step. */
export interface Queue {
  readonly id: QueueId;
  readonly label: string;
  /** Empty means every status. */
  readonly statuses: readonly OrderStatus[];
}

export type QueueId = "all" | "active" | "to-confirm" | "to-ship" | "on-the-way" | "delivered" | "closed";

const ALL: Queue = { id: "all", label: "All", statuses: [] };
const ON_THE_WAY: readonly OrderStatus[] = ["PartiallyShipped", "Shipped", "PartiallyDelivered"];
const DELIVERED: Queue = { id: "delivered", label: "Delivered", statuses: ["Delivered"] };
const CLOSED: Queue = {
  id: "closed",
  label: "Closed",
  statuses: ["Cancelled", "PartiallyReturned", "Returned"],
};

export const STAFF_QUEUES: readonly Queue[] = [
  ALL,
  { id: "to-confirm", label: "To confirm", statuses: ["Pending"] },
  { id: "to-ship", label: "To ship", statuses: ["Processing", "PartiallyShipped"] },
  { id: "on-the-way", label: "On the way", statuses: ON_THE_WAY },
  DELIVERED,
  CLOSED,
];

export const CUSTOMER_QUEUES: readonly Queue[] = [
  ALL,
  { id: "active", label: "Open", statuses: ["Pending", "Processing", ...ON_THE_WAY] },
  DELIVERED,
  CLOSED,
];

/** What the list shows: a queue, narrowed down by a search text. */
export interface Filter {
  readonly queue: Queue;
  readonly q: string;
}

/** Returns the queue with that id, or the one with all orders. */
export function findQueue(queues: readonly Queue[], id: string | null): Queue {
  return queues.find((queue) => queue.id === id) ?? ALL;
}

export function inQueue(queue: Queue, status: OrderStatus): boolean {
  return queue.statuses.length === 0 || queue.statuses.includes(status);
}

/** Whether a row still belongs to the list. What the search looks at never changes, so only the status counts. */
export function stillMatches(filter: Filter, order: Pick<OrderHead, "status">): boolean {
  return inQueue(filter.queue, order.status);
}
