"""A connection in memory that behaves like a socket."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence

from ..outgoing.encoded import Encoded
from ..transports.base import Receiver, Transport


class MemoryTransport(Transport):
    """Carries bytes both ways, each chunk in a loop turn of its own, as a socket does; the client always reads."""

    name = "WebSockets"
    carries_binary = True
    needs_pings = True

    def __init__(self, connection: Receiver, on_data: Callable[[bytes], None], on_end: Callable[[], None]) -> None:
        self._connection = connection
        self._on_data = on_data
        self._on_end = on_end
        self._loop = asyncio.get_running_loop()
        self._outgoing: deque[bytes] = deque()
        self._reading = asyncio.Event()
        self._reading.set()
        self._closed = False

    # The server's end

    def write(self, messages: Sequence[Encoded]) -> bool:
        for message in messages:
            self._loop.call_soon(self._on_data, message.payload)
        return True

    def pause(self) -> None:
        self._reading.clear()

    def resume(self) -> None:
        self._reading.set()
        self._loop.call_soon(self._deliver)

    def close(self, *, failed: bool = False) -> None:
        self._loop.call_soon(self._end, False)

    def abort(self) -> None:
        self.close()

    # The client's end

    def send(self, data: bytes) -> None:
        """Sends bytes to the server, which may not read them yet."""
        self._outgoing.append(data)
        self._loop.call_soon(self._deliver)

    async def sent(self) -> None:
        """Returns once the server is reading, in the next loop turn at the earliest."""
        await asyncio.sleep(0)
        await self._reading.wait()

    def drop(self) -> None:
        """Breaks the connection, after everything that was sent before."""
        self._loop.call_soon(self._end, True)

    def _deliver(self) -> None:
        while self._outgoing and self._reading.is_set() and not self._closed:
            self._connection.receive(self._outgoing.popleft())

    def _end(self, lost: bool) -> None:
        if not self._closed:
            self._closed = True
            self._reading.set()
            self._on_end()
            self._connection.transport_closed(self, None, lost=lost)
