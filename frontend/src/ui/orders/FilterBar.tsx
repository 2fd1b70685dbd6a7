import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Filter, Queue } from "../../orders/queue";
import { replaceSearch } from "../../router/navigation";
import { listHref } from "../../router/route";
import { Icon } from "../kit/Icon";
import { onSlash } from "../shell/keys";

const TYPING_MS = 250;

interface Props {
  queues: readonly Queue[];
  filter: Filter;
  placeholder: string;
}

/** The queues and the search. Both are part of the address, so a list can be bookmarked and the back button works. */
export function FilterBar({ queues, filter, placeholder }: Props) {
  return (
    <div class="filters">
      <nav class="queues" aria-label="Filter by status">
        {queues.map((queue) => (
          <a
            key={queue.id}
            href={listHref({ queue: queue.id, q: filter.q })}
            aria-current={queue.id === filter.queue.id ? "page" : undefined}
            data-testid={`queue-${queue.id}`}
          >
            {queue.label}
          </a>
        ))}
      </nav>
      <Search filter={filter} placeholder={placeholder} />
    </div>
  );
}

function Search({ filter, placeholder }: { filter: Filter; placeholder: string }) {
  const field = useRef<HTMLInputElement>(null);
  const typed = useSignal(filter.q);
  useEffect(() => onSlash(() => field.current?.focus()), []);
  useEffect(() => {
    typed.value = filter.q;
  }, [filter.q, typed]);
  useEffect(() => {
    if (typed.value.trim() === filter.q) return;
    const timer = setTimeout(
      () => replaceSearch({ queue: filter.queue.id, q: typed.value.trim() }),
      TYPING_MS,
    );
    return () => clearTimeout(timer);
  }, [typed.value, filter.q, filter.queue.id]);

  return (
    <search class="search">
      <Icon name="search" size={16} />
      <input
        ref={field}
        type="search"
        aria-label="Search orders"
        placeholder={placeholder}
        value={typed.value}
        data-testid="search"
        onInput={(event) => {
          typed.value = event.currentTarget.value;
        }}
      />
      <kbd title="Press / to search">/</kbd>
    </search>
  );
}
