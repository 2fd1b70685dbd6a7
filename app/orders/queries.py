"""Reads orders: one order, a page of many, the timeline of one. A principal sees only what it may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection

from app.auth.principal import Principal
from app.db.base import stored_moment
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
"""The position of an order in the list: when it was last changed, and its id, which decides between equal times."""


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders to list. An order has to match all fields that are set.

    `text` matches a part of the number, the reference, the customer's name or a tracking number, ignoring case.
    """

    statuses: frozenset[OrderStatus] = frozenset()
    customer_id: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class OrderView:
    """One order as it was at `position` of its customer's stream."""

    order: Order
    position: StreamPosition


class ListedOrder(NamedTuple):
    """One row of a list: an order without its lines, but with the sums of their counts."""

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
    """Some orders, the one changed last first. `next_key` says where the next page begins; None on the last page.

    `position` is set for customers only. It is never later than the rows. So the events after it may repeat what the
    rows already show, but they contain everything that the rows do not show.
    """

    rows: Sequence[ListedOrder]
    next_key: SortKey | None
    position: StreamPosition | None


class OrderQueries:
    """Reads orders for a principal."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, order_id: int, principal: Principal) -> OrderView:
        """Returns one order. Raises OrderNotFoundError if it does not exist or belongs to another customer."""
        found = await self._database.query(lambda connection: load_order(connection, order_id))
        if found is None or not may_see(principal, found[0].customer_id):
            raise OrderNotFoundError(order_id)
        return OrderView(*found)

    async def page(self, principal: Principal, wanted: OrderFilter, after: SortKey | None, limit: int) -> OrderPage:
        """Returns the first `limit` orders that the principal may see, or the next ones after the key `after`."""
        owner = None if principal.is_staff else principal.subject
        shape = PageShape(
            by_owner=owner is not None,
            by_customer=wanted.customer_id is not None,
            by_status=bool(wanted.statuses),
            by_text=bool(wanted.text),
            goes_on=after is not None,
        )
        values = {  # the statement uses only those that its shape has
            "owner": owner,
            "customer": wanted.customer_id,
            "statuses": sorted(wanted.statuses),
            "pattern": pattern_of(wanted.text or ""),
            "after_at": after and after[0],
            "after_id": after and after[1],
            "limit": limit + 1,
        }

        def work(connection: Connection) -> OrderPage:
            # The position is read first. A row that is newer is then at worst repeated by an event.
            position = None if owner is None else log.position(connection, owner)
            found = connection.scalar(statements.page(connection.dialect.name, shape), values) or ()
            rows = sorted(map(_listed, found), key=_sort_key, reverse=True)
            last = rows[limit - 1] if len(rows) > limit else None
            return OrderPage(rows[:limit], _sort_key(last) if last else None, position)

        # A search may have to look through every order.
        run = self._database.read if wanted.text else self._database.query
        return await run(work)

    async def timeline(self, order_id: int, principal: Principal) -> list[Event]:
        """Returns the events of an order that the principal may see, oldest first."""
        reader = Visibility.STAFF if principal.is_staff else Visibility.CUSTOMER

        def work(connection: Connection) -> list[Event]:
            return log.timeline(connection, order_id, reader) if can_be_an_id(order_id) else []

        events = await self._database.query(work)
        # Placing an order appends an event that its customer may see. So an order without events does not exist.
        if not events or not may_see(principal, events[0].customer_id):
            raise OrderNotFoundError(order_id)
        return events


def _listed(columns: Sequence[Any]) -> ListedOrder:
    order_id, number, reference, customer_id, status, version, placed, confirmed, updated, estimated = columns[:10]
    customer_name, (line_count, *sums) = columns[10:]
    return ListedOrder(
        order_id,
        number,
        reference,
        customer_id,
        customer_name,
        OrderStatus(status),
        version,
        stored_moment(placed),
        confirmed and stored_moment(confirmed),
        stored_moment(updated),
        estimated and stored_moment(estimated),
        line_count,
        Totals(*sums),
    )


def _sort_key(row: ListedOrder) -> SortKey:
    return row.updated_at, row.id
