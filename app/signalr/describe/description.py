"""Hubs as data: what clients may call, what they are called with, and the JSON Schemas of both."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_overloads

from pydantic.alias_generators import to_camel
from starlette.applications import Starlette

from ..authorization import requirements_of
from ..calls.injection import hints_of
from ..calls.methods import HubMethod, HubMethods, item_type
from ..errors import HubDefinitionError
from ..hosting.endpoint import Endpoint
from ..hosting.services import HubService
from ..hub.base import Hub
from ..hub.client_type import client_type
from ..hub.proxies import proxy_type
from ..naming import wire_name
from .json_schema import Schema, Schemas

_NOTHING = (None, type(None))


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument, with its name in camelCase. The `schema` of an upload is that of an item."""

    name: str
    schema: Schema
    is_upload: bool = False
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Method:
    """What clients may call. `result` is the schema of an item if the method is a stream, and None if there is none."""

    name: str
    text: str
    parameters: tuple[Parameter, ...]
    result: Schema | None
    is_stream: bool
    is_authorized: bool


@dataclass(frozen=True, slots=True)
class Event:
    """What the server calls on clients, with one of `signatures`. `result` is what they answer, None for nothing."""

    name: str
    text: str
    signatures: tuple[tuple[Parameter, ...], ...]
    result: Schema | None


@dataclass(frozen=True, slots=True)
class HubDescription:
    """One hub at one path; `text` and those of its parts are their docstrings."""

    name: str
    path: str
    text: str
    methods: tuple[Method, ...]
    events: tuple[Event, ...]
    is_authorized: bool


@dataclass(frozen=True, slots=True)
class Description:
    """Hubs, and by name the definitions that their schemas refer to with `#/components/schemas/…`."""

    hubs: tuple[HubDescription, ...]
    schemas: Mapping[str, Schema]


def mapped_hubs(app: Starlette) -> dict[str, type[Hub[Any]]]:
    """The hubs of an application by path, in the order in which they were mapped."""
    endpoints = [route for route in app.routes if isinstance(route, Endpoint)]
    return {one.path: one.service.runtime.hub for one in endpoints if isinstance(one.service, HubService)}


def describe(hubs: Mapping[str, type[Hub[Any]]]) -> Description:
    """Describes the hub at each path. Raises HubDefinitionError, naming the method, for a type without a schema."""
    names: dict[str, type[Hub[Any]]] = {}
    for hub in hubs.values():
        if names.setdefault(hub.__name__, hub) is not hub:
            raise HubDefinitionError(f"two hubs are named {hub.__name__}; declarations need a name for each")
    schemas = Schemas()
    described = tuple([_hub(path, hub, schemas) for path, hub in hubs.items()])
    return Description(described, schemas.resolve())


def _hub(path: str, hub: type[Hub[Any]], schemas: Schemas) -> HubDescription:
    is_authorized = bool(requirements_of(hub))
    client = client_type(hub)
    return HubDescription(
        name=hub.__name__,
        path=path,
        text=inspect.cleandoc(hub.__doc__ or ""),
        methods=tuple([_method(hub.__name__, method, schemas, is_authorized) for method in HubMethods(hub)]),
        events=tuple([_event(client, attribute, schemas) for attribute in _event_attributes(client)]),
        is_authorized=is_authorized,
    )


def _method(hub: str, method: HubMethod, schemas: Schemas, is_hub_authorized: bool) -> Method:
    owner = f"{hub}.{method.name}"
    result = method.returns
    if method.is_stream:
        result = item_type(result)
    return Method(
        name=method.name,
        text=inspect.getdoc(method.call) or "",
        parameters=tuple(_parameters(method, schemas, owner)),
        result=None if result in _NOTHING and not method.is_stream else schemas.sent(result, f"{owner} returns"),
        is_stream=method.is_stream,
        is_authorized=is_hub_authorized or bool(method.requirements),
    )


def _parameters(method: HubMethod, schemas: Schemas, owner: str) -> Iterator[Parameter]:
    hints = hints_of(method.call, owner)
    for name in inspect.signature(method.call).parameters:
        if name in method.uploads:
            item = schemas.received(item_type(hints[name]), f"{owner}({name})")
            yield Parameter(to_camel(name), item, is_upload=True)
        elif name in method.arguments:
            yield Parameter(to_camel(name), schemas.received(method.arguments[name], f"{owner}({name})"))


def _event_attributes(client: type) -> list[str]:
    """The methods that a proxy of `client` would have."""
    return [name for name in vars(proxy_type(client)) if not name.startswith("_")]


def _event(client: type, attribute: str, schemas: Schemas) -> Event:
    declared = getattr(client, attribute)
    owner = f"{client.__name__}.{attribute}"
    result = hints_of(declared, owner).get("return", None)
    return Event(
        name=wire_name(declared, attribute),
        text=inspect.getdoc(declared) or "",
        signatures=tuple(
            [tuple(_event_parameters(one, schemas, owner)) for one in get_overloads(declared) or [declared]]
        ),
        result=None if result in _NOTHING else schemas.received(result, f"{owner} returns"),
    )


def _event_parameters(declared: Callable[..., Any], schemas: Schemas, owner: str) -> Iterator[Parameter]:
    hints = hints_of(declared, owner)
    for name, parameter in list(inspect.signature(declared).parameters.items())[1:]:
        if parameter.kind not in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD):
            raise HubDefinitionError(f"{owner}: {name!r} cannot be sent to a client; arguments are positional")
        schema = schemas.sent(hints.get(name, Any), f"{owner}({name})")
        yield Parameter(to_camel(name), schema, is_optional=parameter.default is not parameter.empty)
