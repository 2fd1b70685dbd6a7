"""The changes of orders: each is one transaction that ends with its entry in the event log."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.principal import Principal
from app.clock import utc_now
from app.db.database import Database
from app.db.tables.orders import Order
from app.feed.event import Actor, OrderEvent
from app.feed.log import append
from app.orders import changes
from app.orders.changes import Change
from app.orders.commands import CancelOrder, DeliverOrder, PlaceOrder, ShipOrder
from app.orders.errors import (
    ForbiddenActionError,
    IllegalActionError,
    OrderNotFoundError,
    ReferenceTakenError,
    StaleVersionError,
)
from app.orders.lifecycle import OrderAction, Verdict, allowed_actions, decide, may_place
from app.orders.store import ensure_customers, load_order, reserve_ids

Versions = Collection[int] | None
"""The versions of the order that a request is good for; None: whichever is current."""


@dataclass(frozen=True, slots=True)
class OrderChange:
    """The order as it was committed, and the event that tells of it."""

    order: Order
    event: OrderEvent


class OrderService:
    """Places, confirms, ships, delivers and cancels orders.

    Every method commits all of its change or none of it, raises an OrderError when it refuses, and never
    talks to anyone but the database: whoever calls it announces the event that it returns. Two changes of
    one order never overlap; the second sees what the first did.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def place(self, wanted: PlaceOrder, principal: Principal) -> OrderChange:
        """A new order.

        ReferenceTakenError if its reference is in use, UnknownCustomerError if a name is missing.
        """
        if not may_place(principal):
            raise ForbiddenActionError("Only staff can place an order.")
        try:
            async with self._database.transaction() as session:
                now = utc_now()
                customers = await ensure_customers(session, {wanted.customer_id: wanted.customer_name}, now)
                [order_id] = await reserve_ids(session, Order, 1)
                customer = customers[wanted.customer_id]
                change = changes.place(order_id, wanted, customer, now, _actor(principal))
                session.add(change.order)
                return await _record(session, change)
        except IntegrityError:
            # The unique constraint decides, so two at once cannot both pass a check made before.
            if wanted.reference is None or (taken_by := await self._find(wanted.reference)) is None:
                raise
            raise ReferenceTakenError(wanted.reference, taken_by) from None

    async def confirm(self, order_id: int, principal: Principal, versions: Versions = None) -> OrderChange:
        """Accept a pending order."""

        def change(order: Order, now: datetime, actor: Actor) -> Change:
            return changes.confirm(order, now, actor)

        return await self._act(OrderAction.CONFIRM, order_id, principal, versions, change)

    async def ship(
        self,
        order_id: int,
        shipment: ShipOrder | None,
        principal: Principal,
        versions: Versions = None,
    ) -> OrderChange:
        """Send a parcel: the chosen lines, or without any choice all that is open.

        A pending order is confirmed on the way. QuantityExceededError if less than asked is open.
        """
        wanted = shipment or ShipOrder()

        def change(order: Order, now: datetime, actor: Actor) -> Change:
            return changes.ship(
                order,
                changes.open_parts(order, wanted.lines),
                now,
                actor,
                carrier=wanted.carrier,
                tracking_number=wanted.tracking_number,
            )

        return await self._act(OrderAction.SHIP, order_id, principal, versions, change)

    async def deliver(
        self,
        order_id: int,
        delivery: DeliverOrder | None,
        principal: Principal,
        versions: Versions = None,
    ) -> OrderChange:
        """Note that parcels arrived: the chosen ones, or without any choice all that are on their way."""
        wanted = delivery or DeliverOrder()

        def change(order: Order, now: datetime, actor: Actor) -> Change:
            parcels = changes.parcels_underway(order, wanted.shipment_ids)
            return changes.deliver(order, parcels, now, actor)

        return await self._act(OrderAction.DELIVER, order_id, principal, versions, change)

    async def cancel(
        self,
        order_id: int,
        cancellation: CancelOrder | None,
        principal: Principal,
        versions: Versions = None,
    ) -> OrderChange:
        """Cancel the chosen lines, or without any choice all that is open."""
        wanted = cancellation or CancelOrder()

        def change(order: Order, now: datetime, actor: Actor) -> Change:
            parts = changes.open_parts(order, wanted.lines)
            return changes.cancel(order, parts, now, actor, reason=wanted.reason)

        return await self._act(OrderAction.CANCEL, order_id, principal, versions, change)

    async def _act(
        self,
        action: OrderAction,
        order_id: int,
        principal: Principal,
        versions: Versions,
        change: Callable[[Order, datetime, Actor], Change],
    ) -> OrderChange:
        async with self._database.transaction() as session:
            order = await load_order(session, order_id, lock=True)
            if order is None:
                raise OrderNotFoundError(order_id)
            _check(principal, order, action, versions)
            return await _record(session, change(order, utc_now(), _actor(principal)))

    async def _find(self, reference: str) -> int | None:
        async with self._database.reading() as session:
            return await session.scalar(select(Order.id).where(Order.reference == reference))


def _check(principal: Principal, order: Order, action: OrderAction, versions: Versions) -> None:
    """Refuse in the order that HTTP wants: unknown, forbidden, based on a stale version, illegal now."""
    decision = decide(principal, order, action)
    if decision.verdict is Verdict.NOT_FOUND:
        raise OrderNotFoundError(order.id)
    if decision.verdict is Verdict.FORBIDDEN:
        raise ForbiddenActionError(decision.reason)
    if versions is not None and order.version not in versions:
        raise StaleVersionError(order.version)
    if decision.verdict is Verdict.ILLEGAL:
        raise IllegalActionError(decision.reason, order.status, allowed_actions(principal, order))


async def _record(session: AsyncSession, change: Change) -> OrderChange:
    await session.flush()
    [event] = await append(session, [change.fact()])
    return OrderChange(change.order, event)


def _actor(principal: Principal) -> Actor:
    return Actor(role=principal.role, name=principal.name)
