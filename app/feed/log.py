"""The event log: appends facts in the transaction that made them true, and reads events after a position.

The log is the truth about what happened. A push only tells people sooner.
"""

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import uuid4

from sqlalchemy import Connection, Executable, Select, bindparam, insert, select

from app.clock import utc_now
from app.db.tables.events import CustomerStream, EventEntry
from app.db.upsert import table_of, upsert
from app.feed.event import Actor, Event, EventType, Fact, StreamPosition, Visibility

_STREAMS = table_of(CustomerStream)
_ENTRIES = table_of(EventEntry)
_INSERT = insert(_ENTRIES)
_POSITION = select(_STREAMS.c.epoch, _STREAMS.c.last_seq).where(_STREAMS.c.customer_id == bindparam("customer_id"))
_READ = (
    select(_ENTRIES, _STREAMS.c.epoch)
    .join(_STREAMS, _STREAMS.c.customer_id == _ENTRIES.c.customer_id)
    .order_by(_ENTRIES.c.seq)
)
_READ_AFTER = _READ.where(
    _ENTRIES.c.customer_id == bindparam("customer_id"), _ENTRIES.c.seq > bindparam("after")
).limit(bindparam("limit"))
_TIMELINE = _READ.where(_ENTRIES.c.order_id == bindparam("order_id"))
_CUSTOMERS_TIMELINE = _TIMELINE.where(_ENTRIES.c.visibility == Visibility.CUSTOMER)


def append(connection: Connection, facts: Sequence[Fact]) -> list[Event]:
    """Gives the facts the next numbers of their streams and stores them as events.

    Call it last in a transaction, and only once. From here to the commit, all other writers of these customers wait.
    That is why the numbers have no gaps and follow the order of commits. Customers are locked in sorted order, so two
    callers cannot deadlock. The facts of one customer keep the order in which they are given.
    """
    streams = _advance(connection, Counter(fact.customer_id for fact in facts))
    # The clock is read with the counters locked, so that recorded_at never moves backwards within a stream.
    recorded_at = utc_now()
    events = [streams[fact.customer_id].number(fact, recorded_at) for fact in facts]
    connection.execute(_INSERT, [_row(event) for event in events])
    return events


def position(connection: Connection, customer_id: str) -> StreamPosition | None:
    """Returns the position of the customer's last event; None before the first one.

    Read it before the rows that are shown with it. A row that is newer is then at worst repeated by an event.
    """
    row = connection.execute(_POSITION, {"customer_id": customer_id}).one_or_none()
    return None if row is None else StreamPosition(row.epoch, row.last_seq)


def read_after(connection: Connection, customer_id: str, after: int, limit: int = 200) -> list[Event]:
    """Returns up to `limit` events of the customer with a `seq` above `after`, in order and without gaps.

    The result includes staff-only events. Without them, a number would be missing, which looks like a lost event.
    """
    return _events(connection, _READ_AFTER, {"customer_id": customer_id, "after": after, "limit": limit})


def timeline(connection: Connection, order_id: int, reader: Visibility) -> list[Event]:
    """Returns all events of one order that a reader of this kind may see, oldest first."""
    statement = _CUSTOMERS_TIMELINE if reader is Visibility.CUSTOMER else _TIMELINE
    return _events(connection, statement, {"order_id": order_id})


@dataclass(slots=True)
class _Numbering:
    """Hands out the numbers that this transaction has reserved in one stream."""

    epoch: str
    next_seq: int

    def number(self, fact: Fact, recorded_at: datetime) -> Event:
        seq, self.next_seq = self.next_seq, self.next_seq + 1
        return Event(
            type=fact.type,
            customer_id=fact.customer_id,
            order_id=fact.order_id,
            number=fact.number,
            order_version=fact.order_version,
            status=fact.status,
            status_from=fact.status_from,
            occurred_at=fact.occurred_at,
            actor=fact.actor,
            data=fact.data,
            visibility=fact.visibility,
            seq=seq,
            epoch=self.epoch,
            event_id=f"evt_{uuid4().hex}",
            recorded_at=recorded_at,
        )


def _advance(connection: Connection, counts: Counter[str]) -> dict[str, _Numbering]:
    """Reserves this many numbers in each customer's stream. Creates the streams that do not exist yet."""
    reserved = [
        {"customer_id": customer, "epoch": secrets.token_hex(4), "last_seq": count}
        for customer, count in sorted(counts.items())
    ]
    rows = connection.execute(_advance_statement(connection.dialect.name), reserved)
    return {row.customer_id: _Numbering(row.epoch, row.last_seq - counts[row.customer_id] + 1) for row in rows}


@cache
def _advance_statement(dialect: str) -> Executable:
    new = upsert(dialect, _STREAMS)
    return new.on_conflict_do_update(
        index_elements=[_STREAMS.c.customer_id],
        set_={"last_seq": _STREAMS.c.last_seq + new.excluded.last_seq},
    ).returning(_STREAMS.c.customer_id, _STREAMS.c.epoch, _STREAMS.c.last_seq)


def _row(event: Event) -> dict[str, object]:
    """Returns the columns of the event's row. The epoch is not among them, because it belongs to the stream."""
    return {
        "customer_id": event.customer_id,
        "seq": event.seq,
        "event_id": event.event_id,
        "order_id": event.order_id,
        "order_version": event.order_version,
        "number": event.number,
        "type": event.type,
        "status": event.status,
        "status_from": event.status_from,
        "visibility": event.visibility,
        "occurred_at": event.occurred_at,
        "recorded_at": event.recorded_at,
        "actor": {"role": event.actor.role, "name": event.actor.name},
        "data": event.data,
    }


def _events(connection: Connection, statement: Select[*tuple[object, ...]], values: dict[str, object]) -> list[Event]:
    return [
        Event(
            type=EventType(row.type),
            customer_id=row.customer_id,
            order_id=row.order_id,
            number=row.number,
            order_version=row.order_version,
            status=row.status,
            status_from=row.status_from,
            occurred_at=row.occurred_at,
            actor=Actor(**row.actor),
            data=row.data,
            visibility=Visibility(row.visibility),
            seq=row.seq,
            epoch=row.epoch,
            event_id=row.event_id,
            recorded_at=row.recorded_at,
        )
        for row in connection.execute(statement, values)
    ]
