"""A hub that declares what its clients understand."""

from collections.abc import Callable, Mapping
from typing import Protocol

from app.signalr import Client, Hub, HubCallerClients
from app.signalr.errors import SignalRError
from tests.signalr.golden.surface.journal import described
from tests.signalr.golden.surface.values import Int32


class TypedClient(Client, Protocol):
    """A notice and a question."""

    async def notify(self, text: str) -> None:
        """Takes note."""

    async def number(self, a: int) -> int:
        """Answers with a number."""


_SELECTORS: Mapping[str, Callable[[HubCallerClients[TypedClient]], TypedClient]] = {
    "all": lambda clients: clients.all,
    "others": lambda clients: clients.others,
    "group": lambda clients: clients.group("g"),
    "user": lambda clients: clients.user("u"),
    "clients": lambda clients: clients.clients(["x"]),
}


class TypedHub(Hub[TypedClient]):
    """Method names of the declaration become targets."""

    async def tell(self, text: str) -> None:
        await self.clients.caller.notify(text)

    async def ask_me(self, a: Int32) -> int:
        return await self.clients.caller.number(a)

    async def ask_many(self, selector: str) -> str:
        try:
            return str(await _SELECTORS[selector](self.clients).number(1))
        except SignalRError as error:
            return described(error)
