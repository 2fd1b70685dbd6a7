"""Texts that only .NET can have: what its own libraries say when they cannot read or write something.

Whoever sees them is on a hub with detailed errors, and is a person. The part of a text that SignalR itself wrote must
be equal; behind it, another server may name its own error and say it in its own words.
"""

import re
from typing import NamedTuple

LIBRARY_ERRORS = (
    "ArgumentException: .NET number values",
    "ArgumentOutOfRangeException: value",
    "EndOfStreamException: ",
    "FormatException: ",
    "InvalidDataException: Deserializing object",
    "InvalidOperationException: Cannot get the value of a token",
    "InvalidOperationException: Cannot transcode",
    "JsonException: ",
    "JsonReaderException: ",
    "MessagePackSerializationException: ",
    "NotSupportedException: ",
    "WebSocketException: ",
)
"""How a text of .NET's libraries begins. In its place, any `Type: text` will do."""

LIBRARY_VALUES = ("Error trying to deserialize result to ",)
"""Behind which .NET names a type and says why a value is none. In its place, any `type. text` will do."""

_LIBRARY = re.compile(
    "(?P<error>" + "|".join(map(re.escape, LIBRARY_ERRORS)) + ")|" + "|".join(map(re.escape, LIBRARY_VALUES))
)


class Wording(NamedTuple):
    """A recorded text: what must be equal, and a pattern for what may follow in other words."""

    fixed: str
    free: str


def wording(recorded: str) -> Wording:
    """Splits a recorded text where .NET's libraries begin to speak."""
    found = _LIBRARY.search(recorded)
    if found is None:
        return Wording(recorded, "")
    if found["error"]:
        return Wording(recorded[: found.start()], r"\w+: .+")
    return Wording(recorded[: found.end()], r"\w+\. .+")
