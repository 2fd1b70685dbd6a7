"""The JSON hub protocol (HubProtocol specification, "JSON Encoding"): one object a message, ended by 0x1E."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from msgspec import UNSET, DecodeError, Raw, Struct, UnsetType, ValidationError, convert
from msgspec.json import Decoder

from ..binding.json_values import JsonValues
from ..errors import InvalidDataError
from ..messages import (
    Ack,
    CancelInvocation,
    Close,
    Completion,
    HubMessage,
    Invocation,
    MessageType,
    Ping,
    Sequence,
    StreamInvocation,
    StreamItem,
)
from ..naming import FieldName
from .base import Arguments, Framed, SingleValue
from .diagnosis.json_rules import RULES
from .diagnosis.json_text import read_members
from .guards import JSON_DEPTH, check_integer, check_json_depth

SEPARATOR = b"\x1e"
T = TypeVar("T")


class _Envelope(Struct, gc=False, rename="camel"):
    """Every property that a message may have; anything else is ignored."""

    type: int | UnsetType = UNSET
    target: str | UnsetType = UNSET
    invocation_id: str | UnsetType = UNSET
    arguments: Raw | UnsetType = UNSET
    stream_ids: list[str] | UnsetType = UNSET
    item: Raw | UnsetType = UNSET
    result: Raw | UnsetType = UNSET
    error: str | UnsetType = UNSET
    headers: dict[str, str] | UnsetType = UNSET
    sequence_id: int | UnsetType | None = UNSET
    allow_reconnect: bool | UnsetType = UNSET


class JsonHubProtocol:
    """`json`: text, compact. Declared fields have their alias as a name; those of dataclasses are in camelCase."""

    name = "json"
    binary = False

    def __init__(self, *, field_name: FieldName | None = None) -> None:
        """`field_name` makes the name of a declared field out of its own and its alias. It does not change reading."""
        self._dumps = JsonValues(field_name).dumps

    def frame(self, buffer: bytes, start: int) -> Framed | None:
        end = buffer.find(SEPARATOR, start)
        return None if end < 0 else Framed(start, end, end + 1)

    def parse(self, payload: bytes) -> HubMessage | None:
        try:
            if payload.count(b"[") + payload.count(b"{") > JSON_DEPTH:
                check_json_depth(payload)
            envelope = _decode(payload)
        except (DecodeError, ValidationError, UnicodeDecodeError, InvalidDataError):
            # The reference accepts more than the fast decoder does, such as text behind the object.
            envelope = convert(read_members(payload, RULES), _Envelope)
        kind = _required(envelope.type, "type")
        if envelope.arguments is not UNSET and kind not in _CALLS:
            _array(envelope.arguments)
        build = _BUILDERS.get(kind)
        if build is None:
            check_integer(kind, 32)
            return None
        return build(envelope)

    def bind(self, raw: Any, arguments: Arguments) -> tuple[Any, ...]:
        return arguments.from_json(raw)

    def bind_value(self, raw: Any, value: SingleValue) -> Any:
        return value.from_json(raw)

    def encode(self, message: HubMessage) -> bytes:
        return self._dumps(_WRITERS[type(message)](message)) + SEPARATOR


_decode = Decoder(_Envelope).decode


def _required(value: T | UnsetType | None, name: str) -> T:
    if value is None or isinstance(value, UnsetType):
        raise InvalidDataError(f"Missing required property '{name}'.")
    return value


def _optional(value: T | UnsetType) -> T | None:
    return None if isinstance(value, UnsetType) else value


def _array(arguments: Raw) -> bytes:
    if not (array := bytes(arguments)).startswith(b"["):
        raise InvalidDataError("Expected 'arguments' to be of type Array.")
    return array


def _id(envelope: _Envelope) -> str:
    if not (identifier := _required(envelope.invocation_id, "invocationId")):
        raise InvalidDataError("Missing required property 'invocationId'.")
    return identifier


def _invocation(envelope: _Envelope) -> Invocation:
    if envelope.stream_ids is UNSET and envelope.headers is UNSET and type(envelope.target) is str:
        raw = envelope.arguments
        if raw is not UNSET and (arguments := bytes(raw)).startswith(b"["):
            return Invocation(envelope.target, arguments, envelope.invocation_id or None)
    return _unusual_invocation(envelope)


def _unusual_invocation(envelope: _Envelope) -> Invocation:
    target = _required(envelope.target, "target")
    return Invocation(
        target,
        _array(_required(envelope.arguments, "arguments")),
        _optional(envelope.invocation_id) or None,
        tuple(_optional(envelope.stream_ids) or ()),
        _optional(envelope.headers),
    )


def _stream_invocation(envelope: _Envelope) -> StreamInvocation:
    identifier = _id(envelope)
    call = _invocation(envelope)
    return StreamInvocation(call.target, call.arguments, identifier, call.stream_ids, call.headers)


def _completion(envelope: _Envelope) -> Completion:
    if not isinstance(envelope.error, UnsetType) and not isinstance(envelope.result, UnsetType):
        raise InvalidDataError("The 'error' and 'result' properties are mutually exclusive.")
    result = UNSET if isinstance(envelope.result, UnsetType) else bytes(envelope.result)
    return Completion(_id(envelope), result, _optional(envelope.error))


def _stream_item(envelope: _Envelope) -> StreamItem:
    return StreamItem(_id(envelope), bytes(_required(envelope.item, "item")))


def _sequence_id(envelope: _Envelope) -> int:
    sequence_id = _required(envelope.sequence_id, "sequenceId")
    check_integer(sequence_id, 64)
    return sequence_id


_BUILDERS: Mapping[int, Callable[[_Envelope], HubMessage]] = {
    MessageType.INVOCATION: _invocation,
    MessageType.STREAM_ITEM: _stream_item,
    MessageType.COMPLETION: _completion,
    MessageType.STREAM_INVOCATION: _stream_invocation,
    MessageType.CANCEL_INVOCATION: lambda e: CancelInvocation(_id(e)),
    MessageType.PING: lambda _: Ping(),
    MessageType.CLOSE: lambda e: Close(_optional(e.error), bool(_optional(e.allow_reconnect))),
    MessageType.ACK: lambda e: Ack(_sequence_id(e)),
    MessageType.SEQUENCE: lambda e: Sequence(_sequence_id(e)),
}
_CALLS = frozenset({MessageType.INVOCATION, MessageType.STREAM_INVOCATION})


def _call(message: Invocation, kind: int = MessageType.INVOCATION) -> dict[str, Any]:
    # Absent members are left out, never null: several clients fail on null.
    members: dict[str, Any] = {"type": kind}
    if message.headers:
        members["headers"] = dict(message.headers)
    if message.invocation_id is not None:
        members["invocationId"] = message.invocation_id
    members["target"] = message.target
    members["arguments"] = message.arguments
    if message.stream_ids:
        members["streamIds"] = message.stream_ids
    return members


def _completed(message: Completion) -> dict[str, Any]:
    members: dict[str, Any] = {"type": 3, "invocationId": message.invocation_id}
    if message.error is not None:
        members["error"] = message.error
    elif message.result is not UNSET:
        members["result"] = message.result
    return members


def _closed(message: Close) -> dict[str, Any]:
    members: dict[str, Any] = {"type": 7}
    if message.error is not None:
        members["error"] = message.error
    if message.allow_reconnect:
        members["allowReconnect"] = True
    return members


_WRITERS: Mapping[type[HubMessage], Callable[[Any], dict[str, Any]]] = {
    Invocation: _call,
    StreamInvocation: lambda m: _call(m, MessageType.STREAM_INVOCATION),
    StreamItem: lambda m: {"type": 2, "invocationId": m.invocation_id, "item": m.item},
    Completion: _completed,
    CancelInvocation: lambda m: {"type": 5, "invocationId": m.invocation_id},
    Ping: lambda _: {"type": 6},
    Close: _closed,
    Ack: lambda m: {"type": 8, "sequenceId": m.sequence_id},
    Sequence: lambda m: {"type": 9, "sequenceId": m.sequence_id},
}
"""The members of each kind of message."""
