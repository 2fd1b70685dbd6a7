"""The service that places and changes orders. Each change is one transaction, and its last step appends an event."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from app.auth.principal import Principal
from app.clock import utc_now
from app.db.database import Database
from app.feed.event import Actor, Event
from app.feed.log import append
from app.orders import changes
from app.orders.commands import Command, PlaceOrder
from app.orders.errors import (
    ForbiddenActionError,
    IllegalActionError,
    OrderNotFoundError,
    ReferenceTakenError,
    StaleVersionError,
)
from app.orders.lifecycle import OrderAction, Verdict, allowed_actions, decide, may_place
from app.orders.order import Order
from app.orders.statements import ORDERS
from app.orders.store import (
    ensure_customers,
    insert_orders,
    load_and_lock_order,
    order_with_reference,
    reserve_ids,
    save_change,
)

Versions = Collection[int] | None
"""The versions of the order that a request accepts. None accepts any version."""


@dataclass(frozen=True, slots=True)
class OrderChange:
    """The order as it was committed, and the event that describes the change."""

    order: Order
    event: Event


class OrderService:
    """Places orders and changes them.

    Every method commits all of its change or none of it. It raises an OrderError if it refuses. It talks only to the
    database; the caller announces the event that it returns. Two changes of one order never overlap, so the second
    sees what the first did.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def place(self, wanted: PlaceOrder, principal: Principal) -> OrderChange:
        """Places a new order.

        Raises ReferenceTakenError if another order has its reference, and UnknownCustomerError if the customer does
        not exist and has no name.
        """
        if not may_place(principal):
            raise ForbiddenActionError("Only staff can place an order.")

        def work(connection: Connection) -> OrderChange:
            now = utc_now()
            names = ensure_customers(connection, {wanted.customer_id: wanted.customer_name}, now)
            [order_id] = reserve_ids(connection, ORDERS, 1)
            change = changes.place(order_id, wanted, names[wanted.customer_id], now, _actor(principal))
            insert_orders(connection, [change.order])
            [event] = append(connection, [change.fact()])
            return OrderChange(change.order, event)

        try:
            return await self._database.write(work)
        except IntegrityError:
            # The unique constraint decides, because two requests at once could both pass an earlier check.
            if wanted.reference is None or (taken_by := await self._find(wanted.reference)) is None:
                raise
            raise ReferenceTakenError(wanted.reference, taken_by) from None

    async def change(
        self, order_id: int, command: Command, principal: Principal, versions: Versions = None
    ) -> OrderChange:
        """Changes the order as the command says, if the principal may and the order's state allows it."""

        def work(connection: Connection) -> OrderChange:
            order = load_and_lock_order(connection, order_id)
            if order is None:
                raise OrderNotFoundError(order_id)
            _check(principal, order, command.action, versions)
            change = changes.apply(command, order, utc_now(), _actor(principal))
            save_change(connection, change)
            [event] = append(connection, [change.fact()])
            return OrderChange(order, event)

        return await self._database.write(work)

    async def _find(self, reference: str) -> int | None:
        return await self._database.query(lambda connection: order_with_reference(connection, reference))


def _check(principal: Principal, order: Order, action: OrderAction, versions: Versions) -> None:
    """Refuses in the order that HTTP demands: not found, forbidden, stale version, illegal in this state."""
    decision = decide(principal, order, action)
    if decision.verdict is Verdict.NOT_FOUND:
        raise OrderNotFoundError(order.id)
    if decision.verdict is Verdict.FORBIDDEN:
        raise ForbiddenActionError(decision.reason)
    if versions is not None and order.version not in versions:
        raise StaleVersionError(order.version)
    if decision.verdict is Verdict.ILLEGAL:
        raise IllegalActionError(decision.reason, order.status, allowed_actions(principal, order))


def _actor(principal: Principal) -> Actor:
    return Actor(role=principal.role, name=principal.name)
