import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Activity, Entry } from "../../orders/activity";
import { route } from "../../router/navigation";
import { orderHref } from "../../router/route";
import { eventIcon } from "../kit/eventIcon";
import { Icon } from "../kit/Icon";
import { TimeAgo } from "../kit/TimeText";

/** The list of all changes since the page was opened. */
export function ActivityTray({ activity }: { activity: Activity }) {
  const open = useSignal(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const unread = activity.unread.value;

  useEffect(() => {
    if (!open.value) return;
    activity.markRead();
    const outside = (event: Event) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) open.value = false;
    };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [open.value, activity, unread]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !open.value) return;
    event.stopPropagation();
    open.value = false;
    button.current?.focus();
  };

  const label = unread > 0 ? `Activity, ${unread} new` : "Activity";
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: this only listens for Esc from the controls inside.
    <div class="tray-root" ref={root} onKeyDown={onKeyDown}>
      <button
        ref={button}
        type="button"
        class="icon-button tip"
        data-tip="Activity"
        aria-label={label}
        aria-expanded={open.value}
        aria-controls="activity-tray"
        data-testid="activity-button"
        onClick={() => {
          open.value = !open.value;
        }}
      >
        <Icon name="bell" />
        {unread > 0 && <span class="count">{unread > 99 ? "99+" : unread}</span>}
      </button>
      {open.value && (
        <section id="activity-tray" class="tray" aria-label="Activity" data-testid="activity-tray">
          <h2>Activity</h2>
          <Entries entries={activity.entries.value} onPick={() => (open.value = false)} />
        </section>
      )}
    </div>
  );
}

function Entries({ entries, onPick }: { entries: readonly Entry[]; onPick: () => void }) {
  if (entries.length === 0)
    return (
      <p class="tray-empty">
        Nothing has changed since you opened this page. Changes show up here as they happen.
      </p>
    );
  return (
    <ul>
      {entries.map((entry) => (
        <li key={entry.id}>
          <a href={orderHref(entry.orderId, route.value.search)} onClick={onPick}>
            <Icon name={eventIcon(entry.type)} size={16} />
            <span>{entry.text}</span>
            <TimeAgo at={entry.at} />
          </a>
        </li>
      ))}
    </ul>
  );
}
