"""The options of all hubs, of one hub, and of one path."""

import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Self
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from .principal import ClaimsPrincipal

KIB = 1024


@dataclass(frozen=True, kw_only=True)
class HubOptions:
    """Limits and periods of a hub. Times are seconds, sizes are bytes.

    Given to `map_hub`, they need only say what is special about that hub: an option that is left out has the value
    that `add_signalr` was given. One that is given counts, even if it is None or the default. Raises ValueError,
    naming the option, when a value cannot work; TypeError for a string of protocols.
    """

    keep_alive_interval: float = 15.0
    """How often the server pings each client; other traffic does not postpone it. Checked once a second."""

    client_timeout_interval: float = 30.0
    """Silence after which a client that has pinged at least once is closed. At least twice its ping period."""

    handshake_timeout: float = 15.0
    """Time from the opening of the transport to a complete handshake request."""

    maximum_receive_message_size: int | None = 32 * KIB
    """Largest inbound hub message, its separator included; None means no limit."""

    maximum_parallel_invocations_per_client: int = 1
    """Plain invocations of one client that may run at once. The next one waits, and everything behind it."""

    stream_buffer_capacity: int = 10
    """Unread items of one upload, after which its client has to wait."""

    supported_protocols: frozenset[str] | None = None
    """The names of the protocols that clients may choose, such as `json`; None means all."""

    enable_detailed_errors: bool = False
    """Whether clients see type and text of errors other than `HubError`. Exposes internals: development only."""

    outbox_limit: int = 1024 * KIB
    """Bytes that may wait for a client that does not read. A client with more than that is cut off."""

    transport_send_timeout: float = 10.0
    """How long a client may take none of the bytes that wait for it. After that it is cut off."""

    stateful_reconnect_buffer_size: int = 100_000
    """Bytes that are kept for a stateful client until it acknowledges them. Beyond that, messages to it wait."""

    close_timeout: float = 5.0
    """How long the server waits for the client's answer to a WebSocket Close frame."""

    def __new__(cls, **given: Any) -> Self:
        """Remembers which options were given, for `inherit`."""
        options = super().__new__(cls)
        object.__setattr__(options, "_given", frozenset(given))
        return options

    def inherit(self, general: "HubOptions") -> Self:
        """These options, with those that were left out taken from `general`."""
        given: frozenset[str] = vars(self)["_given"]
        inherited = {one.name for one in fields(general)} - given
        return type(self)(
            **{one.name: getattr(general if one.name in inherited else self, one.name) for one in fields(self)}
        )

    def __post_init__(self) -> None:
        for name in _PERIODS:
            if not _is_period(getattr(self, name)):
                raise ValueError(f"HubOptions.{name} is {getattr(self, name)!r}; it must be more than 0 seconds")
        for name in _COUNTS:
            if not _is_count(getattr(self, name)):
                raise ValueError(f"HubOptions.{name} is {getattr(self, name)!r}; it must be a whole number, at least 1")
        if self.maximum_receive_message_size is not None and not _is_count(self.maximum_receive_message_size):
            raise ValueError("HubOptions.maximum_receive_message_size must be at least 1 byte, or None for no limit")
        if isinstance(self.supported_protocols, str):
            names = f"HubOptions.supported_protocols is {self.supported_protocols!r}"
            raise TypeError(f"{names}; it must be a set of names")


def _is_period(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < math.inf


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


_PERIODS = (
    "keep_alive_interval",
    "client_timeout_interval",
    "handshake_timeout",
    "transport_send_timeout",
    "close_timeout",
)
_COUNTS = (
    "maximum_parallel_invocations_per_client",
    "stream_buffer_capacity",
    "outbox_limit",
    "stateful_reconnect_buffer_size",
)


class TransportType(StrEnum):
    """The transports of SignalR, in the order in which clients should try them."""

    WEB_SOCKETS = "WebSockets"
    SERVER_SENT_EVENTS = "ServerSentEvents"
    LONG_POLLING = "LongPolling"


class TransferFormat(StrEnum):
    """What a raw connection carries: text, in UTF-8, or any bytes."""

    TEXT = "Text"
    BINARY = "Binary"


ALL_TRANSPORTS = frozenset(TransportType)


@dataclass(frozen=True, slots=True)
class Redirect:
    """Where a client has to negotiate instead: at a hub's absolute `url`, with `access_token` if that is not None.

    The client keeps the query of `url`, forgets its own, and asks here again when it reconnects. Raises ValueError for
    a URL that no client could follow. Source: TransportProtocols specification, "POST [endpoint-base]/negotiate".
    """

    url: str
    access_token: str | None = None

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError(f"Redirect.url is {self.url!r}; it must be an absolute URL with http or https")


Redirector = Callable[[HTTPConnection, ClaimsPrincipal], Redirect | Awaitable[Redirect | None] | None]
"""Decides about one negotiation. None means that the client is served here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointOptions:
    """How one path of a hub is served. Raises ValueError, naming the option, when a value cannot work."""

    transports: frozenset[TransportType] = ALL_TRANSPORTS
    """The transports that clients may choose from."""

    minimum_protocol_version: int = 0
    """The lowest `negotiateVersion` that is served; 0 or 1."""

    poll_timeout: float = 90.0
    """Seconds after which a long poll without messages is answered; the client polls again."""

    disconnect_timeout: float = 15.0
    """Seconds that a negotiated connection waits for its transport, and a polled one for its next poll."""

    allow_stateful_reconnects: bool = False
    """Whether clients may ask to keep a connection over the loss of its WebSocket, for `disconnect_timeout`."""

    close_on_authentication_expiration: bool = False
    """Whether a connection ends (the client may reconnect) when the credentials that opened it expire."""

    redirect: Redirector | None = None
    """Sends clients to another server when they negotiate, such as one of their region; None serves all of them."""

    def __post_init__(self) -> None:
        if not self.transports or not ALL_TRANSPORTS.issuperset(self.transports):
            allowed = ", ".join(f"TransportType.{one.name}" for one in TransportType)
            raise ValueError(f"EndpointOptions.transports is {self.transports!r}; it must be a set of {allowed}")
        if self.minimum_protocol_version not in (0, 1):
            raise ValueError("EndpointOptions.minimum_protocol_version must be 0 or 1")
        if not (_is_period(self.poll_timeout) and _is_period(self.disconnect_timeout)):
            raise ValueError("EndpointOptions.poll_timeout and disconnect_timeout must be more than 0 seconds")
        if self.redirect is not None and not callable(self.redirect):
            raise ValueError(f"EndpointOptions.redirect is {self.redirect!r}; it must be a function, see Redirector")
