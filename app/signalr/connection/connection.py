"""One connection, without a socket: bytes in, messages out, and the life between handshake and disconnect.

Nothing here waits for the network, and no method of the transport interface is a coroutine, so a connection needs no
task and no queue of its own; the whole protocol can be tested by calling `receive`.
"""

import asyncio
import time
from collections.abc import Callable
from enum import IntEnum

from starlette.requests import HTTPConnection

from ..calls.call import Call
from ..errors import ClientTimeoutError, HubError, InvalidDataError, SlowClientError, error_text
from ..hub.context import HubCallerContext
from ..messages import COUNTED, Close, HubMessage, Invocation, Ping
from ..options import HubOptions
from ..outgoing.encoded import Encoded
from ..outgoing.writer import ClientWriter
from ..principal import ClaimsPrincipal
from ..protocols.base import HubProtocol
from ..transports.base import Transport
from .handshake import SUCCESS, Handshake, HandshakeError, error_response, parse_handshake
from .inbound import InboundCalls
from .reader import MessageReader
from .served_hub import HubRuntime

WAITING_BYTES = 64 * 1024
"""What a client may send while `on_connected` runs, or behind a message that waits; more stays in its socket."""

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
        "_context",
        "_error",
        "_expires_at",
        "_heard",
        "_http",
        "_last_heard",
        "_last_ping",
        "_opened_at",
        "_paused",
        "_pings",
        "_reader",
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
    ) -> None:
        self.id = connection_id
        self.user = user
        self.user_identifier = runtime.identify(user)
        self.groups: set[str] = set()
        self.on_closed: Callable[[], None] | None = None
        self._expires_at = expires_at
        self._runtime = runtime
        self._http = http
        self._context: HubCallerContext | None = None
        self._state = State.HANDSHAKE
        self.calls = InboundCalls(self, runtime)
        self.writer = ClientWriter(runtime.outbox, runtime.options.outbox_limit, self._overflowed)
        self._reader = MessageReader(runtime.options.maximum_receive_message_size)
        self._error: BaseException | None = None
        self._aborted_callbacks: list[Callable[[], None]] = []
        self._opened_at = self._last_heard = self._last_ping = runtime.now()
        self._heard = False
        self._paused = False
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
        """Gives the connection its transport, before anything else."""
        self._transport = transport
        self.writer.attach(transport)
        self._runtime.opened(self)
        if not self._runtime.protocols:
            self._runtime.log_failure("no hub protocol is allowed", None)
            self._give_up()

    def receive(self, data: bytes) -> None:
        """Takes bytes from the client, cut anywhere."""
        self._heard = True
        self._reader.feed(data)
        self._advance()
        # Reading goes on while a message waits, or a broken socket would not be noticed; but not without bound.
        if self._reader.waiting > WAITING_BYTES and (self._state == State.CONNECTING or self.calls.is_blocked):
            self._pause()

    def _pause(self) -> None:
        self._paused = True
        self._transport.pause()

    def drained(self) -> None:
        """The transport takes messages again."""
        self.writer.drained()

    def transport_closed(self, transport: Transport, error: Exception | None, *, lost: bool = False) -> None:
        """The socket is gone: `lost` if its client said no goodbye."""
        if self._state < State.CLOSING:
            if error is None and not lost and self._reader.waiting and self._state == State.OPEN:
                error = InvalidDataError("Connection terminated while reading a message.")
            self._end(error)
        self._state = State.CLOSED
        self.writer.shut()

    @property
    def is_stateful(self) -> bool:
        """Whether stateful reconnect was agreed."""
        return False

    @property
    def can_resume(self) -> bool:
        """Whether another socket may go on with this connection."""
        return False

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
        if self._state == State.HANDSHAKE:
            self._shake_hands()
        while self._state == State.OPEN and not self.calls.is_blocked:
            message = self._next_message()
            if message is None:
                break
            self._handle(message)
        if self._state >= State.CLOSING:
            self._reader.clear()

    def _shake_hands(self) -> None:
        try:
            request = self._reader.handshake()
            if request is None:
                return
            agreed = parse_handshake(
                request,
                self._runtime.protocols,
                carries_binary=self._transport.carries_binary,
                detailed=self._runtime.options.enable_detailed_errors,
            )
        except HandshakeError as error:
            self._refuse_handshake(str(error))
            return
        self._agree(agreed)
        try:
            self._runtime.manager.register(self)
        except Exception as error:  # noqa: BLE001 - without a place among the others, there is no connection
            self._runtime.log_failure("connection could not be registered", error)
            self._give_up()
            return
        self._state = State.CONNECTING
        # Alone in its frame: some clients lose what follows the response.
        self._transport.write([Encoded(SUCCESS, binary=agreed.protocol.binary)])
        self._runtime.start(self._connect())

    def _agree(self, handshake: Handshake) -> None:
        self.protocol = handshake.protocol

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

    def _next_message(self) -> HubMessage | None:
        try:
            return self._reader.message(self.protocol)
        except Exception as error:  # noqa: BLE001 - no message, however odd, may end more than its own connection
            if not isinstance(error, InvalidDataError):
                self._runtime.log_failure("a message could not be read", error)
            self.fail(error)
            return None

    def _handle(self, message: HubMessage) -> None:
        if type(message) is Invocation:
            self.calls.handle(message)
        elif isinstance(message, Ping):
            self._pings = True
        elif isinstance(message, Close):
            self._close(HubError(message.error) if message.error else None, allow_reconnect=False, quiet=True)
        else:
            self.calls.handle(message)

    def go_on(self) -> None:
        """Handles what had to wait, and reads on if nothing has to wait any more."""
        self._advance()
        if not self.calls.is_blocked and self._state == State.OPEN:
            self._paused = False
            self._transport.resume()

    # The heartbeat

    def beat(self, now: float) -> None:
        """Called once a second: pings, and ends what has been silent or stuck for too long."""
        options = self._runtime.options
        if self._heard or self._paused:  # whose pings the server does not read is not silent
            self._heard = False
            self._last_heard = now
        if self._state == State.HANDSHAKE:
            if now - self._opened_at > options.handshake_timeout:
                self._refuse_handshake("Handshake was canceled.")
        elif self._has_expired:
            self._close(None, allow_reconnect=True)
        else:
            self._beat_open(now, options)

    @property
    def _has_expired(self) -> bool:
        return self._expires_at is not None and time.time() > self._expires_at

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
            except (Exception, asyncio.CancelledError) as failure:  # noqa: BLE001 - it must not keep the end from coming
                self._runtime.log_failure("a callback of on_aborted failed", failure)
        if before == State.HANDSHAKE:
            self._finished()
        elif before == State.OPEN:
            # Whoever waits for this client goes on first: the hub's goodbye may need what they hold.
            self.calls.end()
            self._runtime.manager.results.disconnected(self)
            self._runtime.start(self._say_goodbye())

    async def _say_goodbye(self) -> None:
        try:
            await self._runtime.dispatcher.disconnected(Call(self, self._runtime.manager, may_ask=False), self._error)
        finally:
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
