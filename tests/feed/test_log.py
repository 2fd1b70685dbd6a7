"""The event log's promise: per customer, numbers without holes in the order of the commits."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from random import Random
from threading import Event as Signal

import pytest
from sqlalchemy import Connection

from app.auth.principal import Principal, Role
from app.db.database import Database
from app.feed import log
from app.feed.event import Actor, Event, EventType, Fact, StreamPosition, Visibility
from tests.orders.support import ADA, BRUNO, placed
from tests.support.database import write_elsewhere

pytestmark = pytest.mark.anyio

WRITERS = 8
ROUNDS = 12
PATIENCE_S = 20


def a_fact(after: Event, visibility: Visibility = Visibility.CUSTOMER, note: str = "") -> Fact:
    """Something more about the order of that event."""
    return Fact(
        type=EventType.ORDER_CONFIRMED,
        customer_id=after.customer_id,
        order_id=after.order_id,
        number=after.number,
        order_version=2,
        status="Processing",
        status_from="Pending",
        occurred_at=datetime(2026, 11, 22, 14, 5, tzinfo=UTC),
        actor=Actor(role="staff", name="Sam"),
        data={"note": note},
        visibility=visibility,
    )


async def everything(database: Database, customer_id: str) -> list[Event]:
    return await read_after(database, customer_id, after=0, limit=100_000)


async def read_after(database: Database, customer_id: str, after: int, limit: int = 200) -> list[Event]:
    return await database.query(lambda connection: log.read_after(connection, customer_id, after, limit))


async def position(database: Database, customer_id: str) -> StreamPosition | None:
    return await database.query(lambda connection: log.position(connection, customer_id))


async def append(database: Database, facts: Sequence[Fact]) -> list[Event]:
    return await database.write(lambda connection: log.append(connection, facts))


class RollBack(Exception):  # noqa: N818 - an order, not an error
    """Ends a unit of work without its changes."""


async def test_a_stream_begins_with_its_first_fact(database: Database) -> None:
    assert await position(database, ADA.subject) is None

    first = (await placed(database)).event

    assert first.seq == 1
    assert len(first.epoch) >= 8
    assert await position(database, ADA.subject) == StreamPosition(epoch=first.epoch, seq=1)


async def test_what_is_read_is_what_append_returned(database: Database) -> None:
    first = (await placed(database)).event
    more = await append(database, [a_fact(first, note="a"), a_fact(first, note="ä\u2603")])

    assert await everything(database, ADA.subject) == [first, *more]
    assert [event.seq for event in more] == [2, 3]
    assert len({event.event_id for event in (first, *more)}) == 3


async def test_reading_goes_on_after_a_number_and_stops_at_the_limit(database: Database) -> None:
    first = (await placed(database)).event
    await append(database, [a_fact(first) for _ in range(5)])

    some = await read_after(database, ADA.subject, after=2, limit=3)
    none = await read_after(database, ADA.subject, after=6)

    assert [event.seq for event in some] == [3, 4, 5]
    assert none == []


async def test_customers_are_numbered_apart(database: Database) -> None:
    ada, bruno = (await placed(database, ADA)).event, (await placed(database, BRUNO)).event
    events = await append(database, [a_fact(bruno), a_fact(ada), a_fact(bruno)])

    assert [(event.customer_id, event.seq) for event in events] == [("bruno", 2), ("ada", 2), ("bruno", 3)]
    assert {event.epoch for event in events} == {ada.epoch, bruno.epoch}


async def test_staff_only_entries_are_in_the_stream_but_not_in_the_customers_timeline(
    database: Database,
) -> None:
    first = (await placed(database)).event

    def work(connection: Connection) -> list[Event]:
        return log.append(connection, [a_fact(first, Visibility.STAFF)]) + log.append(connection, [a_fact(first)])

    secret, public = await database.write(work)

    for_staff = await database.query(lambda connection: log.timeline(connection, first.order_id, Visibility.STAFF))
    for_customer = await database.query(
        lambda connection: log.timeline(connection, first.order_id, Visibility.CUSTOMER)
    )

    assert for_staff == [first, secret, public]
    assert for_customer == [first, public]
    assert await everything(database, ADA.subject) == [first, secret, public]


async def test_a_rollback_leaves_no_hole(database: Database) -> None:
    first = (await placed(database)).event

    def roll_back(connection: Connection) -> None:
        log.append(connection, [a_fact(first)])
        raise RollBack

    with pytest.raises(RollBack):
        await database.write(roll_back)
    [second] = await append(database, [a_fact(first)])

    assert second.seq == 2
    assert await everything(database, ADA.subject) == [first, second]


async def test_a_second_writer_waits_for_the_first_ones_commit(database: Database) -> None:
    first = (await placed(database)).event
    appended, may_commit = Signal(), Signal()

    def slow(connection: Connection) -> list[Event]:
        events = log.append(connection, [a_fact(first)])
        appended.set()
        assert may_commit.wait(PATIENCE_S)
        return events

    slow_one = asyncio.create_task(write_elsewhere(database, slow))
    assert await asyncio.to_thread(appended.wait, PATIENCE_S)
    quick_one = asyncio.create_task(append(database, [a_fact(first)]))
    await asyncio.sleep(0.05)
    assert not quick_one.done()
    may_commit.set()

    assert [event.seq for event in await slow_one + await quick_one] == [2, 3]


async def test_a_poller_misses_nothing_while_many_write_and_some_roll_back(database: Database) -> None:
    """Half of the writers share this process's database, as requests do; the others are like other processes."""
    first = (await placed(database)).event
    committed: list[Event] = [first]
    seen: list[Event] = []

    async def write(writer: int) -> None:
        dice, is_elsewhere = Random(writer), writer % 2 == 1

        def work(connection: Connection) -> list[Event]:
            if is_elsewhere:
                time.sleep(dice.uniform(0, 0.003))
            events = log.append(connection, [a_fact(first)] * dice.randint(1, 3))
            if is_elsewhere:
                time.sleep(dice.uniform(0, 0.003))
            if dice.random() < 0.2:
                raise RollBack
            return events

        for _ in range(ROUNDS):
            with suppress(RollBack):
                committed.extend(await (write_elsewhere(database, work) if is_elsewhere else database.write(work)))

    async def poll() -> None:
        seen.extend(await read_after(database, ADA.subject, after=seen[-1].seq if seen else 0))

    async def poll_until_cancelled() -> None:
        while True:
            await poll()

    poller = asyncio.create_task(poll_until_cancelled())
    await asyncio.gather(*(write(writer) for writer in range(WRITERS)))
    poller.cancel()
    await asyncio.wait([poller])
    await poll()

    assert [event.seq for event in seen] == list(range(1, len(committed) + 1))
    assert {event.event_id for event in seen} == {event.event_id for event in committed}
    recorded = [event.recorded_at for event in seen]
    assert recorded == sorted(recorded)


async def test_writers_of_many_customers_never_deadlock(database: Database) -> None:
    people = [Principal(f"c{number:02d}", Role.CUSTOMER, f"C{number}", 0) for number in range(12)]
    firsts = [(await placed(database, person)).event for person in people]

    async def write(writer: int) -> None:
        dice = Random(writer)
        for _ in range(ROUNDS):
            await append(database, [a_fact(event) for event in dice.sample(firsts, 8)])

    await asyncio.gather(*(write(writer) for writer in range(WRITERS)))

    total = 0
    for person in people:
        events = await everything(database, person.subject)
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        total += len(events)
    assert total == len(people) + WRITERS * ROUNDS * 8
