import type { OrderEvent } from "../api/types";

/** Merges events of one order: each one once, oldest first. */
export function mergeTimeline(
  shown: readonly OrderEvent[],
  more: readonly OrderEvent[],
): readonly OrderEvent[] {
  const byId = new Map([...shown, ...more].map((event) => [event.eventId, event]));
  return [...byId.values()].sort((a, b) => a.orderVersion - b.orderVersion || a.seq - b.seq);
}

export interface TimelineDay {
  /** The local date as YYYY-MM-DD. */
  readonly day: string;
  readonly events: readonly OrderEvent[];
}

/** Groups events by day, in the reader's time zone. */
export function groupByDay(events: readonly OrderEvent[]): readonly TimelineDay[] {
  const days: { day: string; events: OrderEvent[] }[] = [];
  for (const event of events) {
    const day = localDay(new Date(event.occurredAt));
    const last = days.at(-1);
    if (last?.day === day) last.events.push(event);
    else days.push({ day, events: [event] });
  }
  return days;
}

function localDay(date: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
