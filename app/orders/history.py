"""Orders that another system kept until now, stored with their whole history."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from app.clock import utc_now
from app.feed.event import Actor, Event
from app.feed.log import append
from app.orders import changes
from app.orders.changes import Change
from app.orders.commands import PlaceOrder
from app.orders.order import Order
from app.orders.statements import ORDERS
from app.orders.store import ensure_customers, insert_orders, reserve_ids


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to an order: when it happened, who did it, and which function of `changes` applies it."""

    at: datetime
    actor: Actor
    change: Callable[[Order, datetime, Actor], Change]


@dataclass(frozen=True, slots=True)
class PastOrder:
    """An order and the steps of its history, in the order in which they were recorded.

    Their times need not ascend, because a fact may be recorded late with the time at which it occurred.
    """

    wanted: PlaceOrder
    placed_at: datetime
    placed_by: Actor
    steps: Sequence[Step] = ()


def record_history(connection: Connection, past: Sequence[PastOrder]) -> list[Event]:
    """Stores these orders and their events, numbered as if each had been recorded when it occurred.

    Call it last in a transaction. It applies the steps without checking whether their actors were allowed to do them.
    """
    names = ensure_customers(
        connection, {order.wanted.customer_id: order.wanted.customer_name for order in past}, utc_now()
    )
    ids = reserve_ids(connection, ORDERS, len(past))
    told = [
        moment_and_change
        for order_id, order in zip(ids, past, strict=True)
        for moment_and_change in _replay(order_id, order, names[order.wanted.customer_id])
    ]
    insert_orders(connection, list({change.order.id: change.order for _, change in told}.values()))
    told.sort(key=lambda moment_and_change: moment_and_change[0])
    return append(connection, [change.fact() for _, change in told])


def _replay(order_id: int, past: PastOrder, customer_name: str) -> list[tuple[datetime, Change]]:
    """Returns the changes of one order, each with a time. Within the order, the times never move backwards."""
    change = changes.place(order_id, past.wanted, customer_name, past.placed_at, past.placed_by)
    order = change.order
    told = [(order.updated_at, change)]
    for step in past.steps:
        change = step.change(order, step.at, step.actor)
        told.append((order.updated_at, change))
    return told
