"""Negotiation: which transports there are, and an id for the connection to come (TransportProtocols specification)."""

import re
import secrets
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from starlette.datastructures import QueryParams

from ..options import Redirect, TransportType
from .request import query_value

MAX_VERSION = 1

_INTEGER = re.compile(r"[\t-\r ]*([-+]?)0*([0-9]{1,10})[\t-\r ]*")
_INT32 = range(-(2**31), 2**31)


class NegotiationError(Exception):
    """A request that cannot be served; the text goes into the `error` member of the answer."""


def new_id() -> str:
    """128 random bits in 22 characters that need no escaping in a URL."""
    return secrets.token_urlsafe(16)


def requested_version(query: QueryParams, minimum: int) -> int:
    """The version to answer with. Raises NegotiationError."""
    text = query_value(query, "negotiateVersion")
    integer = _INTEGER.fullmatch("0" if text is None else text)
    if integer is None or (version := int("".join(integer.groups()))) not in _INT32:
        raise NegotiationError("The client requested a non-integer protocol version.")
    if version < minimum:
        raise NegotiationError(
            f"The client requested version '{version}', but the server does not support this version."
        )
    return min(version, MAX_VERSION)


def wants_stateful_reconnect(query: QueryParams) -> bool:
    """Whether the client asked for it: with `true`, in any case, and with nothing else."""
    return (query_value(query, "useStatefulReconnect") or "").strip().lower() == "true"


def negotiate_response(
    version: int, connection_id: str, token: str, transports: Sequence[Mapping[str, Any]], *, stateful: bool
) -> dict[str, Any]:
    """The members of a successful answer. Members without a value are left out, never null."""
    response: dict[str, Any] = {"useStatefulReconnect": True} if stateful else {}
    response |= {"negotiateVersion": version, "connectionId": connection_id}
    if version > 0:
        response["connectionToken"] = token
    response["availableTransports"] = transports
    return response


def redirect_response(elsewhere: Redirect) -> dict[str, Any]:
    """The members of an answer that sends the client to another server."""
    token = {} if elsewhere.access_token is None else {"accessToken": elsewhere.access_token}
    return {"url": elsewhere.url, **token}


def available_transports(allowed: Collection[TransportType]) -> list[dict[str, Any]]:
    """The `availableTransports` of an answer, in the order in which clients should try them."""
    return [
        {
            "transport": transport,
            "transferFormats": ["Text"] if transport == TransportType.SERVER_SENT_EVENTS else ["Text", "Binary"],
        }
        for transport in TransportType
        if transport in allowed
    ]
