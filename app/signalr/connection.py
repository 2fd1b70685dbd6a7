"""One connection, without a socket: bytes in, messages out, and the life between handshake and disconnect.

Nothing here waits for the network, and no method of the transport interface is a coroutine, so a connection needs no
task and no queue of its own; the whole protocol can be tested by calling `receive`.
"""

import asyncio
import time
from collections.abc import Callable
from enum import IntEnum

from starlette.requests import HTTPConnection

from app.signalr.calls import Call
from app.signalr.context import HubCallerContext
from app.signalr.errors import (
    ClientTimeoutError,
    HubError,
    InvalidDataError,
    InvalidOperationError,
    SlowClientError,
    error_text,
)
from app.signalr.handshake import SEPARATOR, STATEFUL_VERSION, SUCCESS, HandshakeError, error_response, parse_handshake
from app.signalr.inbound import InboundCalls
from app.signalr.messages import COUNTED, Ack, Close, HubMessage, Invocation, Ping, Sequence
from app.signalr.options import HubOptions
from app.signalr.principal import ClaimsPrincipal
from app.signalr.protocols.base import HubProtocol
from app.signalr.reconnect import StatefulSession
from app.signalr.runtime import HubRuntime
from app.signalr.transports.base import Encoded, Transport
from app.signalr.writer import ClientWriter

WAITING_BYTES = 64 * 1024
"""What a client may send while `on_connected` runs, or behind a message that waits; more stays in its socket."""

