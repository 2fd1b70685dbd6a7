"""What is looked at once a second: has the client been heard, does it read, and is it time for a ping?"""

import time
from typing import TYPE_CHECKING

from ..endings import CREDENTIALS_EXPIRED, HANDSHAKE_TIMEOUT, NOT_RESUMED, Ending, cut_off, timed_out
from ..options import HubOptions
from .states import State

if TYPE_CHECKING:
    from .connection import HubConnection


class Heartbeat:
    """The clocks of one connection."""

    __slots__ = ("_expires_at", "_last_heard", "_last_ping", "_opened_at", "heard")

    def __init__(self, now: float, expires_at: float | None) -> None:
        """`expires_at` is when the credentials end, in seconds since the epoch."""
        self._expires_at = expires_at
        self._opened_at = self._last_heard = self._last_ping = now
        self.heard = False
        """Whether anything has come since the last look. The connection sets it."""

    def ending_due(self, connection: "HubConnection", options: HubOptions, now: float) -> Ending | None:
        """Returns the ending for which it is time, if it is."""
        resumption = connection.resumption
        if resumption is not None and resumption.is_detached:
            return NOT_RESUMED if self._has_expired or resumption.has_lapsed(now) else None
        if self.heard or connection.inbox.is_paused:  # a client whose pings the server does not read is not silent
            self.heard = False
            self._last_heard = now
        if connection.state is State.HANDSHAKE:
            return HANDSHAKE_TIMEOUT if now - self._opened_at > options.handshake_timeout else None
        if self._has_expired:
            return CREDENTIALS_EXPIRED
        if connection.inbox.has_pinged and now - self._last_heard > options.client_timeout_interval:
            return timed_out()
        stalled_since = connection.writer.stalled_since
        if stalled_since is not None and now - stalled_since > options.transport_send_timeout:
            return cut_off(f"the client took nothing for {options.transport_send_timeout} seconds")
        return None

    @property
    def _has_expired(self) -> bool:
        return self._expires_at is not None and time.time() > self._expires_at

    def takes_ping(self, connection: "HubConnection", options: HubOptions, now: float) -> bool:
        """Returns whether it is time for a ping, and then counts it as sent."""
        if connection.state is State.HANDSHAKE or not connection.transport.needs_pings:
            return False
        if now - self._last_ping <= options.keep_alive_interval:
            return False
        self._last_ping = now
        return True
