"""What can be read of orders: one, a page of many, what happened to one. Nobody sees what is not theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.auth.principal import Principal
from app.db.database import Database
from app.db.tables.orders import Customer, Order, OrderLine, Shipment
from app.feed import log
from app.feed.event import OrderEvent, StreamPosition, Visibility
from app.orders.errors import OrderNotFoundError
from app.orders.lifecycle import OrderStatus, Totals, may_see
from app.orders.store import customer_of, load_order

SortKey = tuple[datetime, int]
"""Where an order stands in the list: when it was touched last, and its id among those of the same moment."""


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders to list; each field narrows further.

    ``text`` is looked for, ignoring case, in the number, the reference, the customer's name and the tracking numbers.
    """

    statuses: frozenset[OrderStatus] = frozenset()
    customer_id: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class OrderView:
    """One order as it was at ``position`` of its customer's stream."""

    order: Order
    position: StreamPosition


@dataclass(frozen=True, slots=True)
class ListedOrder:
    """One row of a list: the order without its lines, but with their counts."""

    order: Order
    line_count: int
    totals: Totals

    @property
    def customer_id(self) -> str:
        return self.order.customer_id

    @property
    def status(self) -> OrderStatus:
        return self.order.status


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Some orders, the one touched last first. ``next_key`` is where the next page begins, if there is one.

    ``position`` (customers only) is no later than the rows: events after it may tell again what the rows
    show already, but they tell everything that the rows do not show.
    """

    rows: Sequence[ListedOrder]
    next_key: SortKey | None
    position: StreamPosition | None


class OrderQueries:
    """Reads orders for a principal. Each method sees one snapshot of the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, order_id: int, principal: Principal) -> OrderView:
        """One order; OrderNotFoundError if there is none or it is another customer's."""
        async with self._database.reading() as session:
            order = await load_order(session, order_id)
            if order is None or not may_see(principal, order.customer_id):
                raise OrderNotFoundError(order_id)
            position = await log.position(session, order.customer_id)
        if position is None:
            raise LookupError(f"order {order_id} was committed without an event")
        return OrderView(order, position)

    async def page(self, principal: Principal, wanted: OrderFilter, after: SortKey | None, limit: int) -> OrderPage:
        """The next ``limit`` orders after that key, or the first ones, of those the principal may see."""
        query = _narrowed(_visible_to(principal), wanted).limit(limit + 1)
        if after is not None:
            query = query.where(tuple_(Order.updated_at, Order.id) < after)
        async with self._database.reading() as session:
            position = None if principal.is_staff else await log.position(session, principal.subject)
            orders = (await session.scalars(query)).all()
            rows = await _with_counts(session, orders[:limit])
        last = orders[limit - 1] if len(orders) > limit else None
        return OrderPage(rows, (last.updated_at, last.id) if last else None, position)

    async def timeline(self, order_id: int, principal: Principal) -> list[OrderEvent]:
        """What happened to an order, oldest first, as far as the principal may see it."""
        reader = Visibility.STAFF if principal.is_staff else Visibility.CUSTOMER
        async with self._database.reading() as session:
            customer_id = await customer_of(session, order_id)
            if customer_id is None or not may_see(principal, customer_id):
                raise OrderNotFoundError(order_id)
            return await log.timeline(session, order_id, reader)


def _visible_to(principal: Principal) -> Select[Order]:
    query = select(Order).options(joinedload(Order.customer, innerjoin=True))
    query = query.order_by(Order.updated_at.desc(), Order.id.desc())
    return query if principal.is_staff else query.where(Order.customer_id == principal.subject)


def _narrowed(query: Select[Order], wanted: OrderFilter) -> Select[Order]:
    if wanted.statuses:
        query = query.where(Order.status.in_(wanted.statuses))
    if wanted.customer_id is not None:
        query = query.where(Order.customer_id == wanted.customer_id)
    if wanted.text:
        query = query.where(_mentions(wanted.text))
    return query


def _mentions(text: str) -> ColumnElement[bool]:
    shipped_as = select(Shipment.order_id).where(Shipment.tracking_number.icontains(text, autoescape=True))
    named = select(Customer.id).where(Customer.name.icontains(text, autoescape=True))
    return or_(
        Order.number.icontains(text, autoescape=True),
        Order.reference.icontains(text, autoescape=True),
        Order.customer_id.in_(named),
        Order.id.in_(shipped_as),
    )


async def _with_counts(session: AsyncSession, orders: Sequence[Order]) -> list[ListedOrder]:
    """The orders with their sums: one statement for all, and no line is loaded."""
    sums = (
        OrderLine.ordered,
        OrderLine.cancelled,
        OrderLine.shipped,
        OrderLine.delivered,
        OrderLine.returned,
    )
    query = (
        select(OrderLine.order_id, func.count(), *(func.sum(column) for column in sums))
        .where(OrderLine.order_id.in_([order.id for order in orders]))
        .group_by(OrderLine.order_id)
    )
    counts = {order_id: (count, Totals(*totals)) for order_id, count, *totals in await session.execute(query)}
    return [ListedOrder(order, *counts[order.id]) for order in orders]
