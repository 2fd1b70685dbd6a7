"""The messages of the SignalR hub protocol, before encoding and after parsing.

Source: HubProtocol specification of ASP.NET Core SignalR, "Message types". `arguments`, `item` and `result` hold
Python objects on the way out. On the way in they hold what the protocol needs for binding: raw bytes, for JSON.
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import Any

from msgspec import UNSET, Struct, UnsetType


class MessageType(IntEnum):
    """The `type` of a message on the wire."""

    INVOCATION = 1
    STREAM_ITEM = 2
    COMPLETION = 3
    STREAM_INVOCATION = 4
    CANCEL_INVOCATION = 5
    PING = 6
    CLOSE = 7
    ACK = 8
    SEQUENCE = 9


class Invocation(Struct, gc=False):
    """A call of `target`; without an id it is fire-and-forget and never answered."""

    target: str
    arguments: Any
    invocation_id: str | None = None
    stream_ids: tuple[str, ...] = ()
    headers: Mapping[str, str] | None = None


class StreamInvocation(Invocation, gc=False):
    """A call whose answer is a stream."""


class StreamItem(Struct, gc=False):
    """One element of a stream."""

    invocation_id: str
    item: Any


class Completion(Struct, gc=False):
    """The end of an invocation or a stream: a result, an error, or neither."""

    invocation_id: str
    result: Any | UnsetType = UNSET
    error: str | None = None


class CancelInvocation(Struct, gc=False):
    """The caller wants no more of this stream."""

    invocation_id: str


class Ping(Struct, gc=False):
    """A sign of life."""


class Close(Struct, gc=False):
    """The end of the connection, with the reason and whether the client may come back by itself."""

    error: str | None = None
    allow_reconnect: bool = False


class Ack(Struct, gc=False):
    """Stateful reconnect: everything up to `sequence_id` has arrived."""

    sequence_id: int


class Sequence(Struct, gc=False):
    """Stateful reconnect: the next counted message is number `sequence_id`."""

    sequence_id: int


HubMessage = Invocation | StreamInvocation | StreamItem | Completion | CancelInvocation | Ping | Close | Ack | Sequence


COUNTED = (Invocation, StreamInvocation, StreamItem, Completion, CancelInvocation)
"""The kinds of messages that stateful reconnect numbers, in both directions."""
