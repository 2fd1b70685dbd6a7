import type { Order, OrderEvent, OrderSummary } from "../api/types";

export interface Row {
  readonly order: OrderSummary;
  /** Counts what happened to the row while it was on screen; a change lights it up. */
  readonly pulse: number;
}

export type Rows = readonly Row[];

/** A page of orders replaces what is shown; a row never goes back to an older version of its order. */
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

/** The next page, below the others; an order that moved meanwhile is not shown twice. */
export function append(rows: Rows, items: readonly OrderSummary[]): Rows {
  const shown = new Set(rows.map((row) => row.order.id));
  return [...rows, ...items.filter((item) => !shown.has(item.id)).map((order) => ({ order, pulse: 0 }))];
}

/** An event changes its row in place. */
export function applyEvent(rows: Rows, event: OrderEvent): Rows {
  return rows.map((row) => {
    if (row.order.id !== event.orderId || event.orderVersion <= row.order.version) return row;
    return { order: advance(row.order, event), pulse: row.pulse + 1 };
  });
}

/** The order as it was just read; a new one goes to the top. */
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

/** What an event alone says about an order; its actions and times follow with the next read. */
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
