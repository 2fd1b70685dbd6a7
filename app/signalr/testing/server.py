"""The hub server of an application, in the test's own event loop."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.requests import HTTPConnection

from ..authorization import HubResource, admits, requirements_of
from ..connection.connection import HubConnection
from ..errors import AuthenticationError
from ..hosting.endpoint import Endpoint
from ..hosting.negotiate import new_id
from ..hosting.server import SignalR
from ..hosting.services import HubService
from ..hub.base import Hub
from ..hub.context import HubContext
from ..hub.proxies import C
from ..principal import ANONYMOUS, ClaimsPrincipal
from .client import GUARD, HubTestClient
from .errors import HubRefusalError


@contextlib.asynccontextmanager
async def hub_server(app: Starlette) -> AsyncIterator["HubTestServer"]:
    """Runs the hub server of an application, and nothing else of its lifespan.

    If the test runs the lifespan already, use `HubTestServer(app)`.
    """
    server = HubTestServer(app)
    async with server.signalr.running():
        yield server


class HubTestServer:
    """Opens test clients. Raises LookupError for an application without hubs."""

    def __init__(self, app: Starlette) -> None:
        if not hasattr(app.state, "signalr"):
            raise LookupError("the application has no hub server: call add_signalr(app) and map_hub(app, …) first")
        self.app = app
        self.signalr: SignalR = app.state.signalr

    def context(self, hub: type[Hub[C]]) -> HubContext[C]:
        """Pushes to the hub's clients from outside, as routes and background services do."""
        return self.signalr.context(hub)

    @contextlib.asynccontextmanager
    async def connect(
        self,
        hub: type[Hub[Any]],
        *,
        user: ClaimsPrincipal | None = None,
        protocol: str = "json",
        query: Mapping[str, str] | str = "",
        headers: Mapping[str, str] | None = None,
        authorize: bool = True,
        timeout_s: float = GUARD,
    ) -> AsyncIterator[HubTestClient]:
        """A client whose `on_connected` has run. When the block is left, it closes and waits for `on_disconnected`.

        Without `user`, the application's own `authenticate` looks at `query` and `headers`. With `authorize=False`
        the hub's own `@authorize` is not asked; those of its methods always are. `timeout_s` is how many seconds the
        client waits for anything. Raises HubRefusalError, or HubConnectionError when the handshake or `on_connected`
        refuses. When the block is left, raises an ExceptionGroup of what handlers raised, if they did.
        """
        endpoint = self._endpoint(hub)
        http = HTTPConnection(self._scope(endpoint.path, query, headers or {}))
        if user is None:
            user = await self._authenticate(http)
        if authorize:
            await _admit(hub, user)
        spoken = self.signalr.protocols.get(protocol)
        if spoken is None:
            raise LookupError(
                f"{protocol!r} is not a protocol of this server; it has {', '.join(self.signalr.protocols)}"
            )
        expires_at = user.expires_at if endpoint.options.close_on_authentication_expiration else None
        connection = HubConnection(self.signalr.runtime(hub), new_id(), user, http, expires_at=expires_at)
        client = HubTestClient(connection, spoken, timeout_s=timeout_s)
        await client.start()
        try:
            yield client
        finally:
            await client.stop()
        client.check_handlers()

    def _endpoint(self, hub: type[Hub[Any]]) -> Endpoint:
        """The first path of the hub. Raises LookupError if there is none."""
        runtime = self.signalr.runtime(hub)
        endpoints = [route for route in self.app.router.routes if isinstance(route, Endpoint)]
        for endpoint in endpoints:
            if isinstance(endpoint.service, HubService) and endpoint.service.runtime is runtime:
                return endpoint
        raise LookupError(f"{hub.__name__} has no path: call map_hub(app, path, {hub.__name__}) first")

    def _scope(self, path: str, query: Mapping[str, str] | str, headers: Mapping[str, str]) -> dict[str, Any]:
        sent = {"host": "testserver"} | {name.lower(): value for name, value in headers.items()}
        return {
            "type": "websocket",
            "app": self.app,
            "scheme": "ws",
            "http_version": "1.1",
            "server": ("testserver", 80),
            "client": ("testclient", 50000),
            "root_path": "",
            "path": path,
            "raw_path": path.encode(),
            "query_string": (query if isinstance(query, str) else urlencode(query)).encode(),
            "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in sent.items()],
            "subprotocols": [],
            "state": {},
        }

    async def _authenticate(self, http: HTTPConnection) -> ClaimsPrincipal:
        """As the path of a hub does: a bad token counts as no token."""
        try:
            return await self.signalr.authenticate(http)
        except AuthenticationError:
            return ANONYMOUS


async def _admit(hub: type[Hub[Any]], user: ClaimsPrincipal) -> None:
    if await admits(requirements_of(hub), user, HubResource(hub.__name__)):
        return
    if user.is_authenticated:
        raise HubRefusalError(f"{hub.__name__} does not admit user {user.identifier!r}; see its @authorize", 403)
    raise HubRefusalError(f"{hub.__name__} admits signed-in users only; pass user= or credentials in headers=", 401)
