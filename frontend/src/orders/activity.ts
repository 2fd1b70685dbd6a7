import { signal } from "@preact/signals";
import type { OrderEvent } from "../api/types";
import { headline } from "../text/events";

const TOAST_MS = 6_000;
const MAX_TOASTS = 3;
const MAX_ENTRIES = 50;
const SPEAK_EVERY_MS = 3_000;

export interface Entry {
  readonly id: string;
  readonly orderId: number;
  readonly type: string;
  readonly text: string;
  readonly at: string;
}

/** The changes since the page was opened: as toasts that go away, as a list that stays, and for screen readers. */
export class Activity {
  readonly entries = signal<readonly Entry[]>([]);
  readonly toasts = signal<readonly Entry[]>([]);
  readonly unread = signal(0);
  /** The text of the live region that screen readers read out. */
  readonly spoken = signal("");
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  #unspoken: string[] = [];
  #speaking: ReturnType<typeof setTimeout> | undefined;

  add(event: OrderEvent): void {
    const { eventId: id, orderId, type, recordedAt: at } = event;
    const entry: Entry = { id, orderId, type, at, text: headline(event) };
    this.entries.value = [entry, ...this.entries.peek()].slice(0, MAX_ENTRIES);
    this.toasts.value = [...this.toasts.peek(), entry].slice(-MAX_TOASTS);
    this.unread.value += 1;
    this.#arm(entry.id);
    this.say(entry.text);
  }

  markRead(): void {
    this.unread.value = 0;
  }

  /** Keeps the toasts on screen, while the pointer is over them. */
  hold(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  release(): void {
    for (const { id } of this.toasts.peek()) this.#arm(id);
  }

  /** Has the text read out. Texts of the same few seconds become one sentence. */
  say(text: string): void {
    this.#unspoken.push(text);
    this.#speaking ??= setTimeout(() => this.#speak(), SPEAK_EVERY_MS);
  }

  close(): void {
    this.hold();
    clearTimeout(this.#speaking);
  }

  #speak(): void {
    this.#speaking = undefined;
    const [first = "", ...more] = this.#unspoken;
    this.spoken.value = more.length > 0 ? `${more.length + 1} updates. The last: ${more.at(-1)}` : first;
    this.#unspoken = [];
  }

  #arm(id: string): void {
    clearTimeout(this.#timers.get(id));
    const timer = setTimeout(() => this.#drop(id), TOAST_MS);
    this.#timers.set(id, timer);
  }

  #drop(id: string): void {
    this.#timers.delete(id);
    this.toasts.value = this.toasts.peek().filter((toast) => toast.id !== id);
  }
}