ACK_DELAY = 1.0
"""Seconds from the first unacknowledged message of a stateful client to the Ack."""

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
        "_ack_scheduled",
        "_buffer",
        "_context",
        "_detached_at",
        "_error",
        "_expires_at",
        "_heard",
        "_http",
        "_last_heard",
        "_last_ping",
        "_opened_at",
        "_pings",
        "_reconnect_window",
        "_runtime",
        "_state",
        "_transport",
        "calls",
        "groups",
        "id",
        "on_closed",
        "protocol",
        "user",
        "user_identifier",
        "writer",
    )

    protocol: HubProtocol
    _transport: Transport

    def __init__(
        self,
        runtime: HubRuntime,
        connection_id: str,
        user: ClaimsPrincipal,
        http: HTTPConnection,
        *,
        expires_at: float | None = None,
        reconnect_window: float | None = None,
    ) -> None:
        self.id = connection_id
        self.user = user
        self.user_identifier = runtime.identify(user)
        self.groups: set[str] = set()
        self.on_closed: Callable[[], None] | None = None
        self._expires_at = expires_at
        self._reconnect_window = reconnect_window
        self._detached_at: float | None = None
        self._ack_scheduled = False
        self._runtime = runtime
        self._http = http
        self._context: HubCallerContext | None = None
        self._state = State.HANDSHAKE
        self.calls = InboundCalls(self, runtime)
        self.writer = ClientWriter(runtime.outbox, runtime.options.outbox_limit, self._overflowed)
        self._buffer = b""
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
        """Gives the connection its transport, before anything else; again when a stateful client comes back."""
        if self.writer.session is None:
            self._transport = transport
            self.writer.attach(transport)
            self._runtime.opened(self)
            if not self._runtime.protocols:
                self._runtime.log_failure("no hub protocol is allowed", None)
                self._give_up()
        else:
            self._reattach(transport)

    def receive(self, data: bytes) -> None:
        """Takes bytes from the client, cut anywhere."""
        self._heard = True
        self._buffer = self._buffer + data if self._buffer else data
        self._advance()
        # Reading goes on while a message waits, or a broken socket would not be noticed; but not without bound.
        if len(self._buffer) > WAITING_BYTES and (self._state == State.CONNECTING or self.calls.is_blocked):
            self._transport.pause()

    def drained(self) -> None:
        """The transport takes messages again."""
        self.writer.drained()

    def transport_closed(self, transport: Transport, error: Exception | None, *, lost: bool = False) -> None:
        """A socket is gone: `lost` if its client said no goodbye, and then a stateful connection waits for the next."""
        if transport is not self._transport:
            return  # it was replaced before it noticed
        if lost and self.can_resume:
            self._detached_at = self._runtime.now()
            self._buffer = b""  # the client sends again what was not counted, from the beginning of a message
            self.writer.detach()
            return
        if self._state < State.CLOSING:
            if error is None and not lost and self._buffer and self._state == State.OPEN:
                error = InvalidDataError("Connection terminated while reading a message.")
            self._end(error)
        self._state = State.CLOSED
        self.writer.shut()

    @property
    def is_stateful(self) -> bool:
        """Whether stateful reconnect was agreed."""
        return self.writer.session is not None

    @property
    def can_resume(self) -> bool:
        """Whether another socket may go on with this connection."""
        return self.writer.session is not None and self._state in (State.CONNECTING, State.OPEN)

    def _reattach(self, transport: Transport) -> None:
        replaced, self._transport = self._transport, transport
        if self._detached_at is None:
            replaced.abort()
        self._detached_at = None
        self._buffer = b""
        self._heard = True
        self.writer.reattach(transport, self.protocol)

    # Out

    def send_message(self, message: HubMessage) -> None:
        """Encodes and sends. Raises TypeError or ValueError for what cannot be written."""
        counted = isinstance(message, COUNTED)
        self.writer.send(Encoded(self.protocol.encode(message), binary=self.protocol.binary, counted=counted))

    def send_or_fail(self, message: HubMessage) -> None:
        """Encodes and sends; what cannot be written ends the connection, as its receiver would wait for ever."""
        try:
            self.send_message(message)
        except Exception as error:  # noqa: BLE001 - reading the attributes of a hub's own object may raise anything
            self.fail(error)

    async def has_room(self) -> bool:
        """Returns when the client has taken enough of what was sent; False if nothing reaches it any more."""
        return await self.writer.has_room()

    def _overflowed(self) -> None:
        limit = self._runtime.options.outbox_limit
        self._runtime.soon(lambda: self._cut_off(f"more than {limit} bytes waited for a client that does not read"))

    def _cut_off(self, why: str) -> None:
        if self._state < State.CLOSING:
            self._runtime.log_cut_off(self.id, why)
            self._transport.abort()
            self._end(SlowClientError(why))

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
        if self.writer.session is not None:
            self.writer.expect_acks(readable=not self.calls.is_blocked)

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
        if agreed.version == STATEFUL_VERSION and self._reconnect_window is not None:
            self.writer.session = StatefulSession(self._runtime.options.stateful_reconnect_buffer_size)
        try:
            self._runtime.manager.register(self)
        except Exception as error:  # noqa: BLE001 - without a place among the others, there is no connection
            self._runtime.log_failure("connection could not be registered", error)
            self._give_up()
            return None
        self._state = State.CONNECTING
        # Alone in its frame: some clients lose what follows the response.
        self._transport.write([Encoded(SUCCESS, binary=agreed.protocol.binary)])
        self._runtime.start(self._connect())
        return end + 1

    def _refuse_handshake(self, text: str) -> None:
        self._state = State.CLOSING
        self._transport.write([Encoded(error_response(text), binary=False)])
        self._transport.close()
        self._closed()

    def _give_up(self) -> None:
        """Ends a connection for which the server, not the client, is at fault, before any hub has seen it."""
        self._state = State.CLOSING
        self._transport.close(failed=True)
        self._closed()

    async def _connect(self) -> None:
        try:
            await self._runtime.dispatcher.connected(Call(self, self._runtime.manager, may_ask=False))
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - whatever a hub raises refuses the connection
            if not isinstance(error, HubError):
                self._runtime.log_failure("on_connected failed", error)
            self._aborted_callbacks.clear()  # nothing was begun that a refused connection would have to end
            self.fail(error, allow_reconnect=False)
            self._finished()
            return
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
        except Exception as error:  # noqa: BLE001 - no message, however odd, may end more than its own connection
            if not isinstance(error, InvalidDataError):
                self._runtime.log_failure("a message could not be read", error)
            self.fail(error)
            return None
        session = self.writer.session
        if message is not None and (session is None or session.is_new(message)):
            self._handle(message)
        if session is not None:
            self._schedule_ack(session)
        return framed.next_start

    def _handle(self, message: HubMessage) -> None:
        if type(message) is Invocation:
            self.calls.handle(message)
        elif isinstance(message, Ping):
            self._pings = True
        elif isinstance(message, Close):
            self._close(HubError(message.error) if message.error else None, allow_reconnect=False, quiet=True)
        elif isinstance(message, Ack):
            self.writer.acked(message.sequence_id)
        elif isinstance(message, Sequence):
            self._on_sequence(message)
        else:
            self.calls.handle(message)

    def _schedule_ack(self, session: StatefulSession) -> None:
        if session.owes_ack and not self._ack_scheduled:
            self._ack_scheduled = True
            self._runtime.later(ACK_DELAY, self._send_ack)

    def _send_ack(self) -> None:
        self._ack_scheduled = False
        session = self.writer.session
        if session is not None and self._detached_at is None and self._state == State.OPEN:
            self.send_message(Ack(session.take_ack()))

    def _on_sequence(self, message: Sequence) -> None:
        if self.writer.session is not None:
            try:
                self.writer.session.rewind(message.sequence_id)
            except InvalidOperationError as error:
                self.fail(error)

    def go_on(self) -> None:
        """Handles what had to wait, and reads on if nothing has to wait any more."""
        self._advance()
        if not self.calls.is_blocked and self._state == State.OPEN:
            self._transport.resume()

    # The heartbeat

    def beat(self, now: float) -> None:
        """Called once a second: pings and acknowledges, and ends what has been silent or stuck for too long."""
        options = self._runtime.options
        if self._heard:
            self._heard = False
            self._last_heard = now
        if self._state == State.HANDSHAKE:
            if now - self._opened_at > options.handshake_timeout:
                self._refuse_handshake("Handshake was canceled.")
        elif self._expires_at is not None and time.time() > self._expires_at:
            self._close(None, allow_reconnect=True)
        elif self._detached_at is not None:
            if now - self._detached_at > (self._reconnect_window or 0):
                self._end(None)
        else:
            self._beat_open(now, options)

    def _beat_open(self, now: float, options: HubOptions) -> None:
        stalled_since = self.writer.stalled_since
        if self._pings and now - self._last_heard > options.client_timeout_interval:
            text = "Client hasn't sent a message/ping within the configured ClientTimeoutInterval."
            self.fail(ClientTimeoutError(text))
        elif stalled_since is not None and now - stalled_since > options.transport_send_timeout:
            self._cut_off(f"the client took nothing for {options.transport_send_timeout} seconds")
        elif self._transport.needs_pings and now - self._last_ping > options.keep_alive_interval:
            self._last_ping = now
            self.writer.send(self._runtime.ping(self.protocol))

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

    def hang_up(self) -> None:
        """Closes the socket, whether or not the hub has said goodbye."""
        self._transport.close()

    def _close(self, error: BaseException | None, *, allow_reconnect: bool, quiet: bool = False) -> None:
        if self._state >= State.CLOSING:
            return
        text = None
        if error is not None and not quiet:
            detailed = self._runtime.options.enable_detailed_errors
            text = error_text(_CLOSED_WITH_ERROR, error, detailed=detailed)
        close = Encoded(self.protocol.encode(Close(text, allow_reconnect)), binary=self.protocol.binary)
        self.writer.close([close])
        self._end(error)

    def _end(self, error: BaseException | None) -> None:
        """Fires `aborted`, then lets the hub say goodbye; the transport closes last."""
        before, self._state = self._state, State.CLOSING
        self._error = error
        self.writer.shut()
        callbacks, self._aborted_callbacks = self._aborted_callbacks, []
        for callback in callbacks:
            try:
                callback()
            except Exception as failure:  # noqa: BLE001 - one callback must not keep the others, or the end, from coming
                self._runtime.log_failure("a callback of on_aborted failed", failure)
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
