"""Hubs in a FastAPI or Starlette application: `add_signalr`, `map_hub`, and `hub_context` for routes."""

import contextlib
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
from .endpoint import HubEndpoint, origins
from .server import SignalR


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

    `broadcast` carries messages between processes (default `memory://`: this process only). Raises RuntimeError when
    the application has one already; `map_hub` makes one where there is none.
    """
    if hasattr(app.state, "signalr"):
        raise RuntimeError("the application has a hub server: call add_signalr once, and before map_hub")
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
        # hubs say goodbye while the application still has what they need for it.
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
    """Serves `hub` at `path`; one hub at several paths is one hub. `options` replace the server's own for this hub.

    `allowed_origins` are the origins, beside the server's own, whose pages may open a WebSocket; None allows all,
    which is safe as long as `authenticate` does not read cookies. Raises HubDefinitionError, naming the method, for
    a hub that cannot be served, and TypeError or ValueError for a path or origins that cannot be meant.
    """
    if not hasattr(app.state, "signalr"):
        add_signalr(app)
    server: SignalR = app.state.signalr
    runtime = server.add_hub(hub, options, filters)
    route = HubEndpoint(server, path, runtime, endpoint or EndpointOptions(), origins(allowed_origins))
    if any(isinstance(other, HubEndpoint) and other.path.lower() == route.path.lower() for other in app.router.routes):
        raise ValueError(f"map_hub: another hub is at {route.path} already")
    app.router.routes.append(route)


def hub_context(hub: type[Hub[C]]) -> Callable[[HTTPConnection], Awaitable[HubContext[C]]]:
    """A dependency for routes: `Annotated[HubContext[OrderClient], Depends(hub_context(OrderHub))]`."""

    async def dependency(connection: HTTPConnection) -> HubContext[C]:
        server: SignalR = connection.app.state.signalr
        return server.context(hub)

    return dependency
