"""Orders that lived elsewhere before: stored with all that happened to them, as it happened."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from app.clock import utc_now
from app.db.tables.orders import Customer, Order, OrderLine, Shipment
from app.feed.event import Actor, OrderEvent
from app.feed.log import append
from app.orders import changes
from app.orders.changes import Change
from app.orders.commands import PlaceOrder
from app.orders.store import ensure_customers, reserve_ids


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to an order: when, by whom, and which of the ``changes`` it was."""

    at: datetime
    actor: Actor
    change: Callable[[Order, datetime, Actor], Change]


@dataclass(frozen=True, slots=True)
class PastOrder:
    """An order and its history, in the order in which it is to be told.

    The times need not ascend: some facts are recorded late, with the time at which they occurred.
    """

    wanted: PlaceOrder
    placed_at: datetime
    placed_by: Actor
    steps: Sequence[Step] = ()


async def record_history(session: AsyncSession, past: Sequence[PastOrder]) -> list[OrderEvent]:
    """Store these orders and their events, numbered as if each had been recorded when it occurred.

    It is the last thing that a transaction does. The steps are taken as given: nobody's rights are checked.
    """
    names = {order.wanted.customer_id: order.wanted.customer_name for order in past}
    customers = await ensure_customers(session, names, utc_now())
    ids = await reserve_ids(session, Order, len(past))
    told = [
        moment_and_change
        for order_id, order in zip(ids, past, strict=True)
        for moment_and_change in _replay(order_id, order, customers)
    ]
    orders = {change.order.id: change.order for _, change in told}.values()
    await _identify(session, OrderLine, [line for order in orders for line in order.lines])
    await _identify(session, Shipment, [shipment for order in orders for shipment in order.shipments])
    session.add_all(orders)
    await session.flush()
    told.sort(key=lambda moment_and_change: moment_and_change[0])
    return await append(session, [change.fact() for _, change in told])


async def _identify(
    session: AsyncSession, entity: type[OrderLine | Shipment], rows: Sequence[OrderLine | Shipment]
) -> None:
    """Give the rows their ids. SQLite could only tell them one by one while inserting, which is slow."""
    for row, row_id in zip(rows, await reserve_ids(session, entity, len(rows)), strict=True):
        row.id = row_id


def _replay(order_id: int, past: PastOrder, customers: dict[str, Customer]) -> list[tuple[datetime, Change]]:
    """The changes of one order, each with a moment that never runs backwards within the order."""
    customer = customers[past.wanted.customer_id]
    change = changes.place(order_id, past.wanted, customer, past.placed_at, past.placed_by)
    order = change.order
    told = [(order.updated_at, change)]
    for step in past.steps:
        change = step.change(order, step.at, step.actor)
        told.append((order.updated_at, change))
    return told
