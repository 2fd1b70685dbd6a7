import { signal } from "@preact/signals";
import type { ActionBody, OrdersApi } from "../api/orders";
import { Problem } from "../api/problem";
import type { ChangedOrder, OrderAction, OrderHead } from "../api/types";

export interface Refusal {
  readonly number: string;
  readonly action: OrderAction;
  readonly problem: Problem;
}

export interface ActionHandlers {
  readonly onDone: (order: ChangedOrder) => void;
  /** Called with an order that may have changed since the page read it. */
  readonly onRefused: (orderId: number) => void;
}

/** Sends actions to the service, one at a time for each order. */
export class Actions {
  /** The orders that wait for the answer to an action. */
  readonly pending = signal<ReadonlyMap<number, OrderAction>>(new Map());
  /** The last refused action, until the reader dismisses it or another action succeeds. */
  readonly refusal = signal<Refusal | null>(null);

  constructor(
    private readonly api: OrdersApi,
    private readonly handlers: ActionHandlers,
  ) {}

  /** Returns whether the service carried out the action. */
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
      this.refusal.value = { number: order.number, action, problem: Problem.of(error) };
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
