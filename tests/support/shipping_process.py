"""What each process does in the test of several processes that write one SQLite file."""

import asyncio
from threading import Barrier

from app.auth.principal import Principal, Role
from app.db.database import Database
from app.orders.commands import LineQuantity, ShipOrder
from app.orders.service import OrderService

_WAREHOUSE = Principal("warehouse", Role.SERVICE, "Warehouse", expires_at=2**40)
_AT_ONCE = 5
_START_TOGETHER_S = 60
_start: Barrier


def wait_for(start: Barrier) -> None:
    """Prepares the process: it begins when all others are there."""
    global _start  # noqa: PLW0603 - how an executor hands something to its processes
    _start = start


def ship_pieces(url: str, order_id: int, line_id: int, count: int) -> list[int]:
    """Ships so many pieces of a line, some at the same time; returns the versions that the order got."""
    _start.wait(_START_TOGETHER_S)
    return asyncio.run(_ship_pieces(url, order_id, line_id, count))


async def _ship_pieces(url: str, order_id: int, line_id: int, count: int) -> list[int]:
    database = Database(url)
    service = OrderService(database)
    one = ShipOrder(lines=[LineQuantity(line_id=line_id, quantity=1)])
    versions = []
    for _ in range(0, count, _AT_ONCE):
        changes = await asyncio.gather(*(service.change(order_id, one, _WAREHOUSE) for _ in range(_AT_ONCE)))
        versions += [change.event.order_version for change in changes]
    await database.dispose()
    return versions
