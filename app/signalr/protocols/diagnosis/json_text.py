"""Reads a JSON object as ASP.NET Core does: from left to right, and naming the first fault in the same words.

This is slow, and does not have to be fast.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, NoReturn

from msgspec import Raw

from ...errors import EncodingError, InvalidDataError
from ..guards import JSON_DEPTH, check_integer, check_json_depth

TOKENS = frozenset({"StartObject", "Array", "String", "Number", "True", "False", "Null"})

_SPACE = r"[ \t\r\n]*"
_STRING = r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+"'
_NUMBER = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![^,\]} \t\r\n/])"
_TOKEN = re.compile(
    rf"{_SPACE}(?:(?P<StartObject>{{)|(?P<Array>\[)|(?P<String>{_STRING})|(?P<Number>{_NUMBER})"
    r"|(?P<True>true)|(?P<False>false)|(?P<Null>null))"
)
_OPENING = re.compile(rf"{_SPACE}{{{_SPACE}(}}?)")
_NAME = re.compile(rf"({_STRING}){_SPACE}:{_SPACE}")
_NEXT = re.compile(rf"{_SPACE}([,}}]){_SPACE}")
_SURROGATE = re.compile("[\ud800-\udfff]")


def _accept(_: Any) -> None:
    pass


class Rule(NamedTuple):
    """What a member must be: one of these tokens, in errors `expected`, with a value that `check` accepts."""

    tokens: frozenset[str]
    expected: str
    check: Callable[[Any], None] = _accept
    raw: bool = False
    """Whether its JSON is kept, to be read later."""


def read_members(payload: bytes, rules: Mapping[str, Rule]) -> dict[str, Any]:
    """Returns the members that have a rule. Text after the object is ignored. Raises InvalidDataError."""
    text = payload.decode(errors="surrogateescape")
    try:
        return _members(text, rules)
    except (ValueError, RecursionError) as error:
        raise InvalidDataError("Error reading JSON.") from error


def token(text: str, position: int = 0) -> str:
    """Returns .NET's name for the value at `position`. Raises ValueError if there is none."""
    return str(_match(_TOKEN, text, position).lastgroup)


def check_text(value: str) -> None:
    """Raises EncodingError for bytes that are not UTF-8, and for half a surrogate pair."""
    fault = _SURROGATE.search(value)
    if fault is None:
        return
    if "\udc80" <= fault[0] <= "\udcff":  # as undecodable bytes are escaped
        raise EncodingError("Cannot transcode invalid UTF-8 JSON text to UTF-16 string.")
    if fault[0] < "\udc00":
        raise EncodingError("Cannot read incomplete UTF-16 JSON text as string with missing low surrogate.")
    raise EncodingError(
        f"Cannot read invalid UTF-16 JSON text as string. Invalid surrogate value: '0x{ord(fault[0]):X}'."
    )


def integer(bits: int, *, or_null: bool = False) -> Rule:
    """Returns the rule of an integer of at most `bits` bits."""

    def check(value: Any) -> None:
        if value is not None:
            check_integer(value, bits)

    return Rule(frozenset({"Number", "Null"} if or_null else {"Number"}), "of type Number", check)


STRING = Rule(frozenset({"String"}), "of type String", check_text)


def _members(text: str, rules: Mapping[str, Rule]) -> dict[str, Any]:
    if (kind := token(text)) != "StartObject":
        raise InvalidDataError(f"Unexpected JSON Token Type '{kind}'. Expected a JSON Object.")
    members: dict[str, Any] = {}
    delimiter = _match(_OPENING, text, 0)
    while delimiter[1] != "}":
        named = _match(_NAME, text, delimiter.end())
        name = json.loads(named[1])
        check_text(name)
        rule = rules.get(name)
        if rule is not None and token(text, named.end()) not in rule.tokens:
            raise InvalidDataError(f"Expected '{name}' to be {rule.expected}.")
        value, end = _decoder.raw_decode(text, named.end())
        raw = text[named.end() : end].encode(errors="surrogateescape")
        check_json_depth(raw, JSON_DEPTH - 1)
        if rule is not None:
            rule.check(value)
            members[name] = Raw(raw) if rule.raw else value
        delimiter = _match(_NEXT, text, end)
    return members


def _match(pattern: re.Pattern[str], text: str, position: int) -> re.Match[str]:
    found = pattern.match(text, position)
    if found is None:
        raise ValueError(f"no JSON at {position}")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_decoder = json.JSONDecoder(parse_constant=_refuse_constant)
