"""Why a JSON message was refused, in the words that clients of ASP.NET Core know.

Reached only after the fast decoder has failed, so it may take its time: it finds the first fault and names it.
"""

import json
import re
from collections.abc import Callable
from typing import Any, NoReturn

from app.signalr.errors import EncodingError, FormatError, InvalidDataError

MAX_DEPTH = 64
NOT_AN_INTEGER = "Either the JSON value is not in a supported format, or is out of bounds for an Int32."

_KINDS: dict[str, str] = {
    "type": "Number",
    "target": "String",
    "invocationId": "String",
    "arguments": "Array",
    "streamIds": "Array",
    "error": "String",
    "headers": "StartObject",
    "sequenceId": "Number",
}
_TOKENS: tuple[tuple[type, str], ...] = (
    (list, "Array"),
    (str, "String"),
    (bool, "Boolean"),
    (int, "Number"),
    (float, "Number"),
    (dict, "StartObject"),
)
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*+"')
_BRACKETS = re.compile(rb"[\[\]{}]")


def check_depth(payload: bytes) -> None:
    """Raises InvalidDataError when objects and arrays nest deeper than 64 levels, the message itself included."""
    depth = 0
    for bracket in _BRACKETS.findall(_STRINGS.sub(b"", payload)):
        depth += 1 if bracket in b"[{" else -1
        if depth > MAX_DEPTH:
            raise InvalidDataError("Error reading JSON.")


def checked(payload: bytes) -> dict[str, Any]:
    """The members of the object; what follows it is ignored. Raises InvalidDataError, naming the first fault."""
    try:
        text = payload.decode()
        start = len(text) - len(text.lstrip(" \t\r\n"))
        value, _ = _decoder.raw_decode(text, start)
    except UnicodeDecodeError as error:
        if not _STRINGS.sub(b"", payload).isascii():  # what is no text at all is no JSON either
            raise InvalidDataError("Error reading JSON.") from error
        raise EncodingError("Cannot transcode invalid UTF-8 JSON text to UTF-16 string.") from error
    except (ValueError, RecursionError) as error:
        raise InvalidDataError("Error reading JSON.") from error
    if not isinstance(value, dict):
        raise InvalidDataError(f"Unexpected JSON Token Type '{_token(value)}'. Expected a JSON Object.")
    for name, member in value.items():
        _check_member(name, member)
    return value


def _check_member(name: str, value: Any) -> None:
    kind = _KINDS.get(name)
    if kind is not None and _token(value) != kind:
        raise InvalidDataError(f"Expected '{name}' to be of type {kind}.")
    if kind == "Number" and (not isinstance(value, int) or abs(value) >> (31 if name == "type" else 63)):
        raise FormatError(NOT_AN_INTEGER)
    if kind == "String":
        _check_text(value)
    if (check := _CHECKS.get(name)) is not None:
        check(value)


def _check_text(value: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise EncodingError("Cannot transcode invalid UTF-16 string to UTF-8 JSON text.") from error


def _check_flag(value: Any) -> None:
    if not isinstance(value, bool):
        raise InvalidDataError("Expected 'allowReconnect' to be true or false.")


def _check_headers(headers: dict[str, Any]) -> None:
    for name, content in headers.items():
        if not isinstance(content, str):
            raise InvalidDataError(f"Expected header '{name}' to be of type String.")


def _check_stream_ids(identifiers: list[Any]) -> None:
    for identifier in identifiers:
        if identifier is None:
            raise InvalidDataError("Null value for 'streamIds' is not valid.")
        if not isinstance(identifier, str):
            raise EncodingError(f"Cannot get the value of a token type '{_token(identifier)}' as a string.")


_CHECKS: dict[str, Callable[[Any], None]] = {
    "allowReconnect": _check_flag,
    "headers": _check_headers,
    "streamIds": _check_stream_ids,
}


def _token(value: Any) -> str:
    return next((name for kind, name in _TOKENS if isinstance(value, kind)), "Null")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_decoder = json.JSONDecoder(parse_constant=_refuse_constant)
