"""The statements that load an order and a page of the list, built once for each database.

One row contains a whole order: its lines and shipments are JSON arrays inside it. So one statement reads an order in
one round trip, and no join multiplies rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Function,
    ScalarSelect,
    Select,
    bindparam,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)

from app.db.tables.events import CustomerStream
from app.db.tables.orders import Customer, Order, OrderLine, Shipment, ShipmentLine
from app.db.upsert import table_of

CUSTOMERS = table_of(Customer)
ORDERS = table_of(Order)
LINES = table_of(OrderLine)
SHIPMENTS = table_of(Shipment)
SHIPMENT_LINES = table_of(ShipmentLine)
_STREAMS = table_of(CustomerStream)

LINE_COLUMNS = ("position", "sku", "name", "ordered", "cancelled", "shipped", "delivered", "returned", "id")
SHIPMENT_COLUMNS = ("carrier", "tracking_number", "shipped_at", "delivered_at", "id")
HEAD_COLUMNS = (
    "id",
    "number",
    "reference",
    "customer_id",
    "status",
    "version",
    "placed_at",
    "confirmed_at",
    "updated_at",
    "estimated_delivery_at",
)
_COUNTED = ("ordered", "cancelled", "shipped", "delivered", "returned")

LOCK_ORDER = select(ORDERS.c.id).where(ORDERS.c.id == bindparam("order_id")).with_for_update()
ORDER_WITH_REFERENCE = select(ORDERS.c.id).where(ORDERS.c.reference == bindparam("reference"))
KNOWN_CUSTOMERS = select(CUSTOMERS.c.id, CUSTOMERS.c.name).where(CUSTOMERS.c.id.in_(bindparam("ids", expanding=True)))

INSERT_ORDER = insert(ORDERS)
INSERT_LINE = insert(LINES)
INSERT_SHIPMENT = insert(SHIPMENTS)
INSERT_ONE_SHIPMENT = insert(SHIPMENTS).returning(SHIPMENTS.c.id)
INSERT_SHIPMENT_LINE = insert(SHIPMENT_LINES)
# The statement itself checks the version, so a change that is based on another version changes nothing.
UPDATE_ORDER = (
    update(ORDERS)
    .where(ORDERS.c.id == bindparam("order_id"), ORDERS.c.version == bindparam("read_version"))
    .values({name: bindparam(f"new_{name}") for name in ("status", "version", "confirmed_at", "updated_at")})
)
UPDATE_LINE = (
    update(LINES)
    .where(LINES.c.id == bindparam("line_id"))
    .values({name: bindparam(f"new_{name}") for name in ("cancelled", "shipped", "delivered", "returned")})
)
UPDATE_SHIPMENT = (
    update(SHIPMENTS)
    .where(SHIPMENTS.c.id == bindparam("shipment_id"))
    .values(delivered_at=bindparam("new_delivered_at"))
)


@cache
def load_order(dialect: str) -> Select[Any]:
    """Returns the statement that reads one order with its customer, its lines, its shipments and their contents."""
    shipped_with_it = SHIPMENTS.c.order_id == ORDERS.c.id
    contents = (SHIPMENT_LINES.c.shipment_id, SHIPMENT_LINES.c.order_line_id, SHIPMENT_LINES.c.quantity)
    return (
        select(
            *(ORDERS.c[name] for name in HEAD_COLUMNS),
            CUSTOMERS.c.name.label("customer_name"),
            _STREAMS.c.epoch,
            _STREAMS.c.last_seq,
            _arrays(dialect, [LINES.c[name] for name in LINE_COLUMNS], LINES.c.order_id == ORDERS.c.id).label("lines"),
            _arrays(dialect, [SHIPMENTS.c[name] for name in SHIPMENT_COLUMNS], shipped_with_it).label("shipments"),
            _arrays(dialect, contents, SHIPMENT_LINES.c.shipment_id == SHIPMENTS.c.id, shipped_with_it).label(
                "contents"
            ),
        )
        .join(CUSTOMERS, CUSTOMERS.c.id == ORDERS.c.customer_id)
        .outerjoin(_STREAMS, _STREAMS.c.customer_id == ORDERS.c.customer_id)
        .where(ORDERS.c.id == bindparam("order_id"))
    )


def _arrays(dialect: str, columns: Sequence[ColumnElement[Any]], *conditions: ColumnElement[bool]) -> ScalarSelect[Any]:
    """Returns the rows of an order as a JSON array of arrays. Without rows, it is NULL or `[]`."""
    return select(_all(dialect, columns)).where(*conditions).correlate(ORDERS).scalar_subquery()


def _all(dialect: str, columns: Sequence[ColumnElement[Any]]) -> Function[Any]:
    rows = _array(dialect, columns)
    return func.json_agg(rows, type_=JSON()) if dialect == "postgresql" else func.json_group_array(rows, type_=JSON())


def _array(dialect: str, values: Sequence[ColumnElement[Any]]) -> Function[Any]:
    return func.json_build_array(*values) if dialect == "postgresql" else func.json_array(*values)


@dataclass(frozen=True, slots=True)
class PageShape:
    """Which conditions a page of the list has. Their values are bound when the statement is executed."""

    by_customer: bool
    by_owner: bool
    by_status: bool
    by_text: bool
    goes_on: bool


@cache
def page(dialect: str, shape: PageShape) -> Select[Any]:
    """Returns the statement that reads a page: one JSON array of orders with their customers' names and line counts.

    The array is not in order. One value is cheaper than many rows: the SQLite driver releases and takes Python's lock
    for every row, and waits for it while other requests run.
    """
    wanted = select(ORDERS).order_by(ORDERS.c.updated_at.desc(), ORDERS.c.id.desc()).limit(bindparam("limit"))
    if shape.by_owner:
        wanted = wanted.where(ORDERS.c.customer_id == bindparam("owner"))
    if shape.by_customer:
        wanted = wanted.where(ORDERS.c.customer_id == bindparam("customer"))
    if shape.by_status:
        wanted = wanted.where(ORDERS.c.status.in_(bindparam("statuses", expanding=True)))
    if shape.by_text:
        wanted = wanted.where(_mentions())
    if shape.goes_on:
        after = tuple_(bindparam("after_at", type_=ORDERS.c.updated_at.type), bindparam("after_id"))
        wanted = wanted.where(tuple_(ORDERS.c.updated_at, ORDERS.c.id) < after)
    found = wanted.subquery("found")
    sums = [func.sum(LINES.c[name]) for name in _COUNTED]
    counts = select(_array(dialect, [func.count(), *sums])).where(LINES.c.order_id == found.c.id).scalar_subquery()
    columns = [
        *(found.c[name] for name in HEAD_COLUMNS),
        CUSTOMERS.c.name,
        # SQLite forgets between the two that this is JSON and not text.
        counts if dialect == "postgresql" else func.json(counts),
    ]
    return select(_all(dialect, columns)).join_from(found, CUSTOMERS, CUSTOMERS.c.id == found.c.customer_id)


def _mentions() -> ColumnElement[bool]:
    """Returns the condition that an order, its customer or one of its parcels contains `pattern`, ignoring case."""
    shipped_as = select(SHIPMENTS.c.order_id).where(_contains(SHIPMENTS.c.tracking_number))
    named = select(CUSTOMERS.c.id).where(_contains(CUSTOMERS.c.name))
    return or_(
        _contains(ORDERS.c.number),
        _contains(ORDERS.c.reference),
        ORDERS.c.customer_id.in_(named),
        ORDERS.c.id.in_(shipped_as),
    )


def _contains(column: ColumnElement[Any]) -> ColumnElement[bool]:
    return func.lower(column).like(func.lower(bindparam("pattern")), escape="/")


def pattern_of(text: str) -> str:
    """Returns the pattern for `_contains`: the text, taken literally, at any place."""
    literal = text.replace("/", "//").replace("%", "/%").replace("_", "/_")
    return f"%{literal}%"
