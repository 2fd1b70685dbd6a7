"""One connection, without a socket: bytes in, messages out, and the life between handshake and disconnect.

Nothing here waits for the network, and no method of the transport interface is a coroutine, so a connection needs no
task and no queue of its own; the whole protocol can be tested by calling `receive`.
"""

import asyncio
import time
from collections.abc import Callable
from enum import IntEnum
from typing import TYPE_CHECKING

from starlette.requests import HTTPConnection

from app.signalr.calls import Call
from app.signalr.context import HubCallerContext
from app.signalr.errors import (
    ClientTimeoutError,
    HubError,
    InvalidDataError,
    SlowClientError,
    error_text,
)
from app.signalr.handshake import SEPARATOR, SUCCESS, HandshakeError, error_response, parse_handshake
from app.signalr.inbound import InboundCalls
from app.signalr.messages import (
    Close,
    HubMessage,
    Ping,
)
from app.signalr.principal import ClaimsPrincipal
from app.signalr.protocols.base import HubProtocol
from app.signalr.transports.base import Encoded, Transport

if TYPE_CHECKING:
    from app.signalr.runtime import HubRuntime

EARLY_BYTES = 64 * 1024
"""What a client may send before `on_connected` has finished; more stays in its socket."""

BURST = 64
"""Items of a stream that may be sent before the loop must have had a turn."""

_CLOSED_WITH_ERROR = "Connection closed with an error."


class State(IntEnum):
    """How far a connection has come."""

    HANDSHAKE = 0
    CONNECTING = 1
    OPEN = 2
    CLOSING = 3
    CLOSED = 4


