"""What the clients of a hub understand: the `C` of `Hub[C]`."""

from collections.abc import Mapping
from typing import Any, TypeVar, get_args, get_origin

from ..errors import HubDefinitionError
from .base import Hub
from .proxies import Client


def client_type(hub: type[Hub[Any]]) -> type:
    """The `C` of `Hub[C]`, through generic bases; `Client` where the hub names none. Raises HubDefinitionError."""
    if not issubclass(hub, Hub):
        raise HubDefinitionError(f"{hub.__name__} is not a Hub")
    declared = _client_of(hub, {})
    if declared is None or isinstance(declared, TypeVar):
        return Client
    client = get_origin(declared) or declared
    if not isinstance(client, type):
        raise HubDefinitionError(f"{hub.__name__}: Hub[{declared!r}] names no class; give the class itself")
    return client


def _client_of(hub: type, known: Mapping[Any, Any]) -> Any:
    """What a class gives to `Hub` as its parameter; `known` are the parameters of the class itself."""
    for base in vars(hub).get("__orig_bases__", hub.__bases__):
        origin = get_origin(base) or base
        if not (isinstance(origin, type) and issubclass(origin, Hub)):
            continue
        arguments = [known.get(argument, argument) for argument in get_args(base)]
        if origin is Hub:
            return arguments[0] if arguments else None
        found = _client_of(origin, dict(zip(getattr(origin, "__parameters__", ()), arguments, strict=False)))
        if found is not None:
            return found
    return None
