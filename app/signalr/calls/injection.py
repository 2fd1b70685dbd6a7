"""`Depends` in hub methods and hub constructors, with FastAPI's rules: cached per invocation, closed after it."""

import inspect
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from fastapi.concurrency import contextmanager_in_threadpool, run_in_threadpool
from fastapi.params import Body, Depends, Param
from starlette.requests import HTTPConnection

from ..errors import HubDefinitionError
from ..hub.context import HubCallerContext

Call = Callable[..., Any]
Overrides = Mapping[Call, Call]


@dataclass(frozen=True, slots=True)
class FromContext:
    """A parameter that is filled from the connection itself."""

    pick: Callable[[HubCallerContext], Any]


@dataclass(frozen=True, slots=True)
class Dependency:
    """A callable to be called once per invocation, and where its own parameters come from."""

    call: Call
    use_cache: bool
    parameters: Mapping[str, "Dependency | FromContext"]


Source = Dependency | FromContext

_FROM_CONTEXT: Mapping[type, FromContext] = {
    HubCallerContext: FromContext(lambda context: context),
    HTTPConnection: FromContext(lambda context: context.http),
}


def injected_parameters(call: Call, owner: str) -> dict[str, Source]:
    """Returns the parameters of `call` that the server fills in. Raises HubDefinitionError."""
    hints = hints_of(call, owner)
    found: dict[str, Source] = {}
    for parameter in inspect.signature(call).parameters.values():
        source = _source(parameter, hints.get(parameter.name, Any), owner)
        if source is not None:
            found[parameter.name] = source
    return found


def hints_of(call: Call, owner: str) -> dict[str, Any]:
    """Returns the resolved type hints of a function or of a class's constructor."""
    target = _behind(call)
    if isinstance(target, type):
        target = inspect.getattr_static(target, "__init__")
    try:
        return get_type_hints(target, include_extras=True)
    except NameError as error:
        raise HubDefinitionError(f"{owner}: the type hint {error.name!r} cannot be resolved") from error


def _behind(call: Call) -> Any:
    """Returns the class or function behind a `partial`, or behind an object with `__call__`."""
    while isinstance(call, partial):
        call = call.func
    return call if inspect.isroutine(call) or isinstance(call, type) else type(call).__call__


def _source(parameter: inspect.Parameter, hint: Any, owner: str) -> Source | None:
    _refuse_request_parameter(parameter.default, parameter.name, owner)
    if isinstance(parameter.default, Depends):
        return _dependency(parameter.default, hint, owner)
    if get_origin(hint) is Annotated:
        hint, *extras = get_args(hint)
        for extra in extras:
            _refuse_request_parameter(extra, parameter.name, owner)
            if isinstance(extra, Depends):
                return _dependency(extra, hint, owner)
    return _FROM_CONTEXT.get(hint) if isinstance(hint, type) else None


def _refuse_request_parameter(marker: Any, name: str, owner: str) -> None:
    if isinstance(marker, (Param, Body)):
        raise HubDefinitionError(
            f"{owner}: {name!r} asks for {type(marker).__name__}(), but a hub call is not an HTTP request;"
            " take the HTTPConnection, which has the headers, cookies and query of the request that connected"
        )


def _dependency(marker: Depends, hint: Any, owner: str) -> Dependency:
    call = marker.dependency or hint
    if not callable(call):
        raise HubDefinitionError(f"{owner}: Depends() has nothing to call")
    return plan(call, f"{owner} → {getattr(call, '__name__', call)}", use_cache=marker.use_cache)


def plan(call: Call, owner: str, *, use_cache: bool = True) -> Dependency:
    """Returns what calling `call` needs. Raises HubDefinitionError for a parameter that nothing supplies."""
    parameters = injected_parameters(call, owner)
    for parameter in inspect.signature(call).parameters.values():
        optional = parameter.default is not parameter.empty or parameter.kind in (
            parameter.VAR_POSITIONAL,
            parameter.VAR_KEYWORD,
        )
        if parameter.name not in parameters and not optional:
            raise HubDefinitionError(
                f"{owner}: nothing supplies {parameter.name!r}; in a hub, a dependency may take other dependencies,"
                " the HubCallerContext or the HTTPConnection"
            )
    return Dependency(call, use_cache, parameters)


class Resolver:
    """Supplies what one invocation needs; `aclose` ends its generators, innermost first."""

    __slots__ = ("_cache", "_context", "_overrides", "_stack")

    def __init__(self, context: HubCallerContext, overrides: Overrides) -> None:
        self._context = context
        self._overrides = overrides
        self._cache: dict[Call, Any] = {}
        self._stack = AsyncExitStack()

    async def resolve(self, sources: Mapping[str, Source]) -> dict[str, Any]:
        """Returns a value for each named source. An exception of a dependency is not caught."""
        return {name: await self._one(source) for name, source in sources.items()}

    async def _one(self, source: Source) -> Any:
        if isinstance(source, FromContext):
            return source.pick(self._context)
        if source.use_cache and source.call in self._cache:
            return self._cache[source.call]
        override = self._overrides.get(source.call)
        if override is not None:
            source = Dependency(source.call, source.use_cache, plan(override, "dependency override").parameters)
        value = await self._call(override or source.call, await self.resolve(source.parameters))
        self._cache[source.call] = value
        return value

    async def _call(self, call: Call, arguments: dict[str, Any]) -> Any:
        function = _behind(call)
        if inspect.isasyncgenfunction(function):
            return await self._stack.enter_async_context(asynccontextmanager(call)(**arguments))
        if inspect.isgeneratorfunction(function):
            manager = contextmanager_in_threadpool(contextmanager(call)(**arguments))
            return await self._stack.enter_async_context(manager)
        if inspect.iscoroutinefunction(function):
            return await call(**arguments)
        return await run_in_threadpool(call, **arguments)

    async def aclose(self, error: BaseException | None) -> None:
        """Ends the generators; they see `error` as FastAPI's do."""
        await self._stack.__aexit__(type(error) if error else None, error, error.__traceback__ if error else None)
