"""The store of orders: loads an order as a whole, saves what a change did to it, and inserts new orders."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, bindparam, func, select

from app.db.base import stored_moment
from app.db.tables.orders import MAX_ID
from app.db.upsert import upsert
from app.feed.event import StreamPosition
from app.orders import statements
from app.orders.changes import Change
from app.orders.errors import UnknownCustomerError
from app.orders.lifecycle import OrderStatus
from app.orders.order import UNSAVED, Order, OrderLine, Shipment, ShipmentLine
from app.orders.statements import LINES, SHIPMENTS


def load_order(connection: Connection, order_id: int) -> tuple[Order, StreamPosition] | None:
    """Returns the order and the position of its customer's stream, or None. It takes one statement."""
    if not can_be_an_id(order_id):
        return None
    row = connection.execute(statements.load_order(connection.dialect.name), {"order_id": order_id}).one_or_none()
    if row is None:
        return None
    if row.epoch is None:
        raise LookupError(f"order {order_id} was committed without an event")
    return _order(row), StreamPosition(row.epoch, row.last_seq)


def load_and_lock_order(connection: Connection, order_id: int) -> Order | None:
    """Locks the order until this transaction ends and returns it; None if it does not exist. Other writers wait.

    The order is read after the lock is held. If the locking statement read it, its lines would be those from before
    the wait for the lock. On SQLite, the transaction already holds the write lock of the whole database.
    """
    if not can_be_an_id(order_id):
        return None
    if connection.dialect.name == "postgresql":
        connection.execute(statements.LOCK_ORDER, {"order_id": order_id})
    found = load_order(connection, order_id)
    return found[0] if found else None


def save_change(connection: Connection, change: Change) -> None:
    """Saves what the change did to an order that this transaction has locked. Gives new shipments their ids."""
    order = change.order
    updated = connection.execute(
        statements.UPDATE_ORDER,
        {
            "order_id": order.id,
            "read_version": order.version - 1,
            "new_version": order.version,
            "new_status": order.status,
            "new_confirmed_at": order.confirmed_at,
            "new_updated_at": order.updated_at,
        },
    )
    if updated.rowcount != 1:
        raise LookupError(f"somebody else changed order {order.id} although it was locked")
    if change.lines:
        connection.execute(statements.UPDATE_LINE, [_counts(line) for line in change.lines])
    known = [shipment for shipment in change.shipments if shipment.id != UNSAVED]
    if known:
        connection.execute(statements.UPDATE_SHIPMENT, [_arrival(shipment) for shipment in known])
    for shipment in change.shipments:
        if shipment.id == UNSAVED:
            _insert_shipment(connection, order, shipment)


def insert_orders(connection: Connection, orders: Sequence[Order]) -> None:
    """Inserts new orders, whose ids were reserved, as a whole. Gives their lines and shipments ids."""
    lines = [(order, line) for order in orders for line in order.lines]
    for (_, line), line_id in zip(lines, reserve_ids(connection, LINES, len(lines)), strict=True):
        line.id = line_id
    connection.execute(statements.INSERT_ORDER, [_head(order) for order in orders])
    connection.execute(statements.INSERT_LINE, [_line(order, line) for order, line in lines])
    shipments = [(order, shipment) for order in orders for shipment in order.shipments]
    for (_, shipment), shipment_id in zip(shipments, reserve_ids(connection, SHIPMENTS, len(shipments)), strict=True):
        shipment.id = shipment_id
    if shipments:
        connection.execute(statements.INSERT_SHIPMENT, [_shipment(order, shipment) for order, shipment in shipments])
        connection.execute(
            statements.INSERT_SHIPMENT_LINE, [row for _, shipment in shipments for row in _contents(shipment)]
        )


def reserve_ids(connection: Connection, table: Table, count: int) -> list[int]:
    """Returns ids for new rows of the table, in ascending order, before the rows are written."""
    if not count:
        return []
    if connection.dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(table.name, "id")
        query = select(func.nextval(sequence)).select_from(func.generate_series(1, bindparam("count")))
        return list(connection.scalars(query, {"count": count}))
    # On SQLite, only one transaction writes at a time.
    first = (connection.scalar(select(func.max(table.c.id))) or 0) + 1
    return list(range(first, first + count))


