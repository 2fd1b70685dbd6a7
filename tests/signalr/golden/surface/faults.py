"""Methods that fail, each in a way of its own."""

import asyncio

from app.signalr import Hub, HubError
from tests.signalr.golden.surface.errors import (
    InvalidOperationException,
    OperationCanceledException,
    StockException,
)
from tests.signalr.golden.surface.values import Text


class Faults(Hub):
    """What clients may read of an error depends on its class and on the hub's options."""

    async def throw_plain(self, message: Text) -> str:
        raise InvalidOperationException(message)

    async def throw_later(self, message: Text) -> str:
        await asyncio.sleep(0)
        raise InvalidOperationException(message)

    async def throw_hub(self, message: Text) -> str:
        raise HubError(message)

    async def throw_stock(self, message: Text) -> str:
        raise StockException(message)

    async def throw_canceled(self) -> None:
        raise OperationCanceledException("The operation was canceled.")

    async def throw_inner(self) -> None:
        raise InvalidOperationException("outer") from ValueError("inner")
