"""Methods that ask a client for a result."""

from typing import Any

from app.signalr import Client, Hub
from app.signalr.errors import SignalRError
from tests.signalr.golden.surface.journal import described
from tests.signalr.golden.surface.values import Int32


async def asked(client: Client, timeout_s: float | None = None) -> str:
    """The client's `Number` as text, or why there is none as `Type: message`."""
    try:
        return str(await client.invoke("Number", result_type=Int32, timeout_s=timeout_s))
    except SignalRError as error:
        return described(error)


class Asking(Hub):
    """Questions to the caller, to one connection, and to one that does not exist."""

    async def ask_caller(self) -> int:
        return await self._number()

    async def ask_twice(self) -> int:
        return await self._number() + await self._number()

    async def ask_nothing(self) -> str:
        try:
            await self.clients.caller.invoke("Anything", 1, result_type=Any)
        except SignalRError as error:
            return described(error)
        return "ok"

    async def ask_all(self) -> str:
        return await asked(self.clients.client("x"))

    async def ask(self, connection_id: str, ms: Int32) -> str:
        return await asked(self.clients.client(connection_id), ms / 1000)

    async def _number(self) -> int:
        number: int = await self.clients.caller.invoke("Number", result_type=Int32)
        return number
