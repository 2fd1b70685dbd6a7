"""Names in Python's spelling and in SignalR's."""

from collections.abc import Callable
from typing import Any, TypeVar

NAME_ATTRIBUTE = "__signalr_name__"
T = TypeVar("T", bound=Callable[..., Any])
FieldName = Callable[[str, str | None], str]
"""Makes the wire name of a declared field out of its Python name and its alias, which is None where there is none."""


def alias_or_name(name: str, alias: str | None) -> str:
    """The `FieldName` that a protocol uses unless it is given another."""
    return alias or name


def pascal_case(name: str) -> str:
    """Returns `SendMessage` for `send_message`; a name in another case keeps its inner capitals."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def lookup_key(name: str) -> str:
    """Returns the same key for all spellings of a method: `SendMessage`, `sendMessage` and `send_message`."""
    return name.replace("_", "").lower()


def hub_method_name(name: str) -> Callable[[T], T]:
    """Sets the wire name of a hub method, or of a method of a client's Protocol."""

    def rename(method: T) -> T:
        setattr(method, NAME_ATTRIBUTE, name)
        return method

    return rename


def wire_name(method: Callable[..., Any], attribute: str) -> str:
    """Returns the wire name of a method: the one set with `hub_method_name`, else `attribute` in Pascal case."""
    return getattr(method, NAME_ATTRIBUTE, None) or pascal_case(attribute)
