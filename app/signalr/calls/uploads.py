"""Streams from a client to a hub method: bounded, so that a fast client waits for a slow method."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Any

from ..binding.arguments import Value
from ..errors import HubError, InvalidDataError, describe
from ..protocols.base import HubProtocol, SingleValue

_ANYTHING = Value(Any)


class Upload(AsyncIterator[Any]):
    """The value of a parameter of type `AsyncIterator[T]`: yields the items, then ends or raises the client's error."""

    def __init__(self, protocol: HubProtocol, capacity: int, on_room: Callable[[], None], *, detailed: bool) -> None:
        self._value: SingleValue = _ANYTHING
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

    def expect(self, value: SingleValue) -> "Upload":
        """Sets the type of the items; called before the first one is read."""
        self._value = value
        return self

    def offer(self, raw: Any) -> None:
        """Takes an item from the wire; it is checked when it is read."""
        if not self._ended:
            self._items.append(raw)
            self._wake()

    def end(self, error: BaseException | None) -> None:
        """Ends the stream: the reader gets the items that have come, then `error` if there is one."""
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
            if self._waiting is None or self._waiting.done():
                self._waiting = asyncio.get_running_loop().create_future()
            await asyncio.shield(self._waiting)  # there may be several readers
        was_full = self.is_full
        raw = self._items.popleft()
        if was_full:
            self._on_room()
        try:
            return self._protocol.bind_value(raw, self._value)
        except InvalidDataError as error:
            # The stream is over for its reader; for its sender nothing has changed.
            self._items.clear()
            text = "Failed to bind Stream message."
            self._ended = True
            self._error = HubError(f"{text} {describe(error)}" if self._detailed else text)
            raise self._error from error

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)
