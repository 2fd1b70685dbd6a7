"""A hub's path: negotiation, authorization, and the choice of a transport."""

from collections.abc import Mapping
from typing import Any

from starlette.datastructures import QueryParams
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from app.signalr.authorization import HubResource, admits, requirements_of
from app.signalr.connection import HubConnection
from app.signalr.errors import AuthenticationError
from app.signalr.negotiate import NegotiationError, negotiate_response, new_id, requested_version
from app.signalr.principal import ANONYMOUS, ClaimsPrincipal
from app.signalr.runtime import HubRuntime
from app.signalr.server import SignalR
from app.signalr.transports.websocket import serve_websocket

_TRANSPORTS = ({"transport": "WebSockets", "transferFormats": ["Text", "Binary"]},)
_FORBIDDEN = 403


class HubEndpoint(BaseRoute):
    """The route of one hub path. Paths ignore case and a trailing slash, as ASP.NET Core's do."""

    def __init__(self, server: SignalR, path: str, runtime: HubRuntime) -> None:
        self.path = "/" + path.strip("/")
        self.runtime = runtime
        self._server = server
        self._key = self.path.lower()
        self._requirements = requirements_of(runtime.hub)
        self._resource = HubResource(runtime.hub.__name__)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] in ("http", "websocket") and self._own_path(scope) is not None:
            return Match.FULL, {"endpoint": self}
        return Match.NONE, {}

    def _own_path(self, scope: Scope) -> str | None:
        """`""` or `"/negotiate"`; None for a path of somebody else."""
        path: str = scope["path"].removeprefix(scope.get("root_path", "")).rstrip("/").lower()
        if not path.startswith(self._key):
            return None
        rest = path[len(self._key) :]
        return rest if rest in ("", "/negotiate") else None

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection = HTTPConnection(scope)
        user, challenge = await self._authenticate(connection)
        refusal = await self._refusal(connection, user, challenge)
        if refusal is None and scope["type"] == "websocket":
            await self._open_websocket(connection, user, receive, send)
            return
        response = refusal or self._http(scope, connection)
        if scope["type"] == "websocket":
            await _deny(response, receive, send)
        else:
            await response(scope, receive, send)

    async def _authenticate(self, connection: HTTPConnection) -> tuple[ClaimsPrincipal, str]:
        try:
            return await self._server.authenticate(connection), "Bearer"
        except AuthenticationError as error:
            # Whoever shows a bad token to a hub for everybody is nobody in particular.
            return ANONYMOUS, f'Bearer error="invalid_token", error_description="{error.description}"'

    async def _refusal(self, connection: HTTPConnection, user: ClaimsPrincipal, challenge: str) -> Response | None:
        if not await admits(self._requirements, user, self._resource):
            if user.is_authenticated:
                return Response(status_code=_FORBIDDEN)
            return Response(status_code=401, headers={"WWW-Authenticate": challenge})
        if self._server.draining:
            return Response(status_code=503, headers={"Retry-After": "1"})
        return None

    def _http(self, scope: Scope, connection: HTTPConnection) -> Response:
        if self._own_path(scope) == "/negotiate":
            if scope["method"] != "POST":
                return Response(status_code=405, media_type="text/plain")
            return self._negotiate(connection)
        if scope["method"] not in ("GET", "POST", "DELETE"):
            return Response(status_code=405, media_type="text/plain")
        return self._unserved(scope["method"], connection)

    def _unserved(self, method: str, connection: HTTPConnection) -> Response:
        accept = connection.headers.get("accept", "")
        if _connection_token(connection.query_params) is None:
            return _text(400, "Connection ID required")
        name = "ServerSentEvents" if method == "GET" and "text/event-stream" in accept else "LongPolling"
        return _text(404, f"{name} transport not supported by this end point type")

    def _negotiate(self, connection: HTTPConnection) -> Response:
        options = self.runtime.options
        try:
            version = requested_version(connection.query_params, options.minimum_protocol_version)
        except NegotiationError as error:
            return _json({"error": str(error)})
        connection_id, token = self._server.negotiations.add(version, self._server.now(), options.disconnect_timeout)
        return _json(negotiate_response(version, connection_id, token, _TRANSPORTS))

    async def _open_websocket(
        self, connection: HTTPConnection, user: ClaimsPrincipal, receive: Receive, send: Send
    ) -> None:
        if not self._origin_is_allowed(connection):
            await _deny(Response(status_code=_FORBIDDEN), receive, send)
            return
        token = _connection_token(connection.query_params)
        connection_id = new_id() if token is None else self._server.negotiations.redeem(token)
        if connection_id is None:
            await _deny(Response("No Connection with that ID", status_code=404), receive, send)
            return
        hub_connection = HubConnection(self.runtime, connection_id, user, connection)
        await serve_websocket(hub_connection, connection.scope, receive, send)

    def _origin_is_allowed(self, connection: HTTPConnection) -> bool:
        origin = connection.headers.get("origin")
        allowed = self._server.allowed_origins
        if origin is None or allowed is None or origin in allowed:
            return True
        return origin.partition("://")[2] == connection.headers.get("host")


def _connection_token(query: QueryParams) -> str | None:
    return query.get("id") or None


def _json(members: Mapping[str, Any]) -> Response:
    return JSONResponse(members)


def _text(status: int, body: str) -> Response:
    return Response(body, status_code=status, media_type="text/plain")


async def _deny(response: Response, receive: Receive, send: Send) -> None:
    """Refuses an upgrade with a real HTTP status (ASGI's `websocket.http.response` extension)."""
    await receive()
    headers = [(name, value) for name, value in response.raw_headers if name != b"content-length"]
    await send({"type": "websocket.http.response.start", "status": response.status_code, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": bytes(response.body)})
