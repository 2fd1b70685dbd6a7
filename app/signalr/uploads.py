"""Streams from a client to a hub method: bounded, so that a fast client waits for a slow method."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Any

from app.signalr.errors import HubError, InvalidDataError, describe
from app.signalr.protocols.base import HubProtocol, SingleValue


class Upload(AsyncIterator[Any]):
    """What a parameter of type `AsyncIterator[T]` receives: the items, then the end or the client's error."""

    def __init__(
        self, value: SingleValue, protocol: HubProtocol, capacity: int, on_room: Callable[[], None], *, detailed: bool
    ) -> None:
        self._value = value
        self._protocol = protocol
        self._capacity = capacity
        self._on_room = on_room
        self._detailed = detailed
        self._items: deque[Any] = deque()
        self._waiting: asyncio.Future[None] | None = None
        self._ended = False
        self._error: BaseException | None = None

    @property
    def is_full(self) -> bool:
        """Whether the next item has to wait."""
        return len(self._items) >= self._capacity

    def offer(self, raw: Any) -> None:
        """Takes an item; one that is not of the declared type ends the stream with an error."""
        if self._ended:
            return
        try:
            self._items.append(self._protocol.bind_value(raw, self._value))
        except InvalidDataError as error:
            text = "Failed to bind Stream message."
            self.end(HubError(f"{text} {describe(error)}" if self._detailed else text))
        self._wake()

    def end(self, error: BaseException | None) -> None:
        """No more items; the reader gets those that came, then `error` if there is one."""
        if not self._ended:
            self._ended = True
            self._error = error
            self._wake()

    async def __anext__(self) -> Any:
        while not self._items:
            if self._ended:
                if self._error is None:
                    raise StopAsyncIteration
                raise self._error
            self._waiting = asyncio.get_running_loop().create_future()
            await self._waiting
        was_full = self.is_full
        item = self._items.popleft()
        if was_full:
            self._on_room()
        return item

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)
