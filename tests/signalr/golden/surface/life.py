"""What happens around `on_connected` and `on_disconnected`; the query's `mode` selects it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from app.signalr import Hub, HubError
from tests.signalr.golden.surface.asking import asked
from tests.signalr.golden.surface.errors import InvalidOperationException
from tests.signalr.golden.surface.journal import note, outcome
from tests.signalr.golden.surface.values import Int32, Text


class LifeHub(Hub):
    """A guest book: every connection joins the group `room` and is missed by it when it goes."""

    async def on_connected(self) -> None:
        context, mode = self.context, self._mode
        note(context, f"{mode} connected")
        context.on_aborted(lambda: note(context, f"{mode} aborted"))
        await self.groups.add(context.connection_id, "room")
        entrance = _ENTRANCES.get(mode)
        if entrance is not None:
            await entrance(self)

    async def on_disconnected(self, exception: BaseException | None) -> None:
        mode = self._mode
        note(self.context, f"{mode} disconnected {outcome(exception)}, aborted {self.context.aborted}")
        await self.clients.caller.send("Gone", mode)
        await self.clients.others_in_group("room").send("Left", mode)
        if mode == "failleave":
            raise InvalidOperationException("cannot leave")

    @property
    def _mode(self) -> str:
        return self.context.http.query_params.get("mode", "")

    async def echo(self, m: Text) -> Text:
        return m

    async def to_room(self, m: Text) -> None:
        await self.clients.group("room").send("Message", m)

    async def work(self, ms: Int32) -> None:
        await asyncio.sleep(ms / 1000)
        note(self.context, "Work done")

    async def abort(self) -> None:
        self.context.abort()


async def _send(hub: LifeHub) -> None:
    await hub.clients.caller.send("Welcome", "hello")


async def _slow(hub: LifeHub) -> None:
    await hub.clients.caller.send("Welcome", "wait")
    await asyncio.sleep(1)
    note(hub.context, "slow ready")


async def _ask(hub: LifeHub) -> None:
    await hub.clients.caller.send("Refused", await asked(hub.clients.caller))


async def _abort(hub: LifeHub) -> None:
    hub.context.abort()


async def _throw(_: LifeHub) -> None:
    raise InvalidOperationException("no entry")


async def _throw_hub(_: LifeHub) -> None:
    raise HubError("no entry")


_ENTRANCES: Mapping[str, Callable[[LifeHub], Awaitable[None]]] = {
    "send": _send,
    "slow": _slow,
    "ask": _ask,
    "abort": _abort,
    "throw": _throw,
    "throwhub": _throw_hub,
}
