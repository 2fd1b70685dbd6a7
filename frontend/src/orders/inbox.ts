import { computed, signal } from "@preact/signals";
import type { OrderEvent, Position } from "../api/types";
import { head, type Stream, settle, take } from "../live/stream";

export interface InboxHandlers {
  /** Called once for each event, even if earlier events are still missing. */
  readonly onEvent: (event: OrderEvent) => void;
  /** Called when an event is missing, so the page must read its data again. */
  readonly onGap: () => void;
}

/** Passes on each event once, and notices from the numbers when one is missing. */
export class Inbox {
  readonly #streams = signal<ReadonlyMap<string, Stream>>(new Map());

  /** `own` is the signed-in customer, or null for staff, who watch every customer's stream. */
  constructor(
    private readonly own: string | null,
    private readonly handlers: InboxHandlers,
  ) {}

  /** The customer's position: the last event before which none is missing. Null for staff. */
  readonly position = computed<Position | null>(() => {
    const stream = this.own === null ? undefined : this.#streams.value.get(this.own);
    return stream ? { epoch: stream.epoch, seq: stream.seq } : null;
  });

  receive(event: OrderEvent): void {
    const { verdict, stream } = take(this.#streams.peek().get(event.customerId), event);
    if (verdict === "known") return;
    this.#keep(event.customerId, stream);
    this.handlers.onEvent(event);
    if (verdict !== "next") this.handlers.onGap();
  }

  /** Called after a reconnect. For staff, the next event of each customer then starts that customer's stream over. */
  forget(): void {
    if (this.own === null) this.#streams.value = new Map();
  }

  /** Returns the latest positions. Take them before reading again, and pass them to {@link settle} afterwards. */
  heads(): ReadonlyMap<string, Position> {
    return new Map([...this.#streams.peek()].map(([id, stream]) => [id, head(stream)]));
  }

  /** Marks as seen what the page has just read: everything up to `heads` and, for a customer, up to `position`. */
  settle(heads: ReadonlyMap<string, Position>, position: Position | null): void {
    const streams = new Map(this.#streams.peek());
    for (const [id, at] of heads) {
      const stream = streams.get(id);
      if (stream?.epoch === at.epoch) streams.set(id, settle(stream, at));
    }
    if (this.own !== null && position) streams.set(this.own, settle(streams.get(this.own), position));
    this.#streams.value = streams;
  }

  #keep(id: string, stream: Stream): void {
    this.#streams.value = new Map(this.#streams.peek()).set(id, stream);
  }
}
