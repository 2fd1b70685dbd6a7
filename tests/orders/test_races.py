"""Changes of one order at the same moment: each piece leaves once, and each fact is told once."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Iterable

import pytest

from app.db.database import Database
from app.orders.commands import CancelOrder, ConfirmOrder, LineQuantity, ShipOrder
from app.orders.errors import (
    IllegalActionError,
    OrderError,
    QuantityExceededError,
    ReferenceTakenError,
    StaleVersionError,
)
from app.orders.lifecycle import OrderStatus
from app.orders.queries import OrderFilter, OrderQueries
from app.orders.service import OrderChange, OrderService
from tests.orders.support import ADA, SAM, SHOP, an_order, placed

pytestmark = pytest.mark.anyio

AT_ONCE = 8
CROWD = 50


async def outcomes(attempts: Iterable[Awaitable[OrderChange]]) -> Counter[type]:
    """What came of them, all begun at once."""
    results = await asyncio.gather(*attempts, return_exceptions=True)
    for result in results:
        assert isinstance(result, OrderChange | OrderError), result
    return Counter(type(result) for result in results)


async def test_the_same_last_pieces_are_shipped_once(database: Database) -> None:
    service, order_id = OrderService(database), (await placed(database, ADA, 2, 1)).order.id

    results = await outcomes(service.change(order_id, ShipOrder(), SAM) for _ in range(AT_ONCE))

    assert results == {OrderChange: 1, IllegalActionError: AT_ONCE - 1}
    view = await OrderQueries(database).get(order_id, SAM)
    assert len(view.order.shipments) == 1
    assert [event.seq for event in await OrderQueries(database).timeline(order_id, SAM)] == [1, 2]


async def test_of_fifty_that_ship_one_order_one_wins(database: Database) -> None:
    service, first = OrderService(database), await placed(database, ADA, 2, 1)

    results = await outcomes(service.change(first.order.id, ShipOrder(), SAM) for _ in range(CROWD))

    assert results == {OrderChange: 1, IllegalActionError: CROWD - 1}
    order = (await OrderQueries(database).get(first.order.id, SAM)).order
    assert (order.version, [line.shipped for line in order.lines], len(order.shipments)) == (2, [2, 1], 1)
    assert [event.seq for event in await OrderQueries(database).timeline(order.id, SAM)] == [1, 2]


async def test_each_piece_of_a_line_is_shipped_once_though_the_order_stays_open(database: Database) -> None:
    first = await placed(database, ADA, 3, 1)
    service, order_id = OrderService(database), first.order.id
    one = ShipOrder(lines=[LineQuantity(line_id=first.order.lines[0].id, quantity=1)])

    results = await outcomes(service.change(order_id, one, SAM) for _ in range(AT_ONCE))

    assert results == {OrderChange: 3, QuantityExceededError: AT_ONCE - 3}
    order = (await OrderQueries(database).get(order_id, SAM)).order
    assert order.status is OrderStatus.PARTIALLY_SHIPPED
    assert [line.shipped for line in order.lines] == [3, 0]
    assert order.version == 4
    timeline = await OrderQueries(database).timeline(order_id, SAM)
    assert [event.order_version for event in timeline] == [1, 2, 3, 4]


async def test_of_two_changes_based_on_one_version_one_is_stale(database: Database) -> None:
    service, order_id = OrderService(database), (await placed(database)).order.id

    results = await outcomes(
        [
            service.change(order_id, ConfirmOrder(), SAM, versions={1}),
            service.change(order_id, CancelOrder(), ADA, versions={1}),
        ]
    )

    assert results == {OrderChange: 1, StaleVersionError: 1}


async def test_a_piece_is_shipped_or_cancelled_but_not_both(database: Database) -> None:
    service, order_id = OrderService(database), (await placed(database, ADA, 1)).order.id

    results = await outcomes([service.change(order_id, ShipOrder(), SAM), service.change(order_id, CancelOrder(), ADA)])

    assert results == {OrderChange: 1, IllegalActionError: 1}


async def test_a_reference_is_given_once(database: Database) -> None:
    service = OrderService(database)

    results = await outcomes(service.place(an_order(reference="SHOP-1"), SHOP) for _ in range(AT_ONCE))

    assert results == {OrderChange: 1, ReferenceTakenError: AT_ONCE - 1}
    page = await OrderQueries(database).page(SAM, OrderFilter(), None, 50)
    assert [row.reference for row in page.rows] == ["SHOP-1"]


async def test_orders_placed_at_once_get_different_ids_and_consecutive_events(database: Database) -> None:
    service = OrderService(database)

    changes = await asyncio.gather(*(service.place(an_order(), SHOP) for _ in range(AT_ONCE)))

    assert len({change.order.id for change in changes}) == AT_ONCE
    assert sorted(change.event.seq for change in changes) == list(range(1, AT_ONCE + 1))
    assert len({change.event.epoch for change in changes}) == 1
