"""Fills a database with the demo: its accounts, and three weeks of orders with their history."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Final

from sqlalchemy import Connection

from app.auth.passwords import Passwords
from app.clock import utc_now
from app.db.database import Database
from app.demo.accounts import CUSTOMERS, ensure_accounts
from app.demo.catalogue import a_parcel, an_order
from app.feed.event import Actor
from app.orders import changes
from app.orders.changes import Change
from app.orders.history import PastOrder, Step, record_history
from app.orders.order import Order
from app.orders.store import order_with_reference

SHOWN_ORDER_ID: Final = 42
"""The order of the examples. It belongs to the first customer and waits to be shipped; the courier leaves it alone."""

_HISTORY = timedelta(days=21)
_SHOP = Actor(role="service", name="Web shop")
_WAREHOUSE = Actor(role="staff", name="Sam Keller")
_DRIVER = Actor(role="service", name="Delivery driver")


@dataclass(frozen=True, slots=True)
class SeedReport:
    """How much was added; nothing if the database has the demo already."""

    accounts: int
    orders: int


async def seed_demo(database: Database, passwords: Passwords) -> SeedReport:
    """Adds what is missing of the demo. All orders are added in one transaction.

    In a database that had no orders, order `SHOWN_ORDER_ID` is ready to be shipped afterwards.
    """
    accounts = await ensure_accounts(database, passwords)
    return SeedReport(accounts, await _store(database, list(_past_orders(utc_now()))))


async def _store(database: Database, past: list[PastOrder]) -> int:
    first = past[0].wanted.reference

    def work(connection: Connection) -> int:
        if first is not None and order_with_reference(connection, first) is not None:
            return 0
        record_history(connection, past)
        return len(past)

    return await database.write(work)


# --- What happened to the orders ------------------------------------------------------------------------

Move = Callable[[Random, Order, datetime, Actor], Change]


def _confirm(_: Random, order: Order, at: datetime, actor: Actor) -> Change:
    return changes.confirm(order, at, actor)


def _ship_first(dice: Random, order: Order, at: datetime, actor: Actor) -> Change:
    carrier, number = a_parcel(dice)
    return changes.ship(order, changes.open_parts(order)[:1], at, actor, carrier=carrier, tracking_number=number)


def _ship_rest(dice: Random, order: Order, at: datetime, actor: Actor) -> Change:
    carrier, number = a_parcel(dice)
    return changes.ship(order, changes.open_parts(order), at, actor, carrier=carrier, tracking_number=number)


def _deliver(_: Random, order: Order, at: datetime, actor: Actor) -> Change:
    return changes.deliver(order, changes.parcels_underway(order), at, actor)


def _cancel(dice: Random, order: Order, at: datetime, actor: Actor) -> Change:
    reason = dice.choice(("Ordered twice", "Changed my mind", "Found it in the attic"))
    return changes.cancel(order, changes.open_parts(order), at, actor, reason=reason)


# Who makes each move, and how many hours it takes at most.
_MOVES: dict[Move, tuple[Actor, float]] = {
    _confirm: (_WAREHOUSE, 6),
    _ship_first: (_WAREHOUSE, 24),
    _ship_rest: (_WAREHOUSE, 36),
    _deliver: (_DRIVER, 72),
    _cancel: (_SHOP, 8),
}
_DELIVERED = (_confirm, _ship_rest, _deliver)
_DELIVERED_IN_TWO = (_confirm, _ship_first, _ship_rest, _deliver)
_CANCELLED = (_cancel,)
_HALF_THERE = (_confirm, _ship_first, _deliver, _ship_rest)
_SHIPPED = (_confirm, _ship_rest)
_SHIPPED_IN_TWO = (_confirm, _ship_first, _ship_rest)
_PARTLY_SHIPPED = (_confirm, _ship_first)
_CONFIRMED = (_confirm,)

# The stories of the orders, oldest first: a number of orders, and the stories that they take in turn.
_STORIES: tuple[tuple[int, tuple[tuple[Move, ...], ...]], ...] = (
    (24, (_DELIVERED, _DELIVERED, _DELIVERED_IN_TWO, _CANCELLED, _DELIVERED, _DELIVERED)),
    (12, (_SHIPPED, _HALF_THERE, _SHIPPED_IN_TWO)),
    (14, (_PARTLY_SHIPPED, _CONFIRMED, _CONFIRMED)),
    (10, ((),)),
)


def _past_orders(now: datetime) -> Iterator[PastOrder]:
    dice = Random(2026)  # noqa: S311 - always the same demo; there is no secret in it
    stories = [stories[turn % len(stories)] for count, stories in _STORIES for turn in range(count)]
    for number, story in enumerate(stories, start=1):
        # Newer orders are closer together; the last one is some minutes old.
        age = _HISTORY * ((len(stories) - number + 0.5) / len(stories)) ** 1.5
        customer = CUSTOMERS[(number - SHOWN_ORDER_ID) % len(CUSTOMERS)]
        wanted = an_order(dice, customer, f"{number:04d}", now - age)
        yield PastOrder(wanted, now - age, _SHOP, list(_steps(dice, story, now - age, now)))


def _steps(dice: Random, story: tuple[Move, ...], at: datetime, now: datetime) -> Iterator[Step]:
    for move in story:
        actor, hours = _MOVES[move]
        # Never later than now, however young the order is.
        at += min(timedelta(hours=dice.uniform(hours / 4, hours)), (now - at) * 0.6)
        yield Step(at, actor, partial(move, dice))
