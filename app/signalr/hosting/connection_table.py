"""The ids that this process has handed out, from negotiation to the end of the connection."""

import asyncio
from collections.abc import AsyncIterable, Callable
from typing import Protocol

from ..principal import ClaimsPrincipal
from .negotiate import new_id
from .services import OpenConnection

EARLY_LIMIT = 64 * 1024
"""Bytes that a client may POST before it has opened its transport; the POST that exceeds it waits."""


class PostTarget(Protocol):
    """The transport of a connection that is fed by POST requests."""

    may_read: asyncio.Event
    """Clear while the connection wants no more bytes."""

    def beat(self, now: float) -> None:
        """Called once a second."""


class Slot:
    """One connection id: promised in a negotiation, then opened by one transport, which keeps it."""

    __slots__ = (
        "connection",
        "connection_id",
        "early",
        "expires_at",
        "opened",
        "posting",
        "stateful",
        "target",
        "token",
        "transport",
        "user",
    )

    def __init__(self, connection_id: str, token: str, expires_at: float) -> None:
        self.connection_id = connection_id
        self.token = token
        self.expires_at = expires_at
        self.stateful = False
        self.user: ClaimsPrincipal | None = None
        """Who sent the first request with this id, even if that was a POST before the transport was open."""
        self.transport: str | None = None
        self.connection: OpenConnection | None = None
        self.target: PostTarget | None = None
        self.early = b""
        self.opened = asyncio.Event()
        self.posting = asyncio.Lock()

    def open(self, transport: str, connection: OpenConnection, target: PostTarget | None) -> None:
        """Binds the id to a transport. Call `feed_early` once the connection has it."""
        self.transport = transport
        self.connection = connection
        self.target = target

    def feed_early(self) -> None:
        """Passes on what was POSTed before the transport was open, and lets POSTs that waited for it go on."""
        early, self.early = self.early, b""
        if early and self.connection is not None:
            self.connection.receive(early)
        self.opened.set()

    async def receive(self, chunks: AsyncIterable[bytes]) -> bool:
        """Takes the body of a POST as it comes. The bodies of concurrent POSTs do not mix.

        Returns False if the body was too large for a transport that was never opened.
        """
        async with self.posting:
            async for chunk in chunks:
                if self.connection is None:
                    self.early += chunk
                    if len(self.early) > EARLY_LIMIT:
                        await self.opened.wait()
                        if self.connection is None:
                            return False
                elif chunk:
                    self.connection.receive(chunk)
                    if self.target is not None:
                        await self.target.may_read.wait()
        return True


class ConnectionTable:
    """All slots of one process, by token. An id belongs to no path until a transport opens it."""

    def __init__(self) -> None:
        self._slots: dict[str, Slot] = {}

    def negotiate(self, version: int, expires_at: float) -> Slot:
        """A new slot. In version 0 the token is the connection id, which is a secret then."""
        connection_id = new_id()
        slot = Slot(connection_id, new_id() if version else connection_id, expires_at)
        self._slots[slot.token] = slot
        return slot

    def find(self, token: str) -> Slot | None:
        """The slot with exactly this token; None if it is unknown or has ended."""
        return self._slots.get(token)

    def releaser(self, slot: Slot) -> Callable[[], None]:
        """A callback that forgets the slot."""
        return lambda: self.release(slot)

    def release(self, slot: Slot) -> None:
        """Forgets a slot. Requests with its token are answered with 404 from now on."""
        self._slots.pop(slot.token, None)
        slot.opened.set()

    def beat(self, now: float) -> None:
        """Drops ids that were not opened in time, and calls `beat` of the transports."""
        for slot in tuple(self._slots.values()):
            if slot.transport is None and slot.expires_at <= now:
                self.release(slot)
            elif slot.target is not None:
                slot.target.beat(now)
