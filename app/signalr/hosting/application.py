"""Hubs in a FastAPI or Starlette application: `add_signalr`, `map_hub`, `map_connection`, `hub_context` for routes."""

import contextlib
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from typing import Any

from broadcaster import Broadcast
from starlette.applications import Starlette
from starlette.requests import HTTPConnection

from ..backplane.memory import memory
from ..hub.base import Hub
from ..hub.context import HubContext
from ..hub.filters import FilterSource
from ..hub.proxies import C
from ..options import EndpointOptions, HubOptions
from ..principal import Authenticate, UserIdProvider, nobody, user_identifier
from ..protocols.base import HubProtocol
from ..protocols.json import JsonHubProtocol
from ..protocols.messagepack import MessagePackHubProtocol
from ..raw.connection import Handler
from ..raw.receiver import ServedHandler
from .admission import origins
from .endpoint import Endpoint
from .server import SignalR
from .services import HubService, RawService


def add_signalr(
    app: Starlette,
    *,
    authenticate: Authenticate = nobody,
    broadcast: Broadcast | None = None,
    options: HubOptions | None = None,
    filters: Sequence[FilterSource] = (),
    protocols: Sequence[HubProtocol] | None = None,
    user_id_provider: UserIdProvider = user_identifier,
) -> SignalR:
    """Gives an application a hub server, which starts and stops with the application's lifespan.

    `broadcast` carries messages between processes (default `memory://`: this process only). Raises RuntimeError if
    the application has a hub server already. `map_hub` calls this itself for an application without one.
    """
    if hasattr(app.state, "signalr"):
        raise RuntimeError("the application has a hub server already: call add_signalr once, and before map_hub")
    server = SignalR(
        authenticate=authenticate,
        broadcast=broadcast or memory(),
        options=options or HubOptions(),
        filters=filters,
        protocols=protocols or (JsonHubProtocol(), MessagePackHubProtocol()),
        user_id_provider=user_id_provider,
        overrides=getattr(app, "dependency_overrides", {}),
    )
    app.state.signalr = server
    application_lifespan = app.router.lifespan_context

    @contextlib.asynccontextmanager
    async def lifespan(application: Any) -> AsyncIterator[Any]:
        # The hub server surrounds the application's own lifespan: background services may push from start to end, and
        # hubs say goodbye while the application still has everything that they may need.
        async with server.running(), application_lifespan(application) as state:
            try:
                yield state
            finally:
                await server.say_goodbye()

    app.router.lifespan_context = lifespan
    return server


def map_hub(
    app: Starlette,
    path: str,
    hub: type[Hub[Any]],
    *,
    options: HubOptions | None = None,
    endpoint: EndpointOptions | None = None,
    filters: Sequence[FilterSource] = (),
    allowed_origins: Collection[str] | None = None,
) -> None:
    """Serves `hub` at `path`; one hub at several paths is one hub. What `options` leave out is taken from the server's.

    `allowed_origins` are the origins, beside the server's own, whose pages may open a WebSocket; None allows all,
    which is safe as long as `authenticate` does not read cookies. Raises HubDefinitionError, naming the method, for
    a hub that cannot be served, and TypeError or ValueError for a path or origins that cannot be right.
    """
    server = _server_of(app)
    service = HubService(server.add_hub(hub, options, filters))
    _add_endpoint(app, Endpoint(server, path, service, endpoint or EndpointOptions(), origins(allowed_origins)))


def map_connection(
    app: Starlette,
    path: str,
    handler: Handler,
    *,
    endpoint: EndpointOptions | None = None,
    allowed_origins: Collection[str] | None = None,
) -> None:
    """Serves raw connections at `path`: `handler` gets a `RawConnection`, and no hub protocol is spoken.

    The counterpart of ASP.NET Core's `MapConnectionHandler`. `@authorize` works on the handler as on a hub; for
    `allowed_origins` see `map_hub`. Raises TypeError or ValueError for what cannot be served.
    """
    options = endpoint or EndpointOptions()
    if not callable(handler):
        raise TypeError(f"map_connection: {handler!r} cannot be called; give an async function of one RawConnection")
    if not _is_async(handler):
        raise TypeError(f"map_connection: {handler!r} is not async; give an async function of one RawConnection")
    if options.allow_stateful_reconnects:
        raise ValueError("map_connection: allow_stateful_reconnects is for hubs; it is part of their protocol")
    server = _server_of(app)
    service = RawService(ServedHandler(server, handler))
    _add_endpoint(app, Endpoint(server, path, service, options, origins(allowed_origins)))


def _is_async(handler: Callable[..., object]) -> bool:
    """Whether it is an `async def`, an object that is called as one, or a decorated or partial one."""
    candidates = (inspect.unwrap(handler), getattr(handler, "__call__", None))  # noqa: B004 - its kind is what counts
    return any(map(inspect.iscoroutinefunction, candidates))


def _server_of(app: Starlette) -> SignalR:
    if not hasattr(app.state, "signalr"):
        add_signalr(app)
    server: SignalR = app.state.signalr
    return server


def _add_endpoint(app: Starlette, endpoint: Endpoint) -> None:
    taken = [route.path.lower() for route in app.router.routes if isinstance(route, Endpoint)]
    if endpoint.path.lower() in taken:
        raise ValueError(f"another hub is at {endpoint.path} already; map each to a path of its own")
    app.router.routes.append(endpoint)


def hub_context(hub: type[Hub[C]]) -> Callable[[HTTPConnection], Awaitable[HubContext[C]]]:
    """A dependency for routes: `Annotated[HubContext[OrderClient], Depends(hub_context(OrderHub))]`."""

    async def dependency(connection: HTTPConnection) -> HubContext[C]:
        server: SignalR = connection.app.state.signalr
        return server.context(hub)

    return dependency
