const GATHER_MS = 150;

/**
 * Reads orders again after events, many events of one order with one request. An order that changes while
 * it is being read is read once more, so what is delivered last is never older than the last request for it.
 */
export class Refresher<T> {
  readonly #waiting = new Map<number, ReturnType<typeof setTimeout>>();
  readonly #reading = new Set<number>();
  readonly #again = new Set<number>();
  #closed = false;

  constructor(
    private readonly read: (id: number) => Promise<T>,
    private readonly deliver: (value: T) => void,
    private readonly gatherMs: number = GATHER_MS,
  ) {}

  request(id: number): void {
    if (this.#closed || this.#waiting.has(id)) return;
    if (this.#reading.has(id)) this.#again.add(id);
    else
      this.#waiting.set(
        id,
        setTimeout(() => void this.#run(id), this.gatherMs),
      );
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#waiting.values()) clearTimeout(timer);
  }

  async #run(id: number): Promise<void> {
    this.#waiting.delete(id);
    this.#reading.add(id);
    try {
      const value = await this.read(id);
      if (!this.#closed) this.deliver(value);
    } catch {
      // The row keeps what the event said; the next event, reconnect or reload reads it again.
    } finally {
      this.#reading.delete(id);
      if (this.#again.delete(id)) this.request(id);
    }
  }
}
