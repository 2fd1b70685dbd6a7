"""The methods of a hub that clients may call, prepared once when the hub is mapped."""

import inspect
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, get_args, get_origin

from ..authorization import Requirement, requirements_of
from ..binding.arguments import Signature, Value, without_annotations
from ..errors import HubDefinitionError
from ..hub.base import Hub
from ..naming import lookup_key, wire_name
from .injection import Source, hints_of, injected_parameters

_STREAMS = (AsyncGenerator, AsyncIterable, AsyncIterator)


@dataclass(frozen=True, slots=True)
class HubMethod:
    """One callable method: its name on the wire, what clients send, what is injected, who may call it."""

    name: str
    call: Callable[..., Any]
    arguments: Mapping[str, Any]
    signature: Signature
    injected: Mapping[str, Source]
    uploads: Mapping[str, Value]
    requirements: tuple[Requirement, ...]
    returns: Any
    is_stream: bool
    is_coroutine: bool


class HubMethods:
    """The methods of one hub. They are found by any spelling: case and underscores do not matter."""

    __slots__ = ("_by_key", "_by_name")

    def __init__(self, hub: type[Hub[Any]]) -> None:
        self._by_key: dict[str, HubMethod] = {}
        for attribute, function in _public_methods(hub):
            method = _describe(hub, attribute, function)
            key = lookup_key(method.name)
            if key in self._by_key:
                raise HubDefinitionError(
                    f"{hub.__name__}: duplicate definitions of '{method.name}'; overloading is not supported"
                )
            self._by_key[key] = method
        # The spellings that clients use, so that the usual look-up is a single one.
        self._by_name = {method.name: method for method in self._by_key.values()}

    def find(self, target: str) -> HubMethod | None:
        """Returns the method, or None if clients cannot call anything of that name."""
        return self._by_name.get(target) or self._by_key.get(lookup_key(target))

    def __iter__(self) -> Iterator[HubMethod]:
        return iter(self._by_key.values())


def check_life_cycle(hub: type[Hub[Any]]) -> None:
    """Raises HubDefinitionError for an `on_connected` or `on_disconnected` that the server cannot call."""
    for name, given in (("on_connected", "self"), ("on_disconnected", "self, exception")):
        function = getattr(hub, name)
        try:
            inspect.signature(function).bind(*given.split(", "))
            works = not injected_parameters(function, f"{hub.__name__}.{name}")
        except TypeError:
            works = False
        if not works:
            raise HubDefinitionError(f"{hub.__name__}.{name} is called with {given} alone; inject into the constructor")


def _public_methods(hub: type[Hub[Any]]) -> Iterator[tuple[str, Callable[..., Any]]]:
    for attribute, member in inspect.getmembers(hub, inspect.isfunction):
        if attribute.startswith("_") or hasattr(Hub, attribute):
            continue
        if inspect.isfunction(inspect.getattr_static(hub, attribute)):  # not a static method
            yield attribute, member


def _describe(hub: type[Hub[Any]], attribute: str, function: Callable[..., Any]) -> HubMethod:
    owner = f"{hub.__name__}.{attribute}"
    hints = hints_of(function, owner)
    returns = hints.pop("return", Any)
    injected = injected_parameters(function, owner)
    arguments: dict[str, Any] = {}
    streams: dict[str, Any] = {}
    for name, parameter in list(inspect.signature(function).parameters.items())[1:]:
        if name in injected:
            continue
        if parameter.kind is not parameter.POSITIONAL_OR_KEYWORD:
            raise HubDefinitionError(
                f"{owner}: {name!r} cannot be sent by a client; arguments are positional and counted"
            )
        hint = hints.get(name, Any)
        if _is_open(hint):
            raise HubDefinitionError(f"{owner}: {name!r} is generic; name the type that clients send")
        if is_stream_type(hint):
            streams[name] = item_type(hint)
        else:
            arguments[name] = hint
    try:
        signature = Signature(list(arguments.values()))
        uploads = {name: Value(item) for name, item in streams.items()}
    except HubDefinitionError as error:
        raise HubDefinitionError(f"{owner}: {error}") from error
    return HubMethod(
        name=wire_name(function, attribute),
        call=function,
        arguments=arguments,
        signature=signature,
        injected=injected,
        uploads=uploads,
        requirements=requirements_of(function),
        returns=returns,
        is_stream=inspect.isasyncgenfunction(inspect.unwrap(function)) or is_stream_type(returns),
        is_coroutine=inspect.iscoroutinefunction(function),
    )


def is_stream_type(hint: Any) -> bool:
    """Returns whether a type hint is a stream, `Annotated` or not."""
    plain = without_annotations(hint)
    return (get_origin(plain) or plain) in _STREAMS


def item_type(hint: Any) -> Any:
    """Returns the type of a stream's items; Any if the hint does not say."""
    return (*get_args(without_annotations(hint)), Any)[0]


def _is_open(hint: Any) -> bool:
    return isinstance(hint, TypeVar) or any(map(_is_open, get_args(hint)))
