"""How PostgreSQL finds orders among a million: through an index, and never by reading a whole table."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, event

from app.auth.principal import Principal, Role
from app.config.database_url import normalised
from app.db.database import Database
from app.orders.lifecycle import OrderStatus
from app.orders.queries import OrderFilter, OrderQueries, SortKey
from tests.support.postgres import PostgresServer

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(300)]  # filling the tables takes its time

ORDERS = 1_000_000
CUSTOMERS = 1_000
COST = 2_000
"""Of a plan, in the planner's units: one page read in order costs 1, and a scan of the orders more than 20 000."""

LARGE = {"orders", "order_line", "order_event", "shipment", "shipment_line"}
FILLING = f"""
SET session_replication_role = replica;  -- no checks of foreign keys: they would take most of the time
INSERT INTO customer SELECT 'c' || n, 'Customer ' || n, now() FROM generate_series(0, {CUSTOMERS - 1}) n;
INSERT INTO customer_stream SELECT id, 'epoch', {ORDERS // CUSTOMERS} FROM customer;
INSERT INTO orders SELECT n, 'WB-' || n, 'R' || n, 'c' || n % {CUSTOMERS},
  (ARRAY['Pending', 'Processing', 'Shipped', 'Delivered'])[1 + n % 4], 1, at, NULL, at, NULL
  FROM (SELECT n, timestamptz '2026-01-01' + n * interval '10 s' AS at FROM generate_series(1, {ORDERS}) n) placed;
INSERT INTO order_line SELECT n, n, 1, 'SKU', 'Lamp', 1, 0, 0, 0, 0 FROM generate_series(1, {ORDERS}) n;
INSERT INTO shipment SELECT n, n, 'DHL', NULL, now(), NULL FROM generate_series(1, {ORDERS // 10}) n;
INSERT INTO shipment_line SELECT n, n, 1 FROM generate_series(1, {ORDERS // 10}) n;
INSERT INTO order_event SELECT customer_id, (id - 1) / {CUSTOMERS} + 1, 'evt' || id, id, 1, number,
  'OrderPlaced', status, NULL, 'customer', placed_at, placed_at, '{{"role": "staff", "name": "Sam"}}', '{{}}'
  FROM orders WHERE id % 4 = 2;
ANALYZE
"""


@pytest.fixture(scope="module")
def large_url(postgres_server: PostgresServer, postgres_template: str) -> Iterator[str]:
    """A database of a million orders with their lines, and some of their shipments and events."""
    name = postgres_server.create_database(postgres_template)
    postgres_server.execute(FILLING, database=name)
    yield normalised(postgres_server.url(name))
    postgres_server.drop_database(name)


@pytest.fixture
async def large(large_url: str) -> AsyncIterator[Database]:
    database = Database(large_url)
    yield database
    await database.dispose()


def scans(plan: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each large table that the plan reads, and how."""
    if plan.get("Relation Name") in LARGE:
        yield plan["Relation Name"], plan["Node Type"]
    for inner in plan.get("Plans", ()):
        yield from scans(inner)


async def plans_of(database: Database, read: Callable[[], Awaitable[Any]]) -> list[dict[str, Any]]:
    """The plan of each statement that reading runs, with the parameters that it runs with."""
    ran: list[tuple[str, Any]] = []

    def note(*arguments: Any) -> None:
        ran.append((arguments[2], arguments[3]))

    event.listen(database.engine, "before_cursor_execute", note)
    await read()
    event.remove(database.engine, "before_cursor_execute", note)

    def explain(connection: Connection) -> list[dict[str, Any]]:
        rows = [connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {sql}", values).scalar_one() for sql, values in ran]
        return [row[0]["Plan"] for row in rows]

    assert ran
    return await database.query(explain)


STAFF = Principal("sam", Role.STAFF, "Sam", 2**40)
CUSTOMER = Principal("c7", Role.CUSTOMER, "Customer 7", 2**40)
DEEP = (datetime(2026, 3, 1, tzinfo=UTC), 400_000)


@pytest.mark.parametrize("principal", [STAFF, CUSTOMER], ids=["staff", "customer"])
@pytest.mark.parametrize("after", [None, DEEP], ids=["first page", "deep page"])
@pytest.mark.parametrize(
    "wanted",
    [
        OrderFilter(),
        OrderFilter(statuses=frozenset({OrderStatus.SHIPPED})),
        OrderFilter(customer_id="c7"),
    ],
    ids=["all", "by status", "by customer"],
)
async def test_a_page_is_found_through_indexes(
    large: Database, principal: Principal, wanted: OrderFilter, after: SortKey | None
) -> None:
    queries = OrderQueries(large)

    plans = await plans_of(large, lambda: queries.page(principal, wanted, after, 50))

    ways = [way for plan in plans for way in scans(plan)]
    assert {table for table, _ in ways} == {"orders", "order_line"}
    assert all("Index" in node for _, node in ways), ways
    assert all(plan["Total Cost"] < COST for plan in plans)


async def test_one_order_and_its_timeline_are_found_through_indexes(large: Database) -> None:
    queries = OrderQueries(large)

    for read in (queries.get, queries.timeline):
        plans = await plans_of(large, partial(read, 424_242, STAFF))
        ways = [way for plan in plans for way in scans(plan)]
        assert ways
        assert all("Index" in node for _, node in ways), ways
        assert all(plan["Total Cost"] < COST for plan in plans)
