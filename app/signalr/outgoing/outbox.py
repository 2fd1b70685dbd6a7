"""When messages leave: everything that a loop turn queued for a connection goes out in one write."""

import asyncio
from typing import Protocol

WRITES_PER_TURN = 256
"""Connections written to before the loop may serve others: a large fan-out must not delay pings and requests."""

UNFLUSHED_LIMIT = 1024 * 1024
"""Bytes held without a loop turn after which senders yield, so that a tight loop cannot fill memory."""


class Flushable(Protocol):
    """A connection with messages that wait for the end of this loop turn."""

    def flush(self) -> None:
        """Writes what waits."""


class Outbox:
    """The connections of one process that have something to write."""

    __slots__ = ("_dirty", "_flushed", "_held", "_loop", "_scheduled")

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop
        self._flushed = asyncio.Event()
        self._dirty: list[Flushable] = []
        self._scheduled = False
        self._held = 0

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Sets the event loop. Called once, before anything else."""
        self._loop = loop

    def mark(self, connection: Flushable) -> None:
        """Has `connection.flush()` called after this loop turn; call it once per turn and connection."""
        self._dirty.append(connection)
        if not self._scheduled:
            self._scheduled = True
            self._flushed.clear()
            self._loop.call_soon(self._flush)

    async def give_way(self, held: int) -> None:
        """Lets the loop write if `held` bytes, and those of other senders, are much since it last could."""
        self._held += held
        if self._held > UNFLUSHED_LIMIT:
            self._held = 0
            await (self._flushed.wait() if self._scheduled else asyncio.sleep(0))

    def _flush(self) -> None:
        dirty = self._dirty
        now, self._dirty = dirty[:WRITES_PER_TURN], dirty[WRITES_PER_TURN:]
        for connection in now:
            connection.flush()
        if self._dirty:
            self._loop.call_soon(self._flush)
        else:
            self._scheduled = False
            self._held = 0
            self._flushed.set()
