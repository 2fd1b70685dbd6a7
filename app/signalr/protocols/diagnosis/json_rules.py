"""The members of a JSON hub message: what each of them has to be, and what ASP.NET Core says when it is not."""

import json
from collections.abc import Mapping
from typing import Any

from ...errors import EncodingError, InvalidDataError
from .json_text import STRING, TOKENS, Rule, check_text, integer, token


def _check_headers(headers: dict[str, Any]) -> None:
    for name, content in headers.items():
        check_text(name)
        if not isinstance(content, str):
            raise InvalidDataError(f"Expected header '{name}' to be of type String.")
        check_text(content)


def _check_stream_ids(identifiers: list[Any]) -> None:
    for identifier in identifiers:
        if identifier is None:
            raise InvalidDataError("Null value for 'streamIds' is not valid.")
        if not isinstance(identifier, str):
            kind = token(json.dumps(identifier))
            raise EncodingError(f"Cannot get the value of a token type '{kind}' as a string.")
        check_text(identifier)


_ANY = Rule(TOKENS, "a value", raw=True)

RULES: Mapping[str, Rule] = {
    "type": integer(32),
    "target": STRING,
    "invocationId": STRING,
    "arguments": Rule(frozenset({"Array"}), "of type Array", raw=True),
    "streamIds": Rule(frozenset({"Array"}), "of type Array", _check_stream_ids),
    "item": _ANY,
    "result": _ANY,
    "error": STRING,
    "headers": Rule(frozenset({"StartObject"}), "of type StartObject", _check_headers),
    "sequenceId": integer(64, or_null=True),
    "allowReconnect": Rule(frozenset({"True", "False"}), "true or false"),
}
