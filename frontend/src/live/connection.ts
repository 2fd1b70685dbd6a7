import { signal } from "@preact/signals";
import { isUnauthorized, retryDelay } from "./retry";

export type LiveState = "connecting" | "live" | "reconnecting" | "offline";

/** The part of a SignalR `HubConnection` with automatic reconnect that is used here. */
export interface Connection {
  start(): Promise<void>;
  stop(): Promise<void>;
  onreconnecting(callback: () => void): void;
  onreconnected(callback: () => void): void;
  onclose(callback: () => void): void;
}

export interface LiveHandlers {
  /** Called after the first connect and after each reconnect. Events that were pushed in between are missing. */
  readonly onConnected: () => void;
  readonly onUnauthorized: () => void;
}

/** Keeps one hub connection alive. Unlike SignalR, it also retries a failed first connect and a close by the server. */
export class LiveConnection {
  readonly state = signal<LiveState>("connecting");
  /** When the page lost the connection, and so stopped being up to date; null while it is connected. */
  readonly lostAt = signal<number | null>(null);
  #run = 0;
  #stopped = true;
  #restarting = false;
  #wake: (() => void) | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly handlers: LiveHandlers,
    private readonly delay: (attempt: number) => number = retryDelay,
  ) {
    connection.onreconnecting(() => this.#lost());
    connection.onreconnected(() => this.#connected());
    connection.onclose(() => this.#closed());
  }

  start(): void {
    this.#stopped = false;
    window.addEventListener("online", this.#back);
    window.addEventListener("offline", this.#gone);
    document.addEventListener("visibilitychange", this.#back);
    void this.#connect(++this.#run);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#run += 1;
    this.#wake?.();
    window.removeEventListener("online", this.#back);
    window.removeEventListener("offline", this.#gone);
    document.removeEventListener("visibilitychange", this.#back);
    await this.connection.stop();
  }

  /** Connects now instead of waiting for the next attempt. */
  async retryNow(): Promise<void> {
    if (this.#stopped || this.state.peek() === "live") return;
    if (this.#wake) return this.#wake();
    const run = ++this.#run;
    if (this.lostAt.peek()) this.state.value = "reconnecting";
    this.#restarting = true;
    await this.connection.stop();
    this.#restarting = false;
    await this.#connect(run);
  }

  async #connect(run: number, firstAttempt = 0): Promise<void> {
    for (let attempt = firstAttempt; run === this.#run; attempt += 1) {
      if (attempt > 0) await this.#wait(attempt - 1);
      if (run !== this.#run) return;
      try {
        await this.connection.start();
        if (run === this.#run) this.#connected();
        return;
      } catch (error) {
        if (run !== this.#run) return;
        if (isUnauthorized(error)) return this.handlers.onUnauthorized();
        this.#lost();
      }
    }
  }

  #wait(attempt: number): Promise<void> {
    return new Promise((done) => {
      const end = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        done();
      };
      const timer = setTimeout(end, this.delay(attempt));
      this.#wake = end;
    });
  }

  #connected(): void {
    this.lostAt.value = null;
    this.state.value = "live";
    this.handlers.onConnected();
  }

  #lost(): void {
    this.lostAt.value ??= Date.now();
    this.state.value = navigator.onLine ? "reconnecting" : "offline";
  }

  /** The server closed the connection, or SignalR stopped retrying because of a 401. The next start finds out which. */
  #closed(): void {
    if (this.#stopped || this.#restarting) return;
    this.lostAt.value ??= Date.now();
    this.state.value = "offline";
    void this.#connect(++this.#run, 3);
  }

  readonly #gone = (): void => {
    if (this.state.peek() !== "live") this.state.value = "offline";
  };

  readonly #back = (): void => {
    if (document.visibilityState === "visible") void this.retryNow();
  };
}
