import { signal } from "@preact/signals";
import type { ActionBody, OrdersApi } from "../api/orders";
import { Problem } from "../api/problem";
import type { ChangedOrder, OrderAction, OrderHead } from "../api/types";

export interface Refusal {
  readonly orderId: number;
  readonly number: string;
  readonly action: OrderAction;
  readonly problem: Problem;
}

export interface ActionHandlers {
  readonly onDone: (order: ChangedOrder) => void;
  /** The order may have changed since it was read. */
  readonly onRefused: (orderId: number) => void;
}

/** Sends the actions; one at a time for each order. */
export class Actions {
  /** Orders with an action on its way. */
  readonly pending = signal<ReadonlyMap<number, OrderAction>>(new Map());
  /** The last action that the service refused, until it is dismissed or the next one succeeds. */
  readonly refusal = signal<Refusal | null>(null);

  constructor(
    private readonly api: OrdersApi,
    private readonly handlers: ActionHandlers,
  ) {}

  /** True when the service did it. */
  async run(
    order: Pick<OrderHead, "id" | "number">,
    action: OrderAction,
    body?: ActionBody,
  ): Promise<boolean> {
    if (this.pending.peek().has(order.id)) return false;
    this.pending.value = new Map(this.pending.peek()).set(order.id, action);
    try {
      this.handlers.onDone(await this.api.act(order.id, action, body));
      this.refusal.value = null;
      return true;
    } catch (error) {
      this.refusal.value = { orderId: order.id, number: order.number, action, problem: Problem.of(error) };
      this.handlers.onRefused(order.id);
      return false;
    } finally {
      const pending = new Map(this.pending.peek());
      pending.delete(order.id);
      this.pending.value = pending;
    }
  }

  dismiss(): void {
    this.refusal.value = null;
  }
}
