import type { OrdersApi } from "../api/orders";
import type { ChangedOrder, Order, OrderEvent, User } from "../api/types";
import { type Connection, LiveConnection } from "../live/connection";
import { retryDelay } from "../live/retry";
import { Actions } from "./actions";
import { Activity } from "./activity";
import { OrderDetail } from "./detail";
import { Inbox } from "./inbox";
import { OrderList } from "./list";
import type { Filter } from "./queue";
import { Refresher } from "./refresher";

export interface WorkspaceParts {
  readonly user: User;
  readonly api: OrdersApi;
  readonly filter: Filter;
  readonly connect: (onEvent: (event: OrderEvent) => void) => Connection;
  readonly onUnauthorized: () => void;
}

/** Everything that exists while someone is signed in: the list, the open order, and the live connection. */
export class Workspace {
  readonly user: User;
  readonly isStaff: boolean;
  readonly list: OrderList;
  readonly detail: OrderDetail;
  readonly activity = new Activity();
  readonly actions: Actions;
  readonly inbox: Inbox;
  readonly live: LiveConnection;
  readonly #refresher: Refresher<Order>;
  #reading = false;
  #gapped = false;
  #failures = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor({ user, api, filter, connect, onUnauthorized }: WorkspaceParts) {
    this.user = user;
    this.isStaff = user.role !== "customer";
    this.list = new OrderList(api, filter);
    this.detail = new OrderDetail(api);
    this.#refresher = new Refresher(
      (id) => api.read(id),
      (order) => this.#onRead(order),
    );
    this.actions = new Actions(api, {
      onDone: (order) => this.#onDone(order),
      onRefused: (id) => this.#refresher.request(id),
    });
    this.inbox = new Inbox(this.isStaff ? null : user.subject, {
      onEvent: (event) => this.#onEvent(event),
      onGap: () => this.#onGap(),
    });
    this.live = new LiveConnection(
      connect((event) => this.inbox.receive(event)),
      {
        onConnected: () => this.#onConnected(),
        onUnauthorized,
      },
    );
  }

  start(): void {
    void this.#read(() => this.list.show(this.list.filter));
    this.live.start();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.list.close();
    this.#refresher.close();
    this.activity.close();
    void this.live.stop();
  }

  show(filter: Filter): void {
    void this.#read(() => this.list.show(filter));
  }

  /** Reads the list and the open order again, because the reader asked for it or the connection is back. */
  reload(): void {
    this.#failures = 0;
    this.#readAgain();
  }

  #onConnected(): void {
    this.inbox.forget();
    this.reload();
  }

  /** Reads run one after the other. If each new gap started a read and cancelled the last, none would ever finish. */
  #onGap(): void {
    if (this.#reading) this.#gapped = true;
    else this.#readAgain();
  }

  #readAgain(): void {
    void this.detail.refresh();
    void this.#read(() => this.list.refresh());
  }

  /** Reads the list and tells the inbox what has been seen. Tries again later if that fails. */
  async #read(load: () => ReturnType<OrderList["refresh"]>): Promise<void> {
    clearTimeout(this.#retry);
    this.#reading = true;
    this.#gapped = false;
    const heads = this.inbox.heads();
    try {
      const page = await load();
      if (!page || this.#closed) return;
      this.#reading = false;
      this.#failures = 0;
      this.inbox.settle(heads, page.position);
      if (this.#gapped) this.#readAgain();
    } catch {
      this.#reading = false;
      if (!this.#closed) this.#retry = setTimeout(() => this.#readAgain(), retryDelay(this.#failures++));
    }
  }

  #onEvent(event: OrderEvent): void {
    this.activity.add(event);
    this.list.applyEvent(event);
    this.detail.applyEvent(event);
    if (this.isStaff) this.list.announce(event);
    if (!this.isStaff || this.list.has(event.orderId) || this.detail.id.peek() === event.orderId)
      this.#refresher.request(event.orderId);
  }

  #onRead(order: Order): void {
    this.detail.update(order);
    if (this.isStaff) this.list.update(order);
    else this.list.offer(order);
  }

  #onDone({ event, ...order }: ChangedOrder): void {
    this.inbox.receive(event);
    this.detail.update(order);
    this.list.update(order);
  }
}
