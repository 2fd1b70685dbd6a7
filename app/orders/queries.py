"""What can be read of orders: one, a page of many, what happened to one. Nobody sees what is not theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from app.auth.principal import Principal
from app.db.database import Database
from app.feed import log
from app.feed.event import Event, StreamPosition, Visibility
from app.orders import statements
from app.orders.errors import OrderNotFoundError
from app.orders.lifecycle import OrderStatus, Totals, may_see
from app.orders.order import Order
from app.orders.statements import PageShape, pattern_of
from app.orders.store import can_be_an_id, load_order

SortKey = tuple[datetime, int]
"""Where an order stands in the list: when it was touched last, and its id among those of the same moment."""


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders to list; each field narrows further.

    `text` is looked for, ignoring case, in the number, the reference, the customer's name and the tracking numbers.
    """

    statuses: frozenset[OrderStatus] = frozenset()
    customer_id: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class OrderView:
    """One order as it was at `position` of its customer's stream."""

    order: Order
    position: StreamPosition


@dataclass(frozen=True, slots=True)
class ListedOrder:
    """One row of a list: an order without its lines, but with their counts."""

    id: int
    number: str
    reference: str | None
    customer_id: str
    customer_name: str
    status: OrderStatus
    version: int
    placed_at: datetime
    confirmed_at: datetime | None
    updated_at: datetime
    estimated_delivery_at: datetime | None
    line_count: int
    totals: Totals


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Some orders, the one touched last first. `next_key` is where the next page begins, if there is one.

    `position` (customers only) is no later than the rows: events after it may tell again what the rows
    show already, but they tell everything that the rows do not show.
    """

    rows: Sequence[ListedOrder]
    next_key: SortKey | None
    position: StreamPosition | None


class OrderQueries:
    """Reads orders for a principal."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, order_id: int, principal: Principal) -> OrderView:
        """Returns one order; raises OrderNotFoundError if there is none or it is another customer's."""
        found = await self._database.query(lambda connection: load_order(connection, order_id))
        if found is None or not may_see(principal, found[0].customer_id):
            raise OrderNotFoundError(order_id)
        return OrderView(*found)

    async def page(self, principal: Principal, wanted: OrderFilter, after: SortKey | None, limit: int) -> OrderPage:
        """Returns the next `limit` orders after that key, or the first ones, of those the principal may see."""
        owner = None if principal.is_staff else principal.subject
        statement = statements.page(
            PageShape(
                by_owner=owner is not None,
                by_customer=wanted.customer_id is not None,
                by_status=bool(wanted.statuses),
                by_text=bool(wanted.text),
                goes_on=after is not None,
            )
        )
        values = {  # the statement takes those that its shape has
            "owner": owner,
            "customer": wanted.customer_id,
            "statuses": sorted(wanted.statuses),
            "pattern": pattern_of(wanted.text or ""),
            "after_at": after and after[0],
            "after_id": after and after[1],
            "limit": limit + 1,
        }

        def work(connection: Connection) -> OrderPage:
            # The position first: a row that is newer is at worst told once more.
            position = None if owner is None else log.position(connection, owner)
            rows = [_listed(row) for row in connection.execute(statement, values)]
            last = rows[limit - 1] if len(rows) > limit else None
            return OrderPage(rows[:limit], (last.updated_at, last.id) if last else None, position)

        return await self._database.query(work)

    async def timeline(self, order_id: int, principal: Principal) -> list[Event]:
        """Returns what happened to an order, oldest first, as far as the principal may see it."""
        reader = Visibility.STAFF if principal.is_staff else Visibility.CUSTOMER

        def work(connection: Connection) -> list[Event]:
            return log.timeline(connection, order_id, reader) if can_be_an_id(order_id) else []

        events = await self._database.query(work)
        # Every order was placed by an event that its customer may see, so an order without events does not exist.
        if not events or not may_see(principal, events[0].customer_id):
            raise OrderNotFoundError(order_id)
        return events


def _listed(row: Row[Any]) -> ListedOrder:
    return ListedOrder(
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
        line_count=row.line_count,
        totals=Totals(row.ordered, row.cancelled, row.shipped, row.delivered, row.returned),
    )