class HubConnection:
    """A client of one hub. Implements `Receiver` for its transport.

    Messages are handled in order; a plain invocation beyond `maximum_parallel_invocations_per_client` holds up
    everything behind it, and the transport stops reading meanwhile.
    """

    __slots__ = (
        "_aborted_callbacks",
        "_buffer",
        "_connect_succeeded",
        "_context",
        "_error",
        "_expires_at",
        "_heard",
        "_http",
        "_last_heard",
        "_last_ping",
        "_opened_at",
        "_outbox",
        "_outbox_bytes",
        "_pings",
        "_room",
        "_runtime",
        "_stalled",
        "_state",
        "_transport",
        "calls",
        "groups",
        "id",
        "on_closed",
        "protocol",
        "user",
    )

    protocol: HubProtocol
    _transport: Transport

    def __init__(
        self,
        runtime: "HubRuntime",
        connection_id: str,
        user: ClaimsPrincipal,
        http: HTTPConnection,
        *,
        expires_at: float | None = None,
    ) -> None:
        self.id = connection_id
        self.user = user
        self.groups: set[str] = set()
        self.on_closed: Callable[[], None] | None = None
        self._expires_at = expires_at
        self._runtime = runtime
        self._http = http
        self._context: HubCallerContext | None = None
        self._state = State.HANDSHAKE
        self.calls = InboundCalls(self, runtime)
        self._buffer = b""
        self._room: asyncio.Future[None] | None = None
        self._outbox: list[Encoded] = []
        self._outbox_bytes = 0
        self._stalled = False
        self._connect_succeeded = False
        self._error: BaseException | None = None
        self._aborted_callbacks: list[Callable[[], None]] = []
        self._opened_at = self._last_heard = self._last_ping = runtime.now()
        self._heard = False
        self._pings = False

    # What a hub sees

    @property
    def context(self) -> HubCallerContext:
        """Made when first asked for: most idle connections never need it."""
        if self._context is None:
            self._context = HubCallerContext(self)
        return self._context

    @property
    def http(self) -> HTTPConnection:
        """The request that opened the connection."""
        return self._http

    @property
    def close_timeout(self) -> float:
        """Seconds that a transport waits for its peer's goodbye."""
        return self._runtime.options.close_timeout

    @property
    def transport_name(self) -> str:
        """`WebSockets`, `ServerSentEvents` or `LongPolling`."""
        return self._transport.name

    @property
    def is_closing(self) -> bool:
        """Whether the end has begun: nothing more reaches the client."""
        return self._state >= State.CLOSING

    def on_aborted(self, callback: Callable[[], None]) -> None:
        """See `HubCallerContext.on_aborted`."""
        if self.is_closing:
            callback()
        else:
            self._aborted_callbacks.append(callback)

    def abort(self) -> None:
        """Ends the connection in good order; the client is not to reconnect."""
        self._close(None, allow_reconnect=False)

    # What the transport calls

    def attach(self, transport: Transport) -> None:
        """Gives the connection its transport; called once, before anything else."""
        self._transport = transport
        self._runtime.opened(self)

    def receive(self, data: bytes) -> None:
        """Takes bytes from the client, cut anywhere."""
        self._heard = True
        self._buffer = self._buffer + data if self._buffer else data
        self._advance()
        if self._state == State.CONNECTING and len(self._buffer) > EARLY_BYTES:
            self._transport.pause()

    def drained(self) -> None:
        """The transport takes messages again."""
        self._stalled = False
        self._outbox_bytes = 0
        self._make_room()
        if self._outbox:
            self._runtime.outbox.mark(self)

    def transport_closed(self, error: Exception | None) -> None:
        """The socket is gone, in good order or not."""
        if self._state < State.CLOSING:
            self._end(error)
        self._state = State.CLOSED
        self._outbox.clear()

    # Out

    def send(self, message: Encoded) -> None:
        """Queues a message for the end of this loop turn; a connection that is closing drops it."""
        if self._state >= State.CLOSING:
            return
        self._outbox.append(message)
        if self._stalled:
            self._outbox_bytes += len(message.payload)
            if self._outbox_bytes > self._runtime.options.outbox_limit:
                self._runtime.soon(self._cut_off)
        elif len(self._outbox) == 1:
            self._runtime.outbox.mark(self)

    def send_message(self, message: HubMessage) -> None:
        """Encodes and sends. Raises TypeError or ValueError for what cannot be written."""
        self.send(Encoded(self.protocol.encode(message), binary=self.protocol.binary))

    def send_or_fail(self, message: HubMessage) -> None:
        """Encodes and sends; what cannot be written ends the connection, as its receiver would wait for ever."""
        try:
            self.send_message(message)
        except (TypeError, ValueError) as error:
            self.fail(error)

    def flush(self) -> None:
        """Writes what waits, unless the transport is behind."""
        if self._outbox and not self._stalled:
            waiting, self._outbox = self._outbox, []
            self._stalled = not self._transport.write(waiting)

    async def has_room(self) -> None:
        """Returns when the client has read enough of what was sent, or has gone."""
        if len(self._outbox) >= BURST:
            await asyncio.sleep(0)
        while self._stalled and self._state == State.OPEN:
            if self._room is None:
                self._room = asyncio.get_running_loop().create_future()
            await asyncio.shield(self._room)

    def _make_room(self) -> None:
        room, self._room = self._room, None
        if room is not None and not room.done():
            room.set_result(None)

    def _cut_off(self) -> None:
        if self._state < State.CLOSING:
            limit = self._runtime.options.outbox_limit
            self._end(SlowClientError(f"more than {limit} bytes waited for a client that does not read"))
            self._transport.abort()

    # In

    def _advance(self) -> None:
        """Handles what has come, as far as order allows."""
        start = 0
        while self._state != State.CONNECTING and self._state < State.CLOSING and not self.calls.is_blocked:
            read = self._read_handshake if self._state == State.HANDSHAKE else self._read_message
            next_start = read(start)
            if next_start is None:
                break
            start = next_start
        self._buffer = self._buffer[start:] if self._state < State.CLOSING else b""

    def _read_handshake(self, start: int) -> int | None:
        end = self._buffer.find(SEPARATOR, start)
        limit = self._runtime.options.maximum_receive_message_size
        if limit is not None and (len(self._buffer) if end < 0 else end + 1) - start > limit:
            self._refuse_handshake("Handshake was canceled.")
            return None
        if end < 0:
            return None
        try:
            agreed = parse_handshake(
                self._buffer[start:end],
                self._runtime.protocols,
                carries_binary=self._transport.carries_binary,
                detailed=self._runtime.options.enable_detailed_errors,
            )
        except HandshakeError as error:
            self._refuse_handshake(str(error))
            return None
        self.protocol = agreed.protocol
        self._state = State.CONNECTING
        # Alone in its frame: some clients lose what follows the response.
        self._transport.write([Encoded(SUCCESS, binary=agreed.protocol.binary)])
        self._runtime.manager.register(self)
        self._runtime.start(self._connect())
        return end + 1

    def _refuse_handshake(self, text: str) -> None:
        self._state = State.CLOSING
        self._transport.write([Encoded(error_response(text), binary=False)])
        self._transport.close()
        self._closed()

    async def _connect(self) -> None:
        try:
            await self._runtime.dispatcher.connected(Call(self, self._runtime.manager, may_ask=False))
        except Exception as error:  # noqa: BLE001 - whatever a hub raises refuses the connection
            if not isinstance(error, HubError):
                self._runtime.log_failure("on_connected", error)
            self.fail(error, allow_reconnect=False)
            self._finished()
            return
        self._connect_succeeded = True
        if self._state == State.CONNECTING:
            self._state = State.OPEN
            self._runtime.soon(self.go_on)
        else:  # it ended meanwhile, and waited for this to say goodbye
            await self._say_goodbye()

    def _read_message(self, start: int) -> int | None:
        limit = self._runtime.options.maximum_receive_message_size
        try:
            framed = self.protocol.frame(self._buffer, start)
            _check_size((framed.next_start if framed else len(self._buffer)) - start, limit)
            if framed is None:
                return None
            message = self.protocol.parse(self._buffer[framed.start : framed.end])
        except InvalidDataError as error:
            self.fail(error)
            return None
        if message is not None:
            self._handle(message)
        return framed.next_start

    def _handle(self, message: HubMessage) -> None:
        if isinstance(message, Ping):
            self._pings = True
        elif isinstance(message, Close):
            self._close(HubError(message.error) if message.error else None, allow_reconnect=False, quiet=True)
        elif not self.calls.handle(message):
            self._transport.pause()

    def go_on(self) -> None:
        """Handles what had to wait, and reads on if nothing has to wait any more."""
        self._advance()
        if not self.calls.is_blocked and self._state == State.OPEN:
            self._transport.resume()

    # The heartbeat

    def beat(self, now: float) -> None:
        """Called once a second: pings, and ends what has been silent for too long."""
        options = self._runtime.options
        if self._heard:
            self._heard = False
            self._last_heard = now
        if self._state == State.HANDSHAKE:
            if now - self._opened_at > options.handshake_timeout:
                self._refuse_handshake("Handshake was canceled.")
            return
        if self._expires_at is not None and time.time() > self._expires_at:
            self._close(None, allow_reconnect=True)
        elif self._pings and now - self._last_heard > options.client_timeout_interval:
            self.fail(
                ClientTimeoutError("Client hasn't sent a message/ping within the configured ClientTimeoutInterval.")
            )
        elif self._transport.needs_pings and now - self._last_ping > options.keep_alive_interval:
            self._last_ping = now
            self.send(self._runtime.ping(self.protocol))

    # The end

    def fail(self, error: BaseException, *, allow_reconnect: bool = True) -> None:
        """Ends the connection because of `error`; the client hears its text if it may."""
        self._close(error, allow_reconnect=allow_reconnect)

    def shut_down(self) -> None:
        """Ends the connection because the server stops; the client is invited to come back."""
        if self._state == State.HANDSHAKE:
            self._refuse_handshake("Handshake was canceled.")
        else:
            self._close(None, allow_reconnect=True)

    def _close(self, error: BaseException | None, *, allow_reconnect: bool, quiet: bool = False) -> None:
        if self._state >= State.CLOSING:
            return
        text = None
        if error is not None and not quiet:
            detailed = self._runtime.options.enable_detailed_errors
            text = error_text(_CLOSED_WITH_ERROR, error, detailed=detailed)
        close = Encoded(self.protocol.encode(Close(text, allow_reconnect)), binary=self.protocol.binary)
        waiting, self._outbox = self._outbox, []
        self._transport.write([*waiting, close])
        self._end(error)

    def _end(self, error: BaseException | None) -> None:
        """Fires `aborted`, then lets the hub say goodbye; the transport closes last."""
        before, self._state = self._state, State.CLOSING
        self._error = error
        self._make_room()
        callbacks, self._aborted_callbacks = self._aborted_callbacks, []
        for callback in callbacks:
            callback()
        if before == State.HANDSHAKE:
            self._finished()
        elif before == State.OPEN:
            self._runtime.start(self._say_goodbye())

    async def _say_goodbye(self) -> None:
        try:
            await self._runtime.dispatcher.disconnected(Call(self, self._runtime.manager, may_ask=False), self._error)
        finally:
            self.calls.end()
            self._finished()

    def _finished(self) -> None:
        if self._state < State.CLOSED:
            self._transport.close()
        self._runtime.manager.unregister(self)
        self._closed()

    def _closed(self) -> None:
        self._runtime.closed(self)
        if self.on_closed is not None:
            self.on_closed()


def _check_size(size: int, limit: int | None) -> None:
    if limit is not None and size > limit:
        raise InvalidDataError(
            f"The maximum message size of {limit}B was exceeded. The message size can be configured in AddHubOptions."
        )
