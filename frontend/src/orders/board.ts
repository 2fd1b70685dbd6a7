import type { Order, OrderEvent, OrderSummary } from "../api/types";

export interface Row {
  readonly order: OrderSummary;
  /** How often the row has changed while on screen. Each change highlights it. */
  readonly pulse: number;
}

export type Rows = readonly Row[];

/** Replaces the rows with a page of orders. A row never goes back to an older version of its order. */
export function install(
  rows: Rows,
  items: readonly OrderSummary[],
  recent: ReadonlyMap<number, OrderEvent>,
): Rows {
  const shown = new Map(rows.map((row) => [row.order.id, row]));
  return items.map((item) => {
    const old = shown.get(item.id);
    const order = old && old.order.version > item.version ? old.order : item;
    const event = recent.get(item.id);
    return { order: event ? advance(order, event) : order, pulse: old?.pulse ?? 0 };
  });
}

/** Adds the next page below. An order that has moved since the last page is not shown twice. */
export function append(rows: Rows, items: readonly OrderSummary[]): Rows {
  const shown = new Set(rows.map((row) => row.order.id));
  return [...rows, ...items.filter((item) => !shown.has(item.id)).map((order) => ({ order, pulse: 0 }))];
}

/** Changes the event's row in place. */
export function applyEvent(rows: Rows, event: OrderEvent): Rows {
  return rows.map((row) => {
    if (row.order.id !== event.orderId || event.orderVersion <= row.order.version) return row;
    return { order: advance(row.order, event), pulse: row.pulse + 1 };
  });
}

/** Replaces an order's row, or adds the order at the top. */
export function put(rows: Rows, order: OrderSummary): Rows {
  const old = rows.find((row) => row.order.id === order.id);
  if (!old) return [{ order, pulse: 1 }, ...rows];
  if (order.version < old.order.version) return rows;
  const pulse = order.version > old.order.version ? old.pulse + 1 : old.pulse;
  return rows.map((row) => (row === old ? { order, pulse } : row));
}

export function has(rows: Rows, orderId: number): boolean {
  return rows.some((row) => row.order.id === orderId);
}

/** Applies what the event says about the order. Its actions and times come with the next read. */
export function advance<T extends Pick<OrderSummary, "status" | "version" | "updatedAt">>(
  order: T,
  event: OrderEvent,
): T {
  if (event.orderVersion <= order.version) return order;
  return { ...order, status: event.status, version: event.orderVersion, updatedAt: event.recordedAt };
}

export function summarise({ lines, shipments, position, ...head }: Order): OrderSummary {
  return {
    ...head,
    lineCount: lines.length,
    unitCount: lines.reduce((sum, line) => sum + line.ordered, 0),
  };
}
