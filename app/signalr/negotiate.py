"""Negotiation: which transports there are, and an id for the connection to come (TransportProtocols specification)."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from starlette.datastructures import QueryParams

MAX_VERSION = 1


class NegotiationError(Exception):
    """The request cannot be granted; the text goes into the `error` member of the answer."""


class Negotiated(NamedTuple):
    """A connection that was promised and not yet opened."""

    connection_id: str
    expires_at: float


class Negotiations:
    """The ids that were handed out and wait for their transport."""

    def __init__(self) -> None:
        self._waiting: dict[str, Negotiated] = {}

    def add(self, version: int, now: float, lifetime: float) -> tuple[str, str]:
        """A new connection id and the token that opens it; in version 0 they are the same."""
        connection_id = new_id()
        token = new_id() if version else connection_id
        self._waiting[token] = Negotiated(connection_id, now + lifetime)
        return connection_id, token

    def redeem(self, token: str) -> str | None:
        """The connection id of a token, which is used up by this; None for an unknown or expired one."""
        negotiated = self._waiting.pop(token, None)
        return None if negotiated is None else negotiated.connection_id

    def expire(self, now: float) -> None:
        """Forgets what nobody opened in time."""
        for token, negotiated in tuple(self._waiting.items()):
            if negotiated.expires_at <= now:
                del self._waiting[token]


def new_id() -> str:
    """128 random bits in 22 characters that need no escaping in a URL."""
    return secrets.token_urlsafe(16)


def requested_version(query: QueryParams, minimum: int) -> int:
    """The version to answer with. Raises NegotiationError. Parameter names ignore case."""
    given = [value for name, value in query.multi_items() if name.lower() == "negotiateversion"]
    text = ",".join(given) if given else "0"
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 9:
        raise NegotiationError("The client requested a non-integer protocol version.")
    version = int(text)
    if version < minimum:
        raise NegotiationError(
            f"The client requested version '{version}', but the server does not support this version."
        )
    return min(version, MAX_VERSION)


def negotiate_response(
    version: int, connection_id: str, token: str, transports: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """The members of a successful answer; absent ones are left out, never null."""
    response: dict[str, Any] = {"negotiateVersion": version, "connectionId": connection_id}
    if version > 0:
        response["connectionToken"] = token
    response["availableTransports"] = transports
    return response
