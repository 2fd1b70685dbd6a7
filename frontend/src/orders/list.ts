import { computed, signal } from "@preact/signals";
import { isAbort } from "../api/http";
import type { OrdersApi } from "../api/orders";
import { Problem } from "../api/problem";
import type { Order, OrderEvent, OrderPage } from "../api/types";
import { append, applyEvent, has, install, put, type Rows, summarise } from "./board";
import { type Filter, inQueue } from "./queue";

const PAGE_SIZE = 50;
const MAX_ROWS_READ_AGAIN = 200;

export type Phase = "loading" | "ready" | "failed";

/** The list of orders on screen. Rows change in place and never move on their own. */
export class OrderList {
  readonly phase = signal<Phase>("loading");
  readonly problem = signal<Problem | null>(null);
  readonly rows = signal<Rows>([]);
  readonly loadingMore = signal(false);
  readonly hasMore = computed(() => this.#cursor.value !== null);
  /** Orders that belong to this list but are not shown yet, because they are new or have just changed. */
  readonly arrivals = signal<ReadonlySet<number>>(new Set());
  readonly #cursor = signal<string | null>(null);
  /** Events that arrived while a page was being read. They may be newer than that page. */
  #recent = new Map<number, OrderEvent>();
  #abort = new AbortController();
  #filter: Filter;

  constructor(
    private readonly api: OrdersApi,
    filter: Filter,
  ) {
    this.#filter = filter;
  }

  get filter(): Filter {
    return this.#filter;
  }

  /** Replaces the list with another one. Returns null when a later call has taken over. */
  show(filter: Filter): Promise<OrderPage | null> {
    this.#filter = filter;
    this.phase.value = "loading";
    this.rows.value = [];
    return this.#load(PAGE_SIZE);
  }

  /** Reads the same list again. The rows stay until the answer arrives. */
  refresh(): Promise<OrderPage | null> {
    return this.#load(Math.min(MAX_ROWS_READ_AGAIN, Math.max(PAGE_SIZE, this.rows.peek().length)));
  }

  async more(): Promise<void> {
    const cursor = this.#cursor.peek();
    if (!cursor || this.loadingMore.peek()) return;
    const { signal: stop } = this.#abort;
    this.loadingMore.value = true;
    try {
      const page = await this.api.list({ ...this.#query(PAGE_SIZE), cursor }, stop);
      this.rows.value = append(this.rows.peek(), page.items);
      this.#cursor.value = page.nextCursor;
      this.problem.value = null;
    } catch (error) {
      if (!isAbort(error)) this.problem.value = Problem.of(error);
    } finally {
      this.loadingMore.value = false;
    }
  }

  applyEvent(event: OrderEvent): void {
    this.#recent.set(event.orderId, event);
    if (this.has(event.orderId)) this.rows.value = applyEvent(this.rows.peek(), event);
  }

  /** Counts the event's order as an arrival if it is not on screen and, judging by the event, belongs to this list. */
  announce(event: OrderEvent): void {
    const fits = inQueue(this.#filter.queue, event.status) && this.#named(event.number);
    if (!fits || this.has(event.orderId)) return;
    this.arrivals.value = new Set(this.arrivals.peek()).add(event.orderId);
  }

  update(order: Order): void {
    if (this.has(order.id)) this.rows.value = put(this.rows.peek(), summarise(order));
  }

  /** Updates the order's row, or adds the order at the top if it belongs to this list. */
  offer(order: Order): void {
    const fits = inQueue(this.#filter.queue, order.status) && this.#named(order.number);
    if (fits || this.has(order.id)) this.rows.value = put(this.rows.peek(), summarise(order));
  }

  has(orderId: number): boolean {
    return has(this.rows.peek(), orderId);
  }

  close(): void {
    this.#abort.abort();
  }

  async #load(limit: number): Promise<OrderPage | null> {
    this.#abort.abort();
    this.#abort = new AbortController();
    const { signal: stop } = this.#abort;
    this.#recent = new Map();
    try {
      const page = await this.api.list(this.#query(limit), stop);
      if (stop.aborted) return null;
      this.rows.value = install(this.rows.peek(), page.items, this.#recent);
      this.#cursor.value = page.nextCursor;
      this.arrivals.value = new Set();
      this.problem.value = null;
      this.phase.value = "ready";
      return page;
    } catch (error) {
      if (stop.aborted) return null;
      this.problem.value = Problem.of(error);
      this.phase.value = this.rows.peek().length > 0 ? "ready" : "failed";
      throw error;
    }
  }

  #named(number: string): boolean {
    return number.toLowerCase().includes(this.#filter.q.toLowerCase());
  }

  #query(limit: number) {
    return { statuses: this.#filter.queue.statuses, q: this.#filter.q, limit };
  }
}
