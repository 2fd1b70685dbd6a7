"""The event log: append facts in the transaction that made them true, read them after a position.

The log is the truth about what happened; whatever pushes events only makes it fast.
"""

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

from pydantic import JsonValue
from sqlalchemy import Select, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.clock import utc_now
from app.db.tables.events import CustomerStream, EventEntry
from app.db.upsert import table_of, upsert
from app.feed.event import Actor, EventType, OrderEvent, StreamPosition, Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that became true of an order, before it has a place in the customer's stream.

    ``data`` holds JSON values with camelCase keys, as it will be shown.
    """

    type: EventType
    customer_id: str
    order_id: int
    number: str
    order_version: int
    status: str
    status_from: str | None
    occurred_at: datetime
    actor: Actor
    data: dict[str, JsonValue] = field(default_factory=dict)
    visibility: Visibility = Visibility.CUSTOMER


async def append(session: AsyncSession, facts: Sequence[Fact]) -> list[OrderEvent]:
    """Give the facts the next numbers of their streams and store them; they are events once this commits.

    Call it last: from here to the commit each of these customers' other writers wait, which is what makes
    the numbers contiguous and in commit order. Customers are locked in sorted order, so no two callers can
    deadlock; call it once per transaction. Facts of one customer keep the order they are given in.
    """
    streams = await _advance(session, Counter(fact.customer_id for fact in facts))
    # Only now, with the counters locked: within a stream, recorded_at never runs backwards.
    recorded_at = utc_now()
    events = [streams[fact.customer_id].number(fact, recorded_at) for fact in facts]
    await session.execute(insert(table_of(EventEntry)), [_row(event) for event in events])
    return events


async def position(session: AsyncSession, customer_id: str) -> StreamPosition | None:
    """How far the customer's stream has come; None before its first event.

    Read it before the rows that it shall vouch for: then a newer row is at worst told once more.
    """
    query = select(CustomerStream.epoch, CustomerStream.last_seq).filter_by(customer_id=customer_id)
    row = (await session.execute(query)).one_or_none()
    return None if row is None else StreamPosition(epoch=row.epoch, seq=row.last_seq)


async def read_after(session: AsyncSession, customer_id: str, after: int, limit: int = 200) -> list[OrderEvent]:
    """Up to ``limit`` events of the customer with a ``seq`` above ``after``, in order, without holes.

    Staff-only entries are among them: leaving one out here would look like a loss to whoever counts.
    """
    query = _entries().where(EventEntry.customer_id == customer_id, EventEntry.seq > after).limit(limit)
    return await _events(session, query)


async def timeline(session: AsyncSession, order_id: int, reader: Visibility) -> list[OrderEvent]:
    """All events of one order that such a reader may see, oldest first."""
    query = _entries().where(EventEntry.order_id == order_id)
    if reader is Visibility.CUSTOMER:
        query = query.where(EventEntry.visibility == Visibility.CUSTOMER)
    return await _events(session, query)


@dataclass(slots=True)
class _Numbering:
    """Hands out the numbers that this transaction has reserved in one stream."""

    epoch: str
    next_seq: int

    def number(self, fact: Fact, recorded_at: datetime) -> OrderEvent:
        seq, self.next_seq = self.next_seq, self.next_seq + 1
        return OrderEvent(
            order_id=fact.order_id,
            number=fact.number,
            customer_id=fact.customer_id,
            status=fact.status,
            status_from=fact.status_from,
            seq=seq,
            epoch=self.epoch,
            event_id=f"evt_{uuid4().hex}",
            order_version=fact.order_version,
            type=fact.type,
            occurred_at=fact.occurred_at.astimezone(UTC),
            recorded_at=recorded_at,
            actor=fact.actor,
            data=fact.data,
            visibility=fact.visibility,
        )


async def _advance(session: AsyncSession, counts: Counter[str]) -> dict[str, _Numbering]:
    """Reserve so many numbers in each stream, beginning those that do not exist yet."""
    statement = upsert(session, CustomerStream)
    statement = statement.on_conflict_do_update(
        index_elements=[CustomerStream.customer_id],
        set_={"last_seq": CustomerStream.last_seq + statement.excluded.last_seq},
    )
    rows = await session.execute(
        statement.returning(CustomerStream.customer_id, CustomerStream.epoch, CustomerStream.last_seq),
        [
            {"customer_id": customer, "epoch": secrets.token_hex(4), "last_seq": count}
            for customer, count in sorted(counts.items())
        ],
    )
    return {row.customer_id: _Numbering(row.epoch, row.last_seq - counts[row.customer_id] + 1) for row in rows}


def _row(event: OrderEvent) -> dict[str, object]:
    """The event as its entry's columns: all but the epoch, which belongs to the stream."""
    columns = {name: value for name, value in event if name != "epoch"}
    return columns | {"actor": event.actor.model_dump()}


def _entries() -> Select[EventEntry, str]:
    query = select(EventEntry, CustomerStream.epoch)
    return query.join(CustomerStream, CustomerStream.customer_id == EventEntry.customer_id).order_by(EventEntry.seq)


async def _events(session: AsyncSession, query: Select[EventEntry, str]) -> list[OrderEvent]:
    rows = await session.execute(query)
    return [OrderEvent.model_validate({**_columns(entry), "epoch": epoch}) for entry, epoch in rows]


def _columns(entry: EventEntry) -> dict[str, object]:
    return {column.key: getattr(entry, column.key) for column in EventEntry.__table__.columns}
