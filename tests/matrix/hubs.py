"""The hubs that every client is tried against: a few lines for each thing that a client can do or meet."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from app.signalr import Hub, HubError, authorize

OBSERVERS = "observers"


class Calls(Hub):
    """Results, errors and order."""

    async def echo(self, value: Any) -> Any:
        return value

    async def add(self, left: int, right: int) -> int:
        return left + right

    async def nothing(self) -> None:
        return None

    async def backwards(self, data: bytes) -> bytes:
        return data[::-1]

    async def later(self, seconds: float) -> str:
        await asyncio.sleep(seconds)
        return "at last"

    async def note(self, value: Any) -> None:
        self.context.items.setdefault("notes", []).append(value)

    async def notes(self) -> list[Any]:
        return list(self.context.items.get("notes", []))

    async def refuse(self, reason: str) -> None:
        raise HubError(reason)

    async def fail(self) -> None:
        raise RuntimeError("a secret of the server")

    @authorize(roles=["staff"])
    async def reserved(self) -> None:
        """Nobody gets here: no client of the matrix is staff."""

    async def who_am_i(self) -> dict[str, Any]:
        """What the hub knows of the connection."""
        context = self.context
        return {
            "connectionId": context.connection_id,
            "user": context.user_identifier,
            "transport": context.transport,
            "query": dict(context.http.query_params),
            "tenant": context.http.headers.get("x-tenant"),
            "cookies": context.http.cookies,
        }


class Receivers(Hub):
    """Everybody who can be sent to; the target is `Message`."""

    async def mark(self) -> None:
        """Ends what was sent to the caller before."""
        await self.clients.caller.send("Mark")

    async def tell_caller(self) -> None:
        await self.clients.caller.send("Message", "for the caller", 1, None)

    async def tell_all(self, text: str) -> None:
        await self.clients.all.send("Message", text)

    async def tell_others(self, text: str) -> None:
        await self.clients.others.send("Message", text)

    async def tell_client(self, connection_id: str, text: str) -> None:
        await self.clients.client(connection_id).send("Message", text)

    async def tell_all_except(self, connection_id: str, text: str) -> None:
        await self.clients.all_except([connection_id]).send("Message", text)

    async def tell_group(self, group: str, text: str) -> None:
        await self.clients.group(group).send("Message", text)

    async def tell_others_in_group(self, group: str, text: str) -> None:
        await self.clients.others_in_group(group).send("Message", text)

    async def tell_user(self, user: str, text: str) -> None:
        await self.clients.user(user).send("Message", text)

    async def join(self, group: str) -> None:
        await self.groups.add(self.context.connection_id, group)

    async def leave(self, group: str) -> None:
        await self.groups.remove(self.context.connection_id, group)


class Downloads(Hub):
    """Streams from the server."""

    async def count(self, until: int) -> AsyncIterator[int]:
        for number in range(until):
            yield number

    async def count_slowly(self, until: int, pause: float) -> AsyncIterator[int]:
        for number in range(until):
            yield number
            await asyncio.sleep(pause)

    async def count_and_refuse(self, until: int) -> AsyncIterator[int]:
        for number in range(until):
            yield number
        raise HubError("no more")

    async def count_and_fail(self, until: int) -> AsyncIterator[int]:
        for number in range(until):
            yield number
        raise RuntimeError("a secret of the server")

    async def count_for_ever(self) -> AsyncIterator[int]:
        """Says `Stopped` when it is cancelled."""
        number = 0
        try:
            while True:
                yield number
                number += 1
                await asyncio.sleep(0.002)
        finally:
            await self.clients.caller.send("Stopped")


class Uploads(Hub):
    """Streams from the client. `collect` also sends what came, for clients that get no answer to an upload."""

    async def collect(self, items: AsyncIterator[Any]) -> list[Any]:
        collected = [item async for item in items]
        await self.clients.caller.send("Collected", collected)
        return collected

    async def collect_slowly(self, items: AsyncIterator[int]) -> int:
        total = 0
        async for item in items:
            total += item
            await asyncio.sleep(0)
        return total

    async def take(self, wanted: int, items: AsyncIterator[int]) -> list[int]:
        """Loses interest after so many items."""
        taken: list[int] = []
        async for item in items:
            taken.append(item)
            if len(taken) == wanted:
                break
        return taken

    async def interleave(self, left: AsyncIterator[str], times: int, right: AsyncIterator[str]) -> list[str]:
        """One item of each stream at a time."""
        return [await anext(stream) for _ in range(times) for stream in (left, right)]

    async def scale(self, factor: int, items: AsyncIterator[int]) -> AsyncIterator[int]:
        """Streams in both directions at once."""
        async for item in items:
            yield factor * item

    async def error_of(self, items: AsyncIterator[Any]) -> str:
        """The text of the error that the client ended its stream with."""
        try:
            async for _ in items:
                pass
        except HubError as error:
            return str(error)
        return "it had none"


class Questions(Hub):
    """Client results."""

    async def ask_me(self, target: str) -> Any:
        return await self.clients.caller.invoke(target, 20, 3)

    async def ask(self, connection_id: str, target: str) -> Any:
        return await self.clients.client(connection_id).invoke(target, 20, 3)

    async def ask_for_a_number(self, target: str) -> int:
        return await self.clients.caller.invoke(target, result_type=int)


class Endings(Hub):
    """How a connection comes to its end. Observers hear of every end."""

    async def on_disconnected(self, exception: BaseException | None) -> None:
        reason = None if exception is None else type(exception).__name__
        await self.clients.group(OBSERVERS).send("Left", self.context.connection_id, reason)

    async def observe(self) -> None:
        await self.groups.add(self.context.connection_id, OBSERVERS)

    async def abort(self) -> None:
        self.context.abort()


class MatrixHub(Calls, Receivers, Downloads, Uploads, Questions, Endings):
    """For everybody."""


@authorize
class SecureHub(MatrixHub):
    """For clients with a token."""


@authorize(roles=["staff"])
class StaffHub(MatrixHub):
    """For nobody in the matrix."""


class RefusingHub(Hub):
    """For nobody, which it notices late."""

    async def on_connected(self) -> None:
        raise HubError("not today")


class ParallelHub(Hub):
    """Calls of one client run beside each other."""

    _arrived: dict[str, asyncio.Event] = {}
    _present: dict[str, int] = {}

    async def meet(self, place: str, people: int) -> int:
        """Returns when so many calls wait at the same place."""
        present = self._present[place] = self._present.get(place, 0) + 1
        everybody = self._arrived.setdefault(place, asyncio.Event())
        if present == people:
            everybody.set()
        await everybody.wait()
        return present
