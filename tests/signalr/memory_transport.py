"""A transport without a socket: a test reads what the server has written, and says when the client is behind."""

import asyncio
from collections.abc import Callable, Sequence

from app.signalr.connection.connection import HubConnection
from app.signalr.outgoing.encoded import Encoded

GUARD = 20.0
"""Seconds after which a test that waits for something gives up; no passing test comes near."""


class Signal:
    """Tells waiting tests that something changed."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()

    def __call__(self) -> None:
        self._changed.set()

    async def until(self, condition: Callable[[], object]) -> None:
        """Returns once the condition holds; it is looked at after every change."""
        async with asyncio.timeout(GUARD):
            while not condition():
                self._changed.clear()
                await self._changed.wait()


class MemoryTransport:
    """A transport whose client reads at once, until `keeps_up` is cleared, and answers a close at once."""

    name = "WebSockets"
    carries_binary = True
    needs_pings = True

    def __init__(self, connection: HubConnection) -> None:
        self._connection = connection
        self.changed = Signal()
        self.writes: list[bytes] = []
        self.keeps_up = True
        self.reading = True
        self.end: str | None = None
        """`closed`, `failed` or `aborted` by the server, or `lost`."""

    @property
    def is_open(self) -> bool:
        """Whether neither end has closed it."""
        return self.end is None

    def write(self, messages: Sequence[Encoded]) -> bool:
        self.writes.append(b"".join(message.payload for message in messages))
        self.changed()
        return self.keeps_up

    def pause(self) -> None:
        self.reading = False
        self.changed()

    def resume(self) -> None:
        self.reading = True
        self.changed()

    def close(self, *, failed: bool = False) -> None:
        if self.end is None:
            self._finish("failed" if failed else "closed")

    def abort(self) -> None:
        if self.end != "lost":
            self._finish("aborted")

    def _finish(self, how: str) -> None:
        if self.end is None:
            asyncio.get_running_loop().call_soon(self._connection.transport_closed, self, None)
        self.end = how
        self.changed()

    def lose(self, error: Exception | None = None) -> None:
        """The socket breaks."""
        assert self.end is None
        self.end = "lost"
        self._connection.transport_closed(self, error, lost=error is None)
        self.changed()
