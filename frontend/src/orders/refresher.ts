const GATHER_MS = 150;

/**
 * Reads orders again after events, with one request for many events of the same order. An order that changes while
 * it is being read is read once more, so the last value delivered is never older than the last request.
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
      // The row still shows what the event said. The next event, reconnect or reload reads the order again.
    } finally {
      this.#reading.delete(id);
      if (this.#again.delete(id)) this.request(id);
    }
  }
}
