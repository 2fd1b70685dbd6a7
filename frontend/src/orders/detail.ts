import { signal } from "@preact/signals";
import type { OrdersApi } from "../api/orders";
import { Problem } from "../api/problem";
import type { Order, OrderEvent } from "../api/types";
import { advance } from "./board";
import type { Phase } from "./list";
import { mergeTimeline } from "./timeline";

/** The open order with its timeline. */
export class OrderDetail {
  readonly id = signal<number | null>(null);
  readonly phase = signal<Phase>("loading");
  readonly problem = signal<Problem | null>(null);
  readonly order = signal<Order | null>(null);
  readonly events = signal<readonly OrderEvent[]>([]);
  /** The ids of events that arrived while the order was open; they are highlighted. */
  readonly fresh = signal<ReadonlySet<string>>(new Set());

  constructor(private readonly api: OrdersApi) {}

  async open(id: number): Promise<void> {
    if (this.id.peek() !== id) {
      this.id.value = id;
      this.order.value = null;
      this.events.value = [];
      this.fresh.value = new Set();
      this.phase.value = "loading";
    }
    await this.refresh();
  }

  close(): void {
    this.id.value = null;
    this.order.value = null;
  }

  /** Reads the order and its timeline. If that fails, what is on screen stays. */
  async refresh(): Promise<void> {
    const id = this.id.peek();
    if (id === null) return;
    try {
      const [order, events] = await Promise.all([this.api.read(id), this.api.timeline(id)]);
      if (this.id.peek() !== id) return;
      this.problem.value = null;
      this.phase.value = "ready";
      this.update(order);
      this.events.value = mergeTimeline(this.events.peek(), events);
    } catch (error) {
      if (this.id.peek() !== id) return;
      this.problem.value = Problem.of(error);
      this.phase.value = this.order.peek() ? "ready" : "failed";
    }
  }

  applyEvent(event: OrderEvent): void {
    if (this.id.peek() !== event.orderId) return;
    this.events.value = mergeTimeline(this.events.peek(), [event]);
    this.fresh.value = new Set(this.fresh.peek()).add(event.eventId);
    const order = this.order.peek();
    if (order) this.order.value = advance(order, event);
  }

  update(order: Order): void {
    if (this.id.peek() !== order.id) return;
    const shown = this.order.peek();
    if (!shown || order.version >= shown.version) this.order.value = order;
  }
}
