"""One connection, without a socket: bytes in, messages out, and its life from the handshake to the goodbye.

Nothing here waits for the network, and no method of the transport interface is a coroutine, so a connection needs no
task and no queue of its own; the whole protocol can be tested by calling `receive`.
"""

import asyncio
from collections.abc import Callable

from starlette.requests import HTTPConnection

from .. import endings
from ..calls.call import Activation
from ..endings import Ending, Farewell, SocketEnd
from ..errors import HubError, InvalidDataError, error_text
from ..hub.context import HubCallerContext
from ..messages import COUNTED, Close, HubMessage
from ..outgoing.buffered_writer import BufferedWriter
from ..outgoing.encoded import Encoded
from ..outgoing.writer import ClientWriter
from ..principal import ClaimsPrincipal
from ..protocols.base import HubProtocol
from ..transports.base import Transport
from .handshake import STATEFUL_VERSION, SUCCESS, Handshake, HandshakeError, error_response
from .heartbeat import Heartbeat
from .inbox import Inbox
from .resumption import Resumption
from .served_hub import ServedHub
from .states import NEXT, Event, State


class HubConnection:
    """A client of one hub, as its transport (`Receiver`), its calls (`Caller`) and its fellow members see it.

    `states.py` tells the states of its life. Everything that ends it calls `end` with a reason.
    """

    __slots__ = (
        "_aborted_callbacks",
        "_context",
        "_ending",
        "_heartbeat",
        "_hub",
        "_reconnect_window",
        "groups",
        "http",
        "id",
        "inbox",
        "on_closed",
        "protocol",
        "resumption",
        "state",
        "transport",
        "user",
        "user_identifier",
        "writer",
    )

    protocol: HubProtocol
    transport: Transport
    writer: ClientWriter | BufferedWriter
    _ending: Ending

    def __init__(
        self,
        hub: ServedHub,
        connection_id: str,
        user: ClaimsPrincipal,
        http: HTTPConnection,
        *,
        reconnect_window: float | None = None,
        expires_at: float | None = None,
    ) -> None:
        """With a `reconnect_window`, the client may ask for stateful reconnect in its handshake.

        `expires_at` is when the credentials end, in seconds since the epoch.
        """
        self.id = connection_id
        self.user = user
        self.user_identifier = hub.identify(user)
        self.http = http
        """The request that opened the connection."""
        self.groups: dict[str, None] = {}
        """Names of the groups that it is a member of; the manager keeps them."""
        self.on_closed: Callable[[], None] | None = None
        self.state = State.HANDSHAKE
        self.inbox = Inbox(self, hub)
        self.resumption: Resumption | None = None
        """None unless stateful reconnect was agreed."""
        self._hub = hub
        self.writer = ClientWriter(hub.outbox, hub.options.outbox_limit, self._overflowed)
        self._reconnect_window = reconnect_window
        self._context: HubCallerContext | None = None
        self._aborted_callbacks: tuple[Callable[[], None], ...] = ()
        self._heartbeat = Heartbeat(hub.now(), expires_at)

    # What a hub sees

    @property
    def context(self) -> HubCallerContext:
        """Made when first asked for: most idle connections never need it."""
        if self._context is None:
            self._context = HubCallerContext(self)
        return self._context

    @property
    def transport_name(self) -> str:
        """`WebSockets`, `ServerSentEvents` or `LongPolling`."""
        return self.transport.name

    @property
    def is_closing(self) -> bool:
        """Whether the end has begun: nothing more reaches the client."""
        return self.state >= State.CLOSING

    def on_aborted(self, callback: Callable[[], None]) -> None:
        """See `HubCallerContext.on_aborted`."""
        if self.is_closing:
            callback()
        else:
            self._aborted_callbacks += (callback,)

    def abort(self) -> None:
        """See `HubCallerContext.abort`."""
        self.end(endings.ABORTED_BY_HUB)

    # What the transport calls

    @property
    def close_timeout(self) -> float:
        """Seconds that a transport waits for its peer's goodbye."""
        return self._hub.options.close_timeout

    @property
    def is_stateful(self) -> bool:
        """Whether stateful reconnect was agreed."""
        return self.resumption is not None

    @property
    def can_resume(self) -> bool:
        """Whether another socket may go on with this connection."""
        return self.resumption is not None and not self.is_closing

    def attach(self, transport: Transport) -> None:
        """Gives the connection its transport, before anything else; or another one, when the client comes back."""
        if self.resumption is not None:
            self._resume(self.resumption, transport)
            return
        self.transport = transport
        self.writer.attach(transport)
        self._hub.opened(self)
        if not self._hub.protocols:
            self._hub.log_failure("no hub protocol is allowed", None)
            self.end(endings.NO_SERVICE)

    def _resume(self, resumption: Resumption, transport: Transport) -> None:
        if self.is_closing:  # it ended while the socket was opening
            transport.abort()
            return
        replaced, self.transport = self.transport, transport
        if not resumption.is_detached:
            replaced.abort()
        self._heartbeat.heard = True
        self._forget_unread()
        resumption.attach(transport)

    def receive(self, data: bytes) -> None:
        """Takes bytes from the client, cut anywhere."""
        self._heartbeat.heard = True
        if self.state is State.HANDSHAKE:
            self._shake_hands(data)
            data = b""
        if self.state < State.CLOSING:
            self.inbox.receive(data)

    def drained(self, transport: Transport) -> None:
        """The transport takes messages again."""
        if transport is self.transport:  # and not one that was replaced while it was behind
            self.writer.drained()

    def transport_closed(self, transport: Transport, error: Exception | None, *, lost: bool = False) -> None:
        """The socket is gone: `lost` if its client said no goodbye. A client that can resume may come back."""
        if transport is not self.transport:
            return  # it was replaced before it noticed
        if lost and self.resumption is not None and not self.is_closing:
            self.resumption.detach()
            self._forget_unread()
            return
        if error is None and not lost and self.state is State.OPEN and self.inbox.waiting_bytes:
            error = InvalidDataError("Connection terminated while reading a message.")
        self.end(endings.socket_gone(error))

    def _forget_unread(self) -> None:
        """The client sends again what was not counted, from the beginning of a message."""
        self.inbox.clear()
        self.inbox.read_ahead()

    # Out

    def send_message(self, message: HubMessage) -> None:
        """Encodes and sends. Raises TypeError or ValueError for a value that cannot be written."""
        counted = isinstance(message, COUNTED)
        self.writer.send(Encoded(self.protocol.encode(message), binary=self.protocol.binary, counted=counted))

    def send_or_fail(self, message: HubMessage) -> None:
        """Encodes and sends. A value that cannot be written ends the connection: its receiver would wait forever."""
        try:
            self.send_message(message)
        except Exception as error:  # noqa: BLE001 - reading the attributes of a hub's own object may raise anything
            self.end(endings.failed(error))

    async def has_room(self) -> bool:
        """Returns when the client has taken enough of what was sent; False if nothing reaches it any more."""
        return await self.writer.has_room()

    def _overflowed(self) -> None:
        limit = self._hub.options.outbox_limit
        why = f"more than {limit} bytes waited for a client that does not read"
        self._hub.soon(lambda: self.end(endings.cut_off(why)))

    # The handshake

    def _shake_hands(self, data: bytes) -> None:
        try:
            agreed = self.inbox.handshake(data)
        except HandshakeError as error:
            self.end(endings.refused(str(error)))
            return
        if agreed is None:
            return
        self._agree(agreed)
        try:
            self._hub.manager.register(self)
        except Exception as error:  # noqa: BLE001 - without a place among the members, there is no connection
            self._hub.log_failure("connection could not be registered", error)
            self.end(endings.NO_SERVICE)
            return
        self._follow(Event.AGREED)
        # Alone in its frame: some clients lose what follows the response.
        self.transport.write([Encoded(SUCCESS, binary=agreed.protocol.binary)])
        self._hub.start(self._connect())

    def _agree(self, agreed: Handshake) -> None:
        self.protocol = agreed.protocol
        window = self._reconnect_window
        if window is not None and agreed.version == STATEFUL_VERSION:
            assert isinstance(self.writer, ClientWriter)  # noqa: S101 - handshakes are agreed once
            self.resumption = Resumption(self._hub, agreed.protocol, self.writer, window, self._overflowed)
            self.writer = self.resumption.writer

    async def _connect(self) -> None:
        try:
            await self._hub.dispatcher.connected(Activation(self, self._hub.manager))
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - any error of a hub refuses the connection
            if not isinstance(error, HubError):
                self._hub.log_failure("on_connected failed", error)
            self._aborted_callbacks = ()  # nothing was begun that a refused connection would have to end
            self.end(endings.refused_by_hub(error))
            self._release()
            return
        if self._follow(Event.CONNECTED):
            self._hub.soon(self.inbox.go_on)
        else:  # it ended meanwhile, and waited for this to say goodbye
            await self._say_goodbye()

    def beat(self, now: float) -> None:
        """Called once a second: pings, and ends what has been silent or stuck for too long."""
        options = self._hub.options
        if (ending := self._heartbeat.ending_due(self, options, now)) is not None:
            self.end(ending)
        elif self._heartbeat.takes_ping(self, options, now):
            self.writer.send(self._hub.ping(self.protocol))

    # The end

    def _follow(self, event: Event) -> bool:
        """Goes to the state that the table names; False where `event` has no place in the present one."""
        following = NEXT[self.state].get(event)
        if following is None:
            return False
        self.state = following
        return True

    def end(self, ending: Ending) -> None:
        """Begins the end of the connection, for the reason that `ending` gives; only the first one counts.

        The client hears its last message, `aborted` fires, and the hub says goodbye. The socket is closed last.
        """
        before = self.state
        if not self._follow(Event.ENDED):
            return
        self._ending = ending
        if ending.warning is not None:
            self._hub.log_cut_off(self.id, ending.warning)
        if ending.socket is SocketEnd.ABORT:
            self.transport.abort()
        elif ending.farewell is not Farewell.NOTHING:
            self.writer.close([self._last_message(before, ending)])
        self.writer.shut()
        self.inbox.end()
        self._fire_aborted()
        if before is State.HANDSHAKE:
            self._leave()
            return
        # What waits for this client goes on first: the hub's goodbye may need what they hold, and an `on_connected`
        # that still runs may be one of them.
        self.inbox.calls.end()
        self._hub.manager.results.disconnected(self)
        if before is State.OPEN:
            self._hub.start(self._say_goodbye())

    def _last_message(self, before: State, ending: Ending) -> Encoded:
        if before is State.HANDSHAKE:
            return Encoded(error_response(ending.refusal), binary=False)
        text = None
        if ending.farewell is Farewell.CLOSE_WITH_ERROR and ending.error is not None:
            detailed = self._hub.options.enable_detailed_errors
            text = error_text("Connection closed with an error.", ending.error, detailed=detailed)
        close = Close(text, ending.may_reconnect)
        return Encoded(self.protocol.encode(close), binary=self.protocol.binary)

    def _fire_aborted(self) -> None:
        callbacks, self._aborted_callbacks = self._aborted_callbacks, ()
        for callback in callbacks:
            try:
                callback()
            except (Exception, asyncio.CancelledError) as failure:  # noqa: BLE001 - it must not keep the end from coming
                self._hub.log_failure("a callback of on_aborted failed", failure)

    async def _say_goodbye(self) -> None:
        try:
            await self._hub.dispatcher.disconnected(Activation(self, self._hub.manager), self._ending.error)
        finally:
            self._release()

    def _release(self) -> None:
        """The hub has said goodbye."""
        self._hub.manager.unregister(self)
        self._leave()

    def _leave(self) -> None:
        """Closes the socket, and has the server forget the connection."""
        self._follow(Event.RELEASED)
        self.close_socket()
        self._hub.closed(self)
        if self.on_closed is not None:
            self.on_closed()

    def close_socket(self) -> None:
        """Closes the socket. A server that stops does so before the hub has said goodbye, if that takes too long."""
        self.transport.close(failed=self.is_closing and self._ending.socket is SocketEnd.FAIL)
