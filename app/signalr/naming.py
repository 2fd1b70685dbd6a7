"""Python's spelling of names and SignalR's."""

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
    """`send_message` as `SendMessage`; a name that is already in another case keeps its inner capitals."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def lookup_key(name: str) -> str:
    """What two spellings of one method have in common: `SendMessage`, `sendMessage` and `send_message`."""
    return name.replace("_", "").lower()


def hub_method_name(name: str) -> Callable[[T], T]:
    """Gives a hub method, or a method of a client's Protocol, the name that it has on the wire."""

    def rename(method: T) -> T:
        setattr(method, NAME_ATTRIBUTE, name)
        return method

    return rename


def wire_name(method: Callable[..., Any], attribute: str) -> str:
    """The name of a method on the wire: the one that it was given, else its own in Pascal case."""
    return getattr(method, NAME_ATTRIBUTE, None) or pascal_case(attribute)