def ensure_customers(connection: Connection, names: Mapping[str, str | None], at: datetime) -> dict[str, str]:
    """Returns the names of the customers with these ids. Creates the customers who do not exist yet.

    Raises UnknownCustomerError if a new customer has no name.
    """
    found = customer_names(connection, names)
    missing = sorted(names.keys() - found.keys())
    if not missing:
        return found
    rows = [{"id": customer_id, "name": names[customer_id], "created_at": at} for customer_id in missing]
    if nameless := next((row for row in rows if row["name"] is None), None):
        raise UnknownCustomerError(str(nameless["id"]))
    # Another transaction may create the same customer meanwhile. Then we keep theirs.
    connection.execute(upsert(connection.dialect.name, statements.CUSTOMERS).on_conflict_do_nothing(), rows)
    return found | customer_names(connection, missing)


def customer_names(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """Returns the names of those customers with these ids who exist."""
    rows = connection.execute(statements.KNOWN_CUSTOMERS, {"ids": list(ids)})
    return {row.id: row.name for row in rows}


def order_with_reference(connection: Connection, reference: str) -> int | None:
    """Returns the id of the order that has this reference, if there is one."""
    return connection.scalar(statements.ORDER_WITH_REFERENCE, {"reference": reference})


def can_be_an_id(order_id: int) -> bool:
    """Returns whether an order can have this id. PostgreSQL refuses to compare its ids with larger numbers."""
    return 0 < order_id <= MAX_ID


def _insert_shipment(connection: Connection, order: Order, shipment: Shipment) -> None:
    row = _shipment(order, shipment)
    del row["id"]
    shipment.id = connection.execute(statements.INSERT_ONE_SHIPMENT, row).scalar_one()
    connection.execute(statements.INSERT_SHIPMENT_LINE, _contents(shipment))


# --- Rows and objects -----------------------------------------------------------------------------------


def _order(row: Row[Any]) -> Order:
    lines = sorted((OrderLine(*values) for values in row.lines), key=lambda line: line.position)
    shipments = sorted((_parcel(*values) for values in row.shipments or ()), key=lambda shipment: shipment.id)
    if shipments:
        _fill(shipments, lines, row.contents)
    return Order(
        id=row.id,
        number=row.number,
        reference=row.reference,
        customer_id=row.customer_id,
        customer_name=row.customer_name,
        status=OrderStatus(row.status),
        version=row.version,
        placed_at=row.placed_at,
        confirmed_at=row.confirmed_at,
        updated_at=row.updated_at,
        estimated_delivery_at=row.estimated_delivery_at,
        lines=lines,
        shipments=shipments,
    )


def _parcel(
    carrier: str | None, tracking_number: str | None, shipped_at: str, delivered_at: str | None, shipment_id: int
) -> Shipment:
    arrived = stored_moment(delivered_at) if delivered_at else None
    return Shipment(carrier, tracking_number, stored_moment(shipped_at), arrived, [], shipment_id)


def _fill(shipments: Sequence[Shipment], lines: Sequence[OrderLine], contents: list[tuple[int, int, int]]) -> None:
    """Adds to each shipment its contents, in the order of the lines' ids."""
    shipment_of = {shipment.id: shipment for shipment in shipments}
    line_of = {line.id: line for line in lines}
    for shipment_id, line_id, quantity in sorted(contents):
        shipment_of[shipment_id].lines.append(ShipmentLine(line_of[line_id], quantity))


def _head(order: Order) -> dict[str, object]:
    return {name: getattr(order, name) for name in statements.HEAD_COLUMNS}


def _line(order: Order, line: OrderLine) -> dict[str, object]:
    return {"order_id": order.id} | {name: getattr(line, name) for name in statements.LINE_COLUMNS}


def _shipment(order: Order, shipment: Shipment) -> dict[str, object]:
    return {"order_id": order.id} | {name: getattr(shipment, name) for name in statements.SHIPMENT_COLUMNS}


def _counts(line: OrderLine) -> dict[str, int]:
    return {
        "line_id": line.id,
        "new_cancelled": line.cancelled,
        "new_shipped": line.shipped,
        "new_delivered": line.delivered,
        "new_returned": line.returned,
    }


def _arrival(shipment: Shipment) -> dict[str, object]:
    return {"shipment_id": shipment.id, "new_delivered_at": shipment.delivered_at}


def _contents(shipment: Shipment) -> list[dict[str, int]]:
    return [
        {"shipment_id": shipment.id, "order_line_id": part.line.id, "quantity": part.quantity}
        for part in shipment.lines
    ]
