"""A connection that outlives its sockets: what stateful reconnect adds to it (HubProtocol, "Ack" and "Sequence")."""

import contextlib

from starlette.requests import HTTPConnection

from ..errors import InvalidOperationError
from ..messages import Ack, HubMessage, Sequence
from ..outgoing.resumption import StatefulSession
from ..principal import ClaimsPrincipal
from ..transports.base import Transport
from .connection import HubConnection, State
from .handshake import STATEFUL_VERSION, Handshake
from .served_hub import HubRuntime

ACK_DELAY = 1.0
"""Seconds from the first unacknowledged message of a client to the Ack."""


class ResumableConnection(HubConnection):
    """A connection that was offered stateful reconnect; whether the client takes it, its handshake says.

    A socket that breaks leaves the hub untouched: another one may go on within `reconnect_window` seconds.
    """

    __slots__ = ("_ack_scheduled", "_detached_at", "_reconnect_window")

    def __init__(
        self,
        runtime: HubRuntime,
        connection_id: str,
        user: ClaimsPrincipal,
        http: HTTPConnection,
        *,
        reconnect_window: float,
        expires_at: float | None = None,
    ) -> None:
        super().__init__(runtime, connection_id, user, http, expires_at=expires_at)
        self._reconnect_window = reconnect_window
        self._detached_at: float | None = None
        self._ack_scheduled = False

    @property
    def is_stateful(self) -> bool:
        return self.writer.session is not None

    @property
    def can_resume(self) -> bool:
        return self.is_stateful and self._state in (State.CONNECTING, State.OPEN)

    # Sockets come and go

    def attach(self, transport: Transport) -> None:
        """Gives the connection its transport; once more when the client comes back."""
        if not self.is_stateful:
            super().attach(transport)
            return
        if not self.can_resume:  # it ended while the socket was opening
            transport.abort()
            return
        replaced, self._transport = self._transport, transport
        if self._detached_at is None:
            replaced.abort()
        self._detached_at = None
        self._forget_unread()
        self._heard = True
        self.writer.reattach(transport, self.protocol)

    def transport_closed(self, transport: Transport, error: Exception | None, *, lost: bool = False) -> None:
        """A socket is gone; if its client said no goodbye, the connection waits for the next one."""
        if transport is not self._transport:
            return  # it was replaced before it noticed
        if lost and self.can_resume:
            self._detached_at = self._runtime.now()
            self._forget_unread()
            self.writer.detach()
        else:
            super().transport_closed(transport, error, lost=lost)

    def _forget_unread(self) -> None:
        """The client sends again what was not counted, from the beginning of a message, on a socket that is read."""
        self._reader.clear()
        self._paused = False
        self._read_acks()

    def beat(self, now: float) -> None:
        if self._detached_at is None:
            super().beat(now)
        elif self._has_expired or now - self._detached_at > self._reconnect_window:
            self._end(None)

    # In

    def _agree(self, handshake: Handshake) -> None:
        super()._agree(handshake)
        if handshake.version == STATEFUL_VERSION:
            self.writer.session = StatefulSession(self._runtime.options.stateful_reconnect_buffer_size)
            self.writer.expect_acks(readable=False)  # not before `on_connected` is through

    def _advance(self) -> None:
        super()._advance()
        if self.is_stateful and not self.is_closing:
            self._read_acks()

    def _read_acks(self) -> None:
        """Acks wait for nothing, or a stream beside a call that is held up would never be told that it may go on."""
        if self._state == State.OPEN and self.calls.is_blocked:
            with contextlib.suppress(Exception):  # what cannot be read is answered when its turn comes
                for message in self._reader.ahead(self.protocol):
                    if isinstance(message, Ack):
                        self.writer.acked(message.sequence_id)
        self.writer.expect_acks(readable=self._state == State.OPEN and not self._paused)

    def _pause(self) -> None:
        super()._pause()
        self.writer.expect_acks(readable=False)

    def _handle(self, message: HubMessage) -> None:
        session = self.writer.session
        if session is None:
            super()._handle(message)
            return
        if session.is_new(message):
            if isinstance(message, Ack):
                self.writer.acked(message.sequence_id)
            elif isinstance(message, Sequence):
                self._rewind(session, message)
            else:
                super()._handle(message)
        if session.owes_ack and not self._ack_scheduled:
            self._ack_scheduled = True
            self._runtime.later(ACK_DELAY, self._send_ack)

    def _rewind(self, session: StatefulSession, message: Sequence) -> None:
        try:
            session.rewind(message.sequence_id)
        except InvalidOperationError as error:
            self.fail(error)

    def _send_ack(self) -> None:
        self._ack_scheduled = False
        session = self.writer.session
        if session is not None and self._detached_at is None and self._state == State.OPEN:
            self.send_message(Ack(session.take_ack()))
