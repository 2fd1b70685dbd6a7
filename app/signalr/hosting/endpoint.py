"""The route of one path: it admits a request, and hands it to negotiation or to the requests of a transport."""

from typing import Any

from starlette.datastructures import URLPath
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import Receive, Scope, Send

from ..awaiting import awaited
from ..options import EndpointOptions
from ..principal import ClaimsPrincipal
from .admission import Admission
from .connector import Connector
from .http_requests import HttpRequests
from .negotiate import (
    NegotiationError,
    available_transports,
    negotiate_response,
    redirect_response,
    requested_version,
    wants_stateful_reconnect,
)
from .refusals import Refused, deny, refused
from .server import SignalR
from .services import Service
from .websocket_requests import WebSocketRequests

NEGOTIATE = "/negotiate"


class Endpoint(BaseRoute):
    """A hub, or a handler of raw connections, at a path. Paths ignore case and a trailing slash, as ASP.NET Core's do.

    A request goes through three parts. `Admission` finds its user and decides whether it comes in; `Connector` finds
    the connection that it belongs to, or makes one; `WebSocketRequests` or `HttpRequests` do what it asks. Each of
    them raises `Refused` with the response to a request that it does not serve, and only this class sends it.
    """

    def __init__(
        self,
        server: SignalR,
        path: str,
        service: Service,
        options: EndpointOptions,
        allowed_origins: frozenset[str] | None,
    ) -> None:
        """Raises ValueError for a path that has parameters or a query."""
        if set(path) & set("{}?#"):
            raise ValueError(f"{path!r} cannot be the path of a hub, which has neither parameters nor a query")
        self.path = "/" + path.strip("/")
        self.service = service
        self.options = options
        self._server = server
        self._key = self.path.rstrip("/").lower()
        self._transports = available_transports(options.transports)
        self._admission = Admission(server.authenticate, service.requirements, service.resource, allowed_origins)
        connector = Connector(server, service, options)
        self._websockets = WebSocketRequests(connector, self._admission)
        self._requests = HttpRequests(connector)

    # Routing

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] in ("http", "websocket") and self._own_path(scope) is not None:
            return Match.FULL, {"endpoint": self}
        return Match.NONE, {}

    def _own_path(self, scope: Scope) -> str | None:
        """`""` or `"/negotiate"`; None for a path of another route."""
        path: str = scope["path"].removeprefix(scope.get("root_path", "")).rstrip("/").lower()
        if not path.startswith(self._key):
            return None
        rest = path[len(self._key) :]
        return rest if rest in ("", NEGOTIATE) else None

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        """A hub has no name, so the search for a route by name goes on."""
        raise NoMatchFound(name, path_params)

    # Requests

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if scope["type"] == "websocket":
                await self._serve_websocket(HTTPConnection(scope), receive, send)
                return
            response = await self._answer(Request(scope, receive), send)
        except Refused as refusal:
            response = refusal.response
            if scope["type"] == "websocket":
                await deny(response, receive, send)
                return
        if response is not None:
            if scope["method"] == "HEAD":
                del response.headers["Content-Length"]  # it has no length of its own
            await response(scope, receive, send)

    async def _serve_websocket(self, http: HTTPConnection, receive: Receive, send: Send) -> None:
        user = await self._admission.admit(http)
        if self._own_path(http.scope) == NEGOTIATE:
            raise refused(405)
        await self._websockets.serve(http, user, receive, send)

    async def _answer(self, request: Request, send: Send) -> Response | None:
        user = await self._admission.admit(request)
        if self._own_path(request.scope) != NEGOTIATE:
            return await self._requests.answer(request, user, send)
        if request.method != "POST":
            raise refused(405)
        return await self._negotiate(request, user)

    async def _negotiate(self, request: Request, user: ClaimsPrincipal) -> Response:
        if self._server.draining:
            raise refused(503, headers={"Retry-After": "1"})
        if self.options.redirect is not None:
            elsewhere = await awaited(self.options.redirect(request, user))
            if elsewhere is not None:
                return JSONResponse(redirect_response(elsewhere))
        try:
            version = requested_version(request.query_params, self.options.minimum_protocol_version)
        except NegotiationError as error:
            return JSONResponse({"error": str(error)})
        slot = self._server.table.negotiate(version, self._server.now() + self.options.disconnect_timeout)
        slot.stateful = self.options.allow_stateful_reconnects and wants_stateful_reconnect(request.query_params)
        answer = negotiate_response(version, slot.connection_id, slot.token, self._transports, stateful=slot.stateful)
        return JSONResponse(answer)
