"""The demo's orders: varied, consistent, in the past, and there once."""

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest

from app.auth.passwords import Passwords
from app.clock import utc_now
from app.config.settings import Settings
from app.db.database import Database
from app.demo.accounts import ACCOUNTS, CUSTOMERS
from app.demo.seed import SHOWN_ORDER_ID, SeedReport, seed_demo
from app.feed import log
from app.orders.lifecycle import OrderAction, OrderStatus, actions_of, status_of
from app.orders.queries import OrderFilter, OrderQueries
from tests.orders.support import SAM, placed

pytestmark = pytest.mark.anyio


@pytest.fixture
def passwords(settings: Settings) -> Passwords:
    return Passwords.of(settings)


async def test_it_fills_an_empty_database_with_orders_in_every_state(database: Database, passwords: Passwords) -> None:
    report = await seed_demo(database, passwords)

    queries = OrderQueries(database)
    rows = (await queries.page(SAM, OrderFilter(), None, 200)).rows
    assert report == SeedReport(accounts=len(ACCOUNTS), orders=len(rows))
    assert len(rows) >= 60
    statuses = Counter(row.status for row in rows)
    assert set(statuses) == set(OrderStatus) - {OrderStatus.RETURNED, OrderStatus.PARTIALLY_RETURNED}
    assert min(statuses.values()) >= 4
    assert {row.customer_id for row in rows} == {account.username for account in CUSTOMERS}
    for row in rows:
        assert timedelta() < utc_now() - row.updated_at < timedelta(days=21)
        order = (await queries.get(row.id, SAM)).order
        assert order.status is status_of(order.totals, confirmed=order.confirmed_at is not None)
        assert all(shipment.carrier and shipment.tracking_number for shipment in order.shipments)
        times = [event.occurred_at for event in await queries.timeline(order.id, SAM)]
        assert times == sorted(times)


async def test_the_order_of_the_examples_can_be_shipped(database: Database, passwords: Passwords) -> None:
    await seed_demo(database, passwords)

    order = (await OrderQueries(database).get(SHOWN_ORDER_ID, SAM)).order

    assert order.number == "WB-000042"
    assert order.customer_id == CUSTOMERS[0].username
    assert OrderAction.SHIP in actions_of(SAM, order).allowed
    assert order.status in {OrderStatus.PENDING, OrderStatus.PROCESSING}


async def test_each_stream_is_complete_and_in_the_order_of_the_times(database: Database, passwords: Passwords) -> None:
    await seed_demo(database, passwords)

    for account in CUSTOMERS:
        events = await database.query(partial(log.read_after, customer_id=account.username, after=0, limit=10_000))
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        assert [event.occurred_at for event in events] == sorted(event.occurred_at for event in events)


async def test_a_second_time_adds_nothing(database: Database, passwords: Passwords) -> None:
    await seed_demo(database, passwords)

    assert await seed_demo(database, passwords) == SeedReport(accounts=0, orders=0)


async def test_orders_that_are_there_already_stay(database: Database, passwords: Passwords) -> None:
    change = await placed(database)

    report = await seed_demo(database, passwords)

    rows = (await OrderQueries(database).page(SAM, OrderFilter(), None, 200)).rows
    assert len(rows) == report.orders + 1
    assert (await OrderQueries(database).timeline(change.order.id, SAM)) == [change.event]
