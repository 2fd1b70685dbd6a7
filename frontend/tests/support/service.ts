import type { ActionBody, ListQuery, OrdersApi } from "../../src/api/orders";
import { Problem } from "../../src/api/problem";
import type { ChangedOrder, Order, OrderAction, OrderEvent, OrderPage, Position } from "../../src/api/types";
import type { Connection } from "../../src/live/connection";
import { summarise } from "../../src/orders/board";

/** The REST API in memory. It answers from `orders`, `events` and `position`. */
export class FakeService implements OrdersApi {
  readonly orders = new Map<number, Order>();
  events: OrderEvent[] = [];
  position: Position | null = { epoch: "e1", seq: 10 };
  nextCursor: string | null = null;
  failure: Problem | null = null;
  /** If set, the answer of a list request waits for it, although its rows are already read. */
  hold: Promise<void> | null = null;
  readonly lists: ListQuery[] = [];
  readonly reads: number[] = [];
  readonly acted: [number, OrderAction, ActionBody | undefined][] = [];

  add(...orders: Order[]): this {
    for (const order of orders) this.orders.set(order.id, order);
    return this;
  }

  async list(query: ListQuery, signal?: AbortSignal): Promise<OrderPage> {
    this.lists.push(query);
    this.#check();
    const rows = [...this.orders.values()]
      .filter(({ status }) => query.statuses.length === 0 || query.statuses.includes(status))
      .filter(({ number }) => number.includes(query.q));
    const page = { items: rows.map(summarise), nextCursor: this.nextCursor, position: this.position };
    await this.hold;
    signal?.throwIfAborted();
    return page;
  }

  async read(id: number): Promise<Order> {
    this.reads.push(id);
    this.#check();
    const order = this.orders.get(id);
    if (!order) throw new Problem(404, "Not Found", `There is no order ${id}, or it is not yours.`);
    return order;
  }

  async timeline(id: number): Promise<readonly OrderEvent[]> {
    this.#check();
    return this.events.filter((event) => event.orderId === id);
  }

  async act(id: number, action: OrderAction, body?: ActionBody): Promise<ChangedOrder> {
    this.acted.push([id, action, body]);
    this.#check();
    const event = this.events.at(-1);
    const order = await this.read(id);
    if (!event) throw new Error("the test set no event to answer with");
    return { ...order, event };
  }

  #check(): void {
    if (this.failure) throw this.failure;
  }
}

/** A hub connection that the test controls. */
export class FakeConnection implements Connection {
  starts = 0;
  stops = 0;
  refuse: Error | null = null;
  reconnecting: () => void = () => {};
  reconnected: () => void = () => {};
  closed: () => void = () => {};

  async start(): Promise<void> {
    this.starts += 1;
    if (this.refuse) throw this.refuse;
  }

  async stop(): Promise<void> {
    this.stops += 1;
    this.closed();
  }

  onreconnecting(callback: () => void): void {
    this.reconnecting = callback;
  }

  onreconnected(callback: () => void): void {
    this.reconnected = callback;
  }

  onclose(callback: () => void): void {
    this.closed = callback;
  }
}
