"""Importing a file of marketplace orders: real disorder is kept, bad rows are named, nothing comes twice."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.db.database import Database
from app.feed.event import Event
from app.orders.commands import ShipOrder
from app.orders.importer import BATCH, ImportFileError, ImportProgress, ImportReport, import_orders
from app.orders.lifecycle import OrderStatus, status_of
from app.orders.marketplace_csv import COLUMNS, BadRow
from app.orders.order import Order
from app.orders.queries import OrderFilter, OrderQueries
from app.orders.service import OrderService
from tests.orders.support import SAM

pytestmark = pytest.mark.anyio

PURCHASED, APPROVED = "2018-07-24 20:41:37", "2018-07-26 03:24:27"
HANDED_OVER, ARRIVED, ESTIMATED = "2018-07-26 14:31:00", "2018-08-07 15:27:45", "2018-08-13 00:00:00"


def row(order_id: str = "a1", status: str = "delivered", *times: str, customer_id: str = "c1") -> str:
    """A line of the file; without times, one where everything is known."""
    fields = [order_id, customer_id, status, *(times or (PURCHASED, APPROVED, HANDED_OVER, ARRIVED, ESTIMATED))]
    return ",".join(f'"{field}"' for field in fields)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "orders.csv"


def write(file: Path, data: bytes) -> None:
    file.write_bytes(data)


def fill(file: Path, *rows: str | bytes, header: str = ",".join(COLUMNS), end: bytes = b"\n") -> Path:
    lines = [header.encode(), *(line.encode() if isinstance(line, str) else line for line in rows)]
    write(file, end.join(lines) + end)
    return file


async def stored(database: Database) -> Mapping[str | None, tuple[Order, list[Event]]]:
    """Every order by its reference, as a whole and with its history."""
    queries = OrderQueries(database)
    page = await queries.page(SAM, OrderFilter(), None, 10_000)
    found = {}
    for listed in page.rows:
        order = (await queries.get(listed.id, SAM)).order
        assert order.status is status_of(order.totals, confirmed=order.confirmed_at is not None)
        found[order.reference] = order, await queries.timeline(order.id, SAM)
    return found


async def test_a_delivered_order_comes_with_its_history_at_the_real_times(database: Database, file: Path) -> None:
    report = await import_orders(database, fill(file, row()))

    assert report == ImportReport(imported=1)
    order, events = (await stored(database))["a1"]
    assert (order.status, order.customer_id, order.customer_name) == (OrderStatus.DELIVERED, "c1", "Customer c1")
    assert (order.placed_at, order.confirmed_at) == (moment(PURCHASED), moment(APPROVED))
    assert (order.updated_at, order.estimated_delivery_at) == (moment(ARRIVED), moment(ESTIMATED))
    [line], [shipment] = order.lines, order.shipments
    assert (line.name, line.ordered, line.delivered) == ("Marketplace item", 1, 1)
    assert (shipment.shipped_at, shipment.delivered_at) == (moment(HANDED_OVER), moment(ARRIVED))
    assert [(event.type, event.occurred_at, event.status_from, event.status) for event in events] == [
        ("OrderPlaced", moment(PURCHASED), None, "Pending"),
        ("OrderConfirmed", moment(APPROVED), "Pending", "Processing"),
        ("OrderShipped", moment(HANDED_OVER), "Processing", "Shipped"),
        ("OrderDelivered", moment(ARRIVED), "Shipped", "Delivered"),
    ]
    assert [event.seq for event in events] == [event.order_version for event in events] == [1, 2, 3, 4]
    assert order.version == 4


@pytest.mark.parametrize(
    ("status", "times", "outcome"),
    [
        ("created", (PURCHASED, "", "", "", ESTIMATED), (OrderStatus.PENDING, 1)),
        ("approved", (PURCHASED, APPROVED, "", "", ESTIMATED), (OrderStatus.PROCESSING, 2)),
        ("invoiced", (PURCHASED, "", "", "", ""), (OrderStatus.PROCESSING, 2)),
        ("processing", (PURCHASED, APPROVED, "", "", ESTIMATED), (OrderStatus.PROCESSING, 2)),
        ("shipped", (PURCHASED, APPROVED, HANDED_OVER, "", ESTIMATED), (OrderStatus.SHIPPED, 3)),
        ("shipped", (PURCHASED, "", HANDED_OVER, "", ESTIMATED), (OrderStatus.SHIPPED, 2)),
        ("delivered", (PURCHASED, APPROVED, HANDED_OVER, "", ESTIMATED), (OrderStatus.DELIVERED, 4)),
        ("delivered", (PURCHASED, "", "", "", ""), (OrderStatus.DELIVERED, 3)),
        ("canceled", (PURCHASED, "", "", "", ESTIMATED), (OrderStatus.CANCELLED, 2)),
        ("canceled", (PURCHASED, APPROVED, HANDED_OVER, ARRIVED, ESTIMATED), (OrderStatus.CANCELLED, 3)),
        ("unavailable", (PURCHASED, APPROVED, "", "", ESTIMATED), (OrderStatus.CANCELLED, 3)),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_each_status_becomes_ours_however_much_of_the_past_is_known(
    database: Database, file: Path, status: str, times: tuple[str, ...], outcome: tuple[OrderStatus, int]
) -> None:
    report = await import_orders(database, fill(file, row("a1", status, *times)))

    assert report == ImportReport(imported=1)
    order, timeline = (await stored(database))["a1"]
    assert (order.status, len(timeline)) == outcome
    assert timeline[-1].status == order.status
    assert order.updated_at == max(moment(time) for time in times[:4] if time)


async def test_a_parcel_handed_over_before_the_approval_is_told_in_the_order_of_the_life_cycle(
    database: Database, file: Path
) -> None:
    times = (PURCHASED, HANDED_OVER, APPROVED, ARRIVED, ESTIMATED)

    await import_orders(database, fill(file, row("a1", "delivered", *times)))

    order, events = (await stored(database))["a1"]
    assert [event.type for event in events] == ["OrderPlaced", "OrderConfirmed", "OrderShipped", "OrderDelivered"]
    assert events[1].occurred_at > events[2].occurred_at
    assert order.updated_at == moment(ARRIVED)


async def test_a_cancellation_after_the_hand_over_says_so(database: Database, file: Path) -> None:
    times = (PURCHASED, APPROVED, HANDED_OVER, "", ESTIMATED)

    await import_orders(database, fill(file, row("a1", "canceled", *times)))

    _, events = (await stored(database))["a1"]
    assert events[-1].data["reason"] == "Cancelled at the marketplace, after it was handed to the carrier"


async def test_each_bad_row_is_named_and_the_rest_is_imported(database: Database, file: Path) -> None:
    fill(
        file,
        row("good-1"),
        row("", "delivered"),
        row("a3", "delivered", customer_id=""),
        row("a4", ""),
        row("a5", "vanished"),
        row("a6", "delivered", "", APPROVED, HANDED_OVER, ARRIVED, ESTIMATED),
        row("a7", "delivered", PURCHASED, "yesterday", HANDED_OVER, ARRIVED, ESTIMATED),
        row("a8", "delivered", PURCHASED, APPROVED, "2018-13-01 00:00:00", ARRIVED, ESTIMATED),
        "a9,c1,delivered",
        row("a10") + ",more",
        b'"a\xff11","c1","created","2018-01-01 00:00:00","","","",""',
        '"a12,c1,created,2018-01-01 00:00:00,,,,',
        row("good-1", "created"),
        row("x" * 65, "created"),
        row("a\x0015", "created"),
        "",
        row("good-2", customer_id="c2"),
    )

    report = await import_orders(database, file)

    assert [bad.line for bad in report.bad_rows] == list(range(3, 17))
    reasons = [bad.reason for bad in report.bad_rows]
    assert reasons[:8] == [
        "order_id: empty",
        "customer_id: empty",
        "order_status: empty",
        "order_status: 'vanished' is unknown; known are created, approved, invoiced, processing, shipped, "
        "delivered, canceled, unavailable",
        "order_purchase_timestamp: empty",
        "order_approved_at: 'yesterday' is not a time such as 2018-01-31 23:59:59",
        "order_delivered_carrier_date: '2018-13-01 00:00:00' is not a time such as 2018-01-31 23:59:59",
        "number of fields: 3 instead of 8",
    ]
    assert reasons[8:10] == ["number of fields: 9 instead of 8", "not UTF-8"]
    assert reasons[10].startswith("not CSV: ")
    assert reasons[11] == "order_id: the same as in line 2"
    assert reasons[12] == "order_id: String should have at most 64 characters"
    assert reasons[13].startswith("order_id: String should match pattern")
    assert report.imported == 2
    assert set(await stored(database)) == {"good-1", "good-2"}


async def test_a_second_run_adds_nothing_and_a_longer_file_only_what_is_new(database: Database, file: Path) -> None:
    fill(file, row("a1"), row("a2", "created"), "bad")
    first = await import_orders(database, file)
    before = await stored(database)

    second = await import_orders(database, file)
    assert (first.imported, second.imported, second.skipped_existing) == (2, 0, 2)
    assert first.bad_rows == second.bad_rows == [BadRow(4, "number of fields: 1 instead of 8")]
    events = {reference: history for reference, (_, history) in (await stored(database)).items()}
    assert events == {reference: history for reference, (_, history) in before.items()}

    third = await import_orders(database, fill(file, row("a2", "created"), row("a3", "created")))
    assert third == ImportReport(imported=1, skipped_existing=1)
    assert [event.seq for event in (await stored(database))["a3"][1]] == [6]


async def test_two_imports_of_one_file_at_once_import_each_order_once(database: Database, file: Path) -> None:
    fill(file, *(row(f"a{number}", customer_id=f"c{number % 7}") for number in range(60)))

    reports = await asyncio.gather(*(import_orders(database, file) for _ in range(3)))

    assert sum(report.imported for report in reports) == 60
    assert {report.imported + report.skipped_existing for report in reports} == {60}
    assert len(await stored(database)) == 60


async def test_two_files_with_the_same_orders_in_another_sequence_do_not_block_each_other(
    database: Database, tmp_path: Path
) -> None:
    references = [f"a{number:03}" for number in range(BATCH)]
    upwards = fill(tmp_path / "upwards.csv", *(row(name, "created", customer_id="c1") for name in references))
    downwards = fill(
        tmp_path / "downwards.csv", *(row(name, "created", customer_id="c2") for name in reversed(references))
    )

    reports = await asyncio.gather(import_orders(database, upwards), import_orders(database, downwards))

    assert sum(report.imported for report in reports) == BATCH


async def test_one_customers_orders_are_numbered_in_the_order_of_their_times(database: Database, file: Path) -> None:
    later = row("a1", "created", "2018-03-01 00:00:00", "", "", "", "")
    earlier = row("a2", "approved", "2018-01-01 00:00:00", "2018-04-01 00:00:00", "", "", "")

    await import_orders(database, fill(file, later, earlier))

    orders = await stored(database)
    assert [event.seq for event in orders["a2"][1]] == [1, 3]
    assert [event.seq for event in orders["a1"][1]] == [2]


async def test_an_imported_order_is_like_any_other(database: Database, file: Path) -> None:
    await import_orders(database, fill(file, row("a1", "processing")))
    order, events = (await stored(database))["a1"]

    change = await OrderService(database).change(order.id, ShipOrder(), SAM)

    assert change.order.status is OrderStatus.SHIPPED
    assert change.event.seq == len(events) + 1
    assert change.event.epoch == events[0].epoch


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_progress_goes_from_nothing_to_everything(database: Database, file: Path) -> None:
    fill(file, *(row(f"a{number}", "created") for number in range(BATCH + 1)), "bad")
    seen: list[ImportProgress] = []

    await import_orders(database, file, seen.append)

    total = BATCH + 2
    assert seen == [ImportProgress(1, total), ImportProgress(BATCH + 1, total), ImportProgress(total, total)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_windows_line_ends_a_byte_order_mark_and_other_columns_are_fine(database: Database, file: Path) -> None:
    header = "\ufeffnote," + ",".join(reversed(COLUMNS))
    line = ",".join(["x", ESTIMATED, "", "", "", PURCHASED, "created", "c1", "a1"])

    report = await import_orders(database, fill(file, line, header=header, end=b"\r\n"))

    assert report == ImportReport(imported=1)
    assert "a1" in await stored(database)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_file_that_is_none_is_one_clear_error(database: Database, file: Path) -> None:
    with pytest.raises(ImportFileError, match=r"orders\.csv cannot be read: No such file or directory"):
        await import_orders(database, file)
    with pytest.raises(ImportFileError, match="cannot be read: Is a directory"):
        await import_orders(database, file.parent)
    fill(file, row(), header="order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at")
    with pytest.raises(ImportFileError, match=r"its first line lacks order_delivered_carrier_date, .*; expected are"):
        await import_orders(database, file)
    write(file, ",".join(COLUMNS).encode("utf-16"))
    with pytest.raises(ImportFileError, match="its first line is not UTF-8"):
        await import_orders(database, file)
    write(file, b"")
    with pytest.raises(ImportFileError, match="its first line lacks order_id"):
        await import_orders(database, file)

    assert await stored(database) == {}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_file_without_rows_imports_nothing(database: Database, file: Path) -> None:
    assert await import_orders(database, fill(file)) == ImportReport()
