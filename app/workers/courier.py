"""The simulated courier, which keeps the demo's orders moving. It uses the same service and queries as the routes."""

import asyncio
import secrets
from collections.abc import Mapping
from random import Random
from types import MappingProxyType
from typing import Final

import structlog
from sqlalchemy import Connection, select

from app.auth.principal import Principal, Role
from app.clock import utc_now
from app.db.database import Database
from app.db.errors import CommitOutcomeUnknown, DatabaseUnavailable
from app.demo.accounts import CUSTOMERS
from app.demo.catalogue import REFERENCE_PREFIX, a_parcel, an_order
from app.demo.seed import SHOWN_ORDER_ID
from app.hubs.orders import OrderClient, announce
from app.orders.commands import CancelOrder, Command, ConfirmOrder, DeliverOrder, LineQuantity, ShipOrder
from app.orders.errors import OrderError
from app.orders.lifecycle import OrderAction, OrderStatus, actions_of
from app.orders.order import Order
from app.orders.queries import OrderQueries
from app.orders.service import OrderChange, OrderService
from app.orders.statements import ORDERS
from app.signalr import HubContext

PAUSE_S: Final = (4.0, 6.0)
"""The shortest and the longest pause between two changes at speed 1, in seconds."""

_FEW: Final = 12
_THIRST: Final = 2.0
_PART: Final = 0.3
# The relative probability of each action among those that are allowed.
_WEIGHTS: Mapping[OrderAction, float] = MappingProxyType(
    {OrderAction.CONFIRM: 20, OrderAction.SHIP: 3, OrderAction.DELIVER: 3, OrderAction.CANCEL: 0.2}
)
_PRINCIPAL = Principal(subject="courier", role=Role.SERVICE, name="Courier", expires_at=2**62)
_ON_THEIR_WAY = (
    OrderStatus.PENDING,
    OrderStatus.PROCESSING,
    OrderStatus.PARTIALLY_SHIPPED,
    OrderStatus.SHIPPED,
    OrderStatus.PARTIALLY_DELIVERED,
)
_WAITING = (
    select(ORDERS.c.id)
    .where(
        ORDERS.c.reference.startswith(REFERENCE_PREFIX),
        ORDERS.c.id != SHOWN_ORDER_ID,
        ORDERS.c.status.in_(_ON_THEIR_WAY),
    )
    .order_by(ORDERS.c.updated_at)
    .limit(_FEW)
)
_log = structlog.stdlib.get_logger("app.workers.courier")


class Courier:
    """A courier that places, confirms, ships, delivers and sometimes cancels the demo's orders.

    It changes only orders that the demo has placed, and never the order of the documentation's examples. `speed`
    divides its pauses, and `dice` decides what it does. If somebody else changes an order first, or the database is
    unavailable, the courier skips that change and tries another one later. It logs any other error and goes on, too.
    """

    def __init__(
        self, database: Database, hub: HubContext[OrderClient], speed: float = 1.0, dice: Random | None = None
    ) -> None:
        self._database = database
        self._orders = OrderService(database)
        self._queries = OrderQueries(database)
        self._hub = hub
        self._speed = speed
        self._dice = dice or Random()  # noqa: S311 - decides what happens in a demo, not a secret

    async def run(self) -> None:
        """Works until it is cancelled."""
        while True:
            await asyncio.sleep(self._dice.uniform(*PAUSE_S) / self._speed)
            try:
                await self.work()
            except (OrderError, DatabaseUnavailable, CommitOutcomeUnknown) as error:
                _log.info("the courier gave up one change", reason=str(error))
            except Exception:  # noqa: BLE001 - a defect in one change is logged, and the demo goes on
                _log.exception("a change of the courier failed")

    async def work(self) -> OrderChange:
        """Changes one order, or places one, and announces it."""
        waiting = await self._waiting()
        # The fewer orders are waiting, the likelier it places a new one. So there is always something to do.
        if self._dice.random() * len(waiting) < _THIRST:
            change = await self._place()
        else:
            change = await self._move(self._dice.choice(waiting))
        await announce(self._hub, change.event)
        return change

    async def _waiting(self) -> list[int]:
        """Returns the ids of the orders that have waited longest for their next change."""

        def work(connection: Connection) -> list[int]:
            return list(connection.scalars(_WAITING))

        return await self._database.query(work)

    async def _place(self) -> OrderChange:
        customer = self._dice.choice(CUSTOMERS)
        reference = secrets.token_hex(4).upper()
        return await self._orders.place(an_order(self._dice, customer, reference, utc_now()), _PRINCIPAL)

    async def _move(self, order_id: int) -> OrderChange:
        order = (await self._queries.get(order_id, _PRINCIPAL)).order
        command = self._next(order)
        if command is None:  # somebody has just finished it
            return await self._place()
        return await self._orders.change(order_id, command, _PRINCIPAL, {order.version})

    def _next(self, order: Order) -> Command | None:
        allowed = actions_of(_PRINCIPAL, order).allowed
        if not allowed:
            return None
        [action] = self._dice.choices(allowed, [_WEIGHTS[action] for action in allowed])
        match action:
            case OrderAction.CONFIRM:
                return ConfirmOrder()
            case OrderAction.SHIP:
                return self._parcel(order)
            case OrderAction.DELIVER:
                return DeliverOrder()
            case OrderAction.CANCEL:
                return CancelOrder(reason="Changed my mind")

    def _parcel(self, order: Order) -> ShipOrder:
        """Returns a command that ships everything that is open, or only the first of several articles."""
        carrier, number = a_parcel(self._dice)
        parts = [LineQuantity(line_id=line.id, quantity=line.open) for line in order.lines if line.open]
        chosen = parts[:1] if self._dice.random() < _PART else parts
        return ShipOrder(lines=chosen, carrier=carrier, tracking_number=number)
