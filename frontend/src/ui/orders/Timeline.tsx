import type { OrderEvent } from "../../api/types";
import { groupByDay } from "../../orders/timeline";
import { entryDetail, entryItems, entryTitle } from "../../text/events";
import { dayHeading, fullTime, timeOfDay } from "../../text/time";
import { now } from "../kit/clock";
import { eventIcon } from "../kit/eventIcon";
import { Icon } from "../kit/Icon";

interface Props {
  events: readonly OrderEvent[];
  fresh: ReadonlySet<string>;
  showActor: boolean;
}

/** What has happened to the order, oldest first. */
export function Timeline({ events, fresh, showActor }: Props) {
  return (
    <section class="order-block" aria-label="Timeline" data-testid="timeline">
      <h2>Timeline</h2>
      {groupByDay(events).map(({ day, events: entries }) => (
        <div class="day" key={day}>
          <h3>{dayHeading(day, now.value)}</h3>
          <ol>
            {entries.map((event) => (
              <Entry
                key={event.eventId}
                event={event}
                isFresh={fresh.has(event.eventId)}
                showActor={showActor}
              />
            ))}
          </ol>
        </div>
      ))}
      {events.length === 0 && <p class="quiet">Nothing has been recorded yet.</p>}
    </section>
  );
}

function Entry({ event, isFresh, showActor }: { event: OrderEvent; isFresh: boolean; showActor: boolean }) {
  const detail = entryDetail(event);
  const items = entryItems(event);
  return (
    <li class={`entry ${isFresh ? "fresh" : ""}`} data-event-type={event.type}>
      <span class="entry-icon" aria-hidden="true">
        <Icon name={eventIcon(event.type)} size={15} />
      </span>
      <div>
        <p class="entry-title">
          {entryTitle(event)}
          <time dateTime={event.occurredAt} title={fullTime(event.occurredAt)}>
            {timeOfDay(event.occurredAt)}
          </time>
        </p>
        {detail && <p class="entry-detail">{detail}</p>}
        {items && <p class="entry-items">{items}</p>}
        {showActor && (
          <p class="entry-actor">
            by {event.actor.name} · #{event.seq}
          </p>
        )}
      </div>
    </li>
  );
}
