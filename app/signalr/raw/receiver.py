"""What stands between the transport of a raw connection and its handler."""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from starlette.requests import HTTPConnection

from ..endings import Ending
from ..errors import ConnectionGoneError
from ..options import HubOptions, TransferFormat
from ..outgoing.encoded import Encoded
from ..principal import ClaimsPrincipal
from ..transports.base import Transport
from .characters import whole_characters
from .connection import Handler, RawConnection

logger = logging.getLogger(__name__)

WAITING_BYTES = 64 * 1024
"""What a client may send before its handler reads; more stays in its socket."""


class RawHost(Protocol):
    """What a server offers to the connections of a handler."""

    options: HubOptions

    def now(self) -> float: ...
    def spawn(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]": ...
    def opened(self, connection: "RawReceiver") -> None: ...
    def closed(self, connection: "RawReceiver") -> None: ...


class ServedHandler:
    """A handler and the server that it is served by."""

    def __init__(self, host: RawHost, handler: Handler) -> None:
        self.host = host
        self.handler = handler
        self.name: str = getattr(handler, "__name__", type(handler).__name__)


class RawReceiver:
    """Implements `Receiver` for the transport, and `Carrier` for the `RawConnection` that the handler gets.

    The handler runs as a task from the opening of the transport on. Two things can end first. If the handler returns
    or raises, the transport is closed. If the transport is gone, or the server stops, the handler reads to the end of
    what came, and has the time that it needs; what it sends then raises ConnectionGoneError, once nothing reaches
    the client.
    """

    is_stateful = False
    can_resume = False

    def __init__(
        self,
        served: ServedHandler,
        connection_id: str,
        user: ClaimsPrincipal,
        http: HTTPConnection,
        *,
        expires_at: float | None = None,
    ) -> None:
        self.id = connection_id
        self.user = user
        self.http = http
        self.transfer_format = TransferFormat.TEXT
        self.on_closed: Callable[[], None] | None = None
        self.is_closed = False
        self._served = served
        self._expires_at = expires_at
        self._transport: Transport
        self._unread = bytearray()
        self._input_ended = False
        self._is_paused = False
        self._changed = asyncio.Event()
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._stalled_since: float | None = None

    # What the transport calls

    @property
    def close_timeout(self) -> float:
        """Seconds that a transport waits for its peer's goodbye."""
        return self._served.host.options.close_timeout

    def attach(self, transport: Transport) -> None:
        """Gives the connection its transport, and starts the handler."""
        self._transport = transport
        self._served.host.opened(self)
        self._served.host.spawn(self._run())

    def receive(self, data: bytes) -> None:
        """Keeps what the client sent for the handler."""
        if self._input_ended:
            return
        self._unread += data
        self._changed.set()
        if len(self._unread) > WAITING_BYTES and not self._is_paused:
            self._is_paused = True
            self._transport.pause()

    def drained(self, transport: Transport) -> None:
        """The transport takes messages again."""
        self._stalled_since = None
        self._has_room.set()

    def transport_closed(self, transport: Transport, error: Exception | None, *, lost: bool = False) -> None:
        """Nothing reaches the client any more; the handler may still read what came before."""
        self._cut()

    # What the server calls

    def beat(self, now: float) -> None:
        """Called once a second: ends what has expired, and cuts off a client that does not read."""
        limit = self._served.host.options.transport_send_timeout
        if self._expires_at is not None and time.time() > self._expires_at:
            self.close_socket()
        elif self._stalled_since is not None and now - self._stalled_since > limit:
            self._stalled_since = None
            why = f"the client took nothing for {limit} seconds"
            logger.warning("%s: connection %s was cut off: %s", self._served.name, self.id, why)
            self._cut()
            self._transport.abort()

    def end(self, ending: Ending) -> None:
        """Ends what the handler reads, whatever the reason, so that it can come to its end."""
        self._end_input()

    def close_socket(self) -> None:
        """Closes the transport, whether or not the handler has returned."""
        self._cut()
        self._transport.close()

    def _cut(self) -> None:
        """Sends nothing more, and wakes the handler: its `send` raises, and what it reads comes to an end."""
        self.is_closed = True
        self._has_room.set()
        self._end_input()

    def _end_input(self) -> None:
        self._input_ended = True
        self._changed.set()

    # What the handler calls, through its `RawConnection`

    @property
    def transport_name(self) -> str:
        """See `RawConnection.transport`."""
        return self._transport.name

    @property
    def carries_binary(self) -> bool:
        """Whether the transport carries more than text."""
        return self._transport.carries_binary

    async def read(self) -> bytes:
        """What has come since the last time, once there is something; empty at the end."""
        while not (size := self._readable()) and not self._input_ended:
            self._changed.clear()
            await self._changed.wait()
        data = bytes(self._unread[: size or None])
        del self._unread[: len(data)]
        if self._is_paused:
            self._is_paused = False
            self._transport.resume()
        return data

    def _readable(self) -> int:
        if self.transfer_format is TransferFormat.BINARY:
            return len(self._unread)
        return whole_characters(self._unread)

    async def write(self, data: bytes) -> None:
        """Sends one message, after the client has taken enough of the ones before. Raises ConnectionGoneError."""
        await self._until_room()
        message = Encoded(data, binary=self.transfer_format is TransferFormat.BINARY)
        if not self._transport.write([message]):
            self._stalled_since = self._served.host.now()
            self._has_room.clear()
            await self._until_room()

    async def _until_room(self) -> None:
        await self._has_room.wait()
        if self.is_closed:
            raise ConnectionGoneError(f"Connection '{self.id}' does not exist.")

    # The life of the handler

    async def _run(self) -> None:
        failed = False
        try:
            await self._served.handler(RawConnection(self))
        except ConnectionGoneError as error:
            if not self.is_closed:  # that of another connection
                failed = True
                self._log(error)
        except Exception as error:  # noqa: BLE001 - logged, whatever a handler raises; the client reads 1011
            failed = True
            self._log(error)
        finally:
            self._end_input()
            self._unread.clear()
            if not self.is_closed:
                self._transport.close(failed=failed)
            self._served.host.closed(self)
            if self.on_closed is not None:
                self.on_closed()

    def _log(self, error: Exception) -> None:
        logger.error("%s: the handler of a raw connection failed", self._served.name, exc_info=error)
