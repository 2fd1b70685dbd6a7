import type { OrderLine } from "../../api/types";

/** What was ordered, and what happened to each line. */
export function Lines({ lines }: { lines: readonly OrderLine[] }) {
  return (
    <section class="order-block" aria-label="Items">
      <h2>Items</h2>
      <ul class="lines card">
        {lines.map((line) => (
          <li key={line.id}>
            <span class="line-quantity">{line.ordered}×</span>
            <span class="line-name">
              {line.name}
              <small>{line.sku}</small>
            </span>
            <span class="line-state">{lineState(line)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Returns what happened to a line, such as "delivered" or "1 of 3 delivered, 2 of 3 on the way". */
export function lineState(line: OrderLine): string {
  const expected = line.ordered - line.cancelled;
  const parts = [];
  if (expected > 0) {
    if (line.delivered > 0) parts.push(part(line.delivered, expected, "delivered"));
    if (line.shipped > line.delivered)
      parts.push(part(line.shipped - line.delivered, expected, "on the way"));
    if (line.shipped < expected) parts.push(part(expected - line.shipped, expected, "to be sent"));
  }
  if (line.cancelled > 0) parts.push(part(line.cancelled, line.ordered, "cancelled"));
  if (line.returned > 0) parts.push(part(line.returned, line.delivered, "returned"));
  return parts.join(", ");
}

function part(some: number, all: number, what: string): string {
  return some === all ? what : `${some} of ${all} ${what}`;
}
