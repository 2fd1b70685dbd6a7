"""JSON Schemas of the messages of the JSON hub protocol, one for each method and event."""

from collections.abc import Sequence
from typing import Any

from ..messages import MessageType
from .description import Parameter
from .json_schema import Schema

_ID: Schema = {"type": "string", "description": "Ties the answer to the call; unique among the calls of one sender."}


def call(target: str, parameters: Sequence[Parameter], *, is_stream: bool) -> Schema:
    """What a client sends; without an `invocationId` it does not wait for an answer."""
    uploads = [parameter.name for parameter in parameters if parameter.is_upload]
    members = _invocation(
        MessageType.STREAM_INVOCATION if is_stream else MessageType.INVOCATION,
        target,
        [arguments([parameter for parameter in parameters if not parameter.is_upload])],
    )
    required = ["invocationId"] if is_stream else []
    if uploads:
        required.append("streamIds")
        members["streamIds"] = {
            "type": "array",
            "items": {"type": "string"},
            "minItems": len(uploads),
            "maxItems": len(uploads),
            "description": f"The ids of the uploads: {', '.join(uploads)}.",
        }
    return _message(members, "target", "arguments", *required)


def event(target: str, signatures: Sequence[Sequence[Parameter]], *, is_answered: bool) -> Schema:
    """What the server sends; with an `invocationId` where it waits for an answer."""
    members = _invocation(MessageType.INVOCATION, target, list(map(arguments, signatures)))
    return _message(members, "target", "arguments", *(["invocationId"] if is_answered else []))


def stream_item(item: Schema) -> Schema:
    """One item of a stream in either direction."""
    members = {"type": {"const": MessageType.STREAM_ITEM.value}, "invocationId": _ID, "item": item}
    return _message(members, "invocationId", "item")


def completion(result: Schema | None) -> Schema:
    """The end of a call: its result, nothing, or the text of an error."""
    members = {
        "type": {"const": MessageType.COMPLETION.value},
        "invocationId": _ID,
        "result": {"type": "null"} if result is None else result,
        "error": {"type": "string"},
    }
    return _message(members, "invocationId") | {"not": {"required": ["result", "error"]}}


def arguments(parameters: Sequence[Parameter]) -> Schema:
    """The array of the arguments, each with its name as the title."""
    items = [{"title": parameter.name, "allOf": [parameter.schema]} for parameter in parameters]
    required = sum(not parameter.is_optional for parameter in parameters)
    return {
        "type": "array",
        **({"items": items, "additionalItems": False} if items else {}),
        "minItems": required,
        "maxItems": len(items),
    }


def _invocation(kind: MessageType, target: str, shapes: list[Schema]) -> dict[str, Any]:
    return {
        "type": {"const": kind.value},
        "invocationId": _ID,
        "target": {"const": target},
        "arguments": shapes[0] if len(shapes) == 1 else {"oneOf": shapes},
    }


def _message(members: dict[str, Any], *required: str) -> Schema:
    return {"type": "object", "required": ["type", *required], "properties": members}
