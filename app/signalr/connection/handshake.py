"""The first message of a connection: which protocol it speaks (HubProtocol specification, "Handshake")."""

from collections.abc import Mapping
from typing import NamedTuple

import orjson

from ..errors import InvalidDataError, error_text
from ..protocols.base import HubProtocol
from ..protocols.diagnosis.json_text import STRING, integer, read_members

SUCCESS = b"{}\x1e"
SEPARATOR = b"\x1e"
STATEFUL_VERSION = 2
MAX_VERSION = 2
_MEMBERS = {"protocol": STRING, "version": integer(32, or_null=True)}


class Handshake(NamedTuple):
    """The protocol that both ends agreed on."""

    protocol: HubProtocol
    version: int


class HandshakeError(Exception):
    """The request is refused. The client reads the text."""


def parse_handshake(
    payload: bytes, protocols: Mapping[str, HubProtocol], *, carries_binary: bool, detailed: bool
) -> Handshake:
    """Reads a request without its separator. Raises HandshakeError."""
    try:
        name, version = _members(payload)
    except InvalidDataError as error:
        text = "An unexpected error occurred during connection handshake."
        raise HandshakeError(error_text(text, error, detailed=detailed)) from error
    protocol = protocols.get(name.lower())
    if protocol is None:
        raise HandshakeError(f"The protocol '{name}' is not supported.")
    if protocol.binary and not carries_binary:
        raise HandshakeError(
            f"Cannot use the '{protocol.name}' protocol on the current transport."
            " The transport does not support 'Binary' transfer format."
        )
    if version > MAX_VERSION:
        raise HandshakeError(f"The server does not support version {version} of the '{protocol.name}' protocol.")
    return Handshake(protocol, version)


def _members(payload: bytes) -> tuple[str, int]:
    request = read_members(payload, _MEMBERS)
    for name in _MEMBERS:
        if request.get(name) is None:
            content = payload.decode(errors="replace")
            raise InvalidDataError(f"Missing required property '{name}'. Message content: {content}")
    return request["protocol"], request["version"]


def error_response(text: str) -> bytes:
    """Returns the answer to a refused request."""
    # The text may repeat what the client sent, and lone surrogates cannot be encoded.
    return orjson.dumps({"error": text.encode(errors="replace").decode()}) + SEPARATOR
