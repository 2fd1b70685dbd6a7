import { computed, signal } from "@preact/signals";
import type { OrderEvent, Position } from "../api/types";
import { head, type Stream, settle, take } from "../live/stream";

export interface InboxHandlers {
  /** An event that was not seen before, also one that came ahead of others. */
  readonly onEvent: (event: OrderEvent) => void;
  /** Something is missing: what is on screen must be read again. */
  readonly onGap: () => void;
}

/** Lets every event through once, and notices by its number when one before it is missing. */
export class Inbox {
  readonly #streams = signal<ReadonlyMap<string, Stream>>(new Map());

  /** `own`: the customer whose stream the chip shows; null for staff, who watch all streams and have none. */
  constructor(
    private readonly own: string | null,
    private readonly handlers: InboxHandlers,
  ) {}

  /** The own position as far as it is known without a hole. */
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

  /** Before a re-read after a loss. Staff forget the streams: the next event of each begins it anew. */
  forget(): void {
    if (this.own === null) this.#streams.value = new Map();
  }

  /** To be taken before a re-read begins and given to {@link settle} after it. */
  heads(): ReadonlyMap<string, Position> {
    return new Map([...this.#streams.peek()].map(([id, stream]) => [id, head(stream)]));
  }

  /** All was read again: up to `position`, and to what had arrived when the read began. */
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
