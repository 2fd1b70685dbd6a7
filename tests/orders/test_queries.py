"""Reading orders: pages that miss nothing, filters, and nothing of anybody else's."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from app.clock import utc_now
from app.db.database import Database
from app.db.tables.orders import Order
from app.orders.commands import ConfirmOrder, DeliverOrder, ShipOrder
from app.orders.errors import OrderNotFoundError
from app.orders.lifecycle import OrderStatus
from app.orders.queries import OrderFilter, OrderPage, OrderQueries
from app.orders.service import OrderService
from tests.orders.support import ADA, BRUNO, SAM, SHOP, an_order, placed
from tests.support.database import execute, statements_on

pytestmark = pytest.mark.anyio

ALL = OrderFilter()


def ids(page: OrderPage) -> list[int]:
    return [row.id for row in page.rows]


@pytest.fixture
def queries(database: Database) -> OrderQueries:
    return OrderQueries(database)


async def test_pages_follow_each_other_newest_first_without_gap_or_repetition(
    database: Database, queries: OrderQueries
) -> None:
    placed_ids = [(await placed(database)).order.id for _ in range(7)]
    # Three of the same moment: the id decides between them.
    await execute(database, update(Order).where(Order.id.in_(placed_ids[2:5])).values(updated_at=utc_now()))
    expected = [*reversed(placed_ids[2:5]), *reversed(placed_ids[5:]), *reversed(placed_ids[:2])]

    found, key, sizes = [], None, []
    while True:
        page = await queries.page(SAM, ALL, key, limit=2)
        found += ids(page)
        sizes.append(len(page.rows))
        key = page.next_key
        if key is None:
            break

    assert found == expected
    assert sizes == [2, 2, 2, 1]


async def test_a_full_last_page_has_no_next(database: Database, queries: OrderQueries) -> None:
    await placed(database)

    page = await queries.page(SAM, ALL, None, limit=1)

    assert len(page.rows) == 1
    assert page.next_key is None


async def test_customers_see_their_own_orders_only(database: Database, queries: OrderQueries) -> None:
    of_ada, of_bruno = (await placed(database, ADA)).order.id, (await placed(database, BRUNO)).order.id

    assert ids(await queries.page(ADA, ALL, None, 50)) == [of_ada]
    assert ids(await queries.page(ADA, OrderFilter(customer_id=BRUNO.subject), None, 50)) == []
    assert ids(await queries.page(ADA, OrderFilter(text="Bruno"), None, 50)) == []
    assert ids(await queries.page(SAM, OrderFilter(customer_id=BRUNO.subject), None, 50)) == [of_bruno]
    for read in (queries.get, queries.timeline):
        with pytest.raises(OrderNotFoundError):
            await read(of_bruno, ADA)


async def test_a_customers_page_knows_its_position_and_staff_have_none(
    database: Database, queries: OrderQueries
) -> None:
    assert (await queries.page(ADA, ALL, None, 50)).position is None
    change = await placed(database, ADA)
    await placed(database, BRUNO)

    assert (await queries.page(ADA, ALL, None, 50)).position == change.event.position
    assert (await queries.page(SAM, ALL, None, 50)).position is None


async def test_filters_narrow_together(database: Database, queries: OrderQueries) -> None:
    service = OrderService(database)
    pending = (await placed(database, ADA, reference="SHOP-77")).order
    shipped = (await placed(database, BRUNO)).order
    await service.change(shipped.id, ShipOrder(carrier="DHL", tracking_number="JD_0146%"), SAM)
    for status, customer, text, expected in (
        ({OrderStatus.PENDING}, None, None, [pending.id]),
        ({OrderStatus.PENDING, OrderStatus.SHIPPED}, None, None, [shipped.id, pending.id]),
        ({OrderStatus.PENDING}, "bruno", None, []),
        ((), None, pending.number.lower(), [pending.id]),
        ((), None, "shop-7", [pending.id]),
        ((), None, "BRUN", [shipped.id]),
        ((), None, "d_0146%", [shipped.id]),
        ((), None, "%", [shipped.id]),
        ((), None, "x_x", []),
        ({OrderStatus.PENDING}, None, "bruno", []),
    ):
        wanted = OrderFilter(frozenset(status), customer, text)
        assert ids(await queries.page(SAM, wanted, None, 50)) == expected, wanted


async def test_a_listed_order_counts_its_lines_and_pieces(database: Database, queries: OrderQueries) -> None:
    await placed(database, ADA, 3, 1, 2)

    [row] = (await queries.page(ADA, ALL, None, 50)).rows

    assert (row.line_count, row.totals.ordered, row.customer_name) == (3, 6, "Ada")


async def test_a_page_takes_as_many_statements_for_one_order_as_for_many(
    database: Database, queries: OrderQueries
) -> None:
    counts = []
    for _ in range(2):
        for _ in range(5):
            await placed(database)
        with statements_on(database) as statements:
            await queries.page(ADA, ALL, None, 50)
        counts.append(len(statements))

    assert counts == [2, 2]


async def test_an_order_changed_between_two_pages_does_not_hide_another(
    database: Database, queries: OrderQueries
) -> None:
    oldest, middle, newest = [(await placed(database)).order.id for _ in range(3)]
    first = await queries.page(SAM, ALL, None, limit=1)
    await OrderService(database).change(oldest, ConfirmOrder(), SAM)

    second = await queries.page(SAM, ALL, first.next_key, limit=2)

    assert ids(first) + ids(second) == [newest, middle]
    assert ids(await queries.page(SAM, ALL, None, limit=1)) == [oldest]


async def test_a_timeline_is_oldest_first(database: Database, queries: OrderQueries) -> None:
    service = OrderService(database)
    first = await service.place(an_order(), SHOP)
    await placed(database, ADA)
    events = [first.event]
    events.append((await service.change(first.order.id, ShipOrder(), SAM)).event)
    events.append((await service.change(first.order.id, DeliverOrder(), SAM)).event)

    assert await queries.timeline(first.order.id, ADA) == events
    assert [event.seq for event in events] == [1, 3, 4]
    assert events[0].recorded_at - events[0].occurred_at < timedelta(minutes=1)
