"""A hub's path: who may come in, negotiation, and the requests of each transport."""

from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import URLPath
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import Receive, Scope, Send

from ..authorization import HubResource, admits, requirements_of
from ..awaiting import awaited
from ..connection.connection import HubConnection
from ..connection.served_hub import ServedHub
from ..endings import DELETED_BY_CLIENT
from ..errors import AuthenticationError
from ..options import EndpointOptions, TransportType
from ..principal import ANONYMOUS, ClaimsPrincipal
from ..transports.long_polling import Answer, LongPolling
from ..transports.server_sent_events import ServerSentEvents
from ..transports.websocket import accept_websocket, serve_websocket
from .connection_table import Slot
from .negotiate import (
    NegotiationError,
    available_transports,
    negotiate_response,
    new_id,
    query_value,
    redirect_response,
    requested_version,
    wants_stateful_reconnect,
)
from .plain_responses import NO_CACHE, Plain, deny
from .server import SignalR

NEGOTIATE = "/negotiate"
UNKNOWN = "No Connection with that ID"


class HubEndpoint(BaseRoute):
    """The route of one hub path. Paths ignore case and a trailing slash, as ASP.NET Core's do."""

    def __init__(
        self,
        server: SignalR,
        path: str,
        runtime: ServedHub,
        options: EndpointOptions,
        allowed_origins: frozenset[str] | None,
    ) -> None:
        if set(path) & set("{}?#"):
            raise ValueError(f"map_hub: {path!r} is no path of a hub; it has neither parameters nor a query")
        self.path = "/" + path.strip("/")
        self.runtime = runtime
        self.options = options
        self._server = server
        self._allowed_origins = allowed_origins
        self._key = self.path.rstrip("/").lower()
        self._requirements = requirements_of(runtime.hub)
        self._resource = HubResource(runtime.hub.__name__)
        self._transports = available_transports(options.transports)

    # Routing

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
        return rest if rest in ("", NEGOTIATE) else None

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection = HTTPConnection(scope)
        user, challenge = await self._authenticate(connection)
        refusal = await self._refusal(user, challenge)
        if scope["type"] == "websocket":
            if refusal is None:
                refusal = await self._websocket(connection, user, receive, send)
            if refusal is not None:
                await deny(refusal, receive, send)
            return
        if refusal is None:
            refusal = await self._http(Request(scope, receive), user, send)
        if refusal is not None:
            if scope["method"] == "HEAD":
                del refusal.headers["Content-Length"]  # it has no length of its own
            await refusal(scope, receive, send)

    async def _authenticate(self, connection: HTTPConnection) -> tuple[ClaimsPrincipal, str]:
        try:
            return await self._server.authenticate(connection), "Bearer"
        except AuthenticationError as error:
            # Whoever shows a bad token to a hub for everybody is nobody in particular.
            description = f', error_description="{error.description}"' if error.description else ""
            return ANONYMOUS, f'Bearer error="invalid_token"{description}'

    async def _refusal(self, user: ClaimsPrincipal, challenge: str) -> Response | None:
        """Checked before anything else of a request, on every request."""
        if not await admits(self._requirements, user, self._resource):
            if user.is_authenticated:
                return Response(status_code=403)
            return Response(status_code=401, headers={"WWW-Authenticate": challenge})
        return None

    def url_path_for(self, name: str, /, **path_params: Any) -> URLPath:
        """A hub has no name: whoever looks for another route looks on."""
        raise NoMatchFound(name, path_params)

    # Requests; each returns the answer, or None when it has sent one itself

    async def _http(self, request: Request, user: ClaimsPrincipal, send: Send) -> Response | None:
        if self._own_path(request.scope) == NEGOTIATE:
            return await self._negotiate(request, user) if request.method == "POST" else Plain(405)
        if request.method == "POST":
            return await self._post(request, user)
        if request.method == "DELETE":
            return self._delete(request, user)
        if request.method != "GET":
            return Plain(405)
        if _accepts_events(request):
            return await self._server_sent_events(request, user, send)
        return await self._long_polling(request, user)

    async def _negotiate(self, request: Request, user: ClaimsPrincipal) -> Response:
        if self._server.draining:
            return Plain(503, headers={"Retry-After": "1"})
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

    async def _websocket(
        self, http: HTTPConnection, user: ClaimsPrincipal, receive: Receive, send: Send
    ) -> Response | None:
        slot = self._upgraded(http, user)
        if isinstance(slot, Response):
            return slot
        if not self._origin_is_allowed(http):
            return Response(status_code=403)
        if slot is not None and slot.connection is not None:
            return await self._resume(slot.connection, http, receive, send)
        window = self.options.disconnect_timeout if slot is not None and slot.stateful else None
        connection = self._connect(new_id() if slot is None else slot.connection_id, user, http, window)
        if slot is None:
            await accept_websocket(receive, send)
            await serve_websocket(connection, http.scope, receive, send)
            return None
        slot.open(TransportType.WEB_SOCKETS, connection, None)
        connection.on_closed = self._server.table.releaser(slot)
        try:
            await accept_websocket(receive, send)
        except BaseException:
            self._server.table.release(slot)
            raise
        await serve_websocket(connection, http.scope, receive, send, slot.feed_early)
        return None

    def _upgraded(self, http: HTTPConnection, user: ClaimsPrincipal) -> Slot | Response | None:
        """The id that an upgrade opens, None where it comes without negotiation, or why it may not."""
        if self._own_path(http.scope) == NEGOTIATE:
            return Plain(405)
        if _token(http) is not None:
            return self._slot(http, user, TransportType.WEB_SOCKETS)
        if _accepts_events(http):
            return Plain(400, "Connection ID required")  # asked for as a stream of events, upgrade or not
        if TransportType.WEB_SOCKETS not in self.options.transports:
            return _not_supported(TransportType.WEB_SOCKETS)
        return None

    async def _resume(
        self, connection: HubConnection, http: HTTPConnection, receive: Receive, send: Send
    ) -> Response | None:
        """Another socket of a connection: it takes the place of the old one, even if that still looks alive."""
        if connection.is_stateful and not connection.can_resume:
            return Plain(404)
        if not connection.can_resume:
            return Plain(409)
        await accept_websocket(receive, send)
        await serve_websocket(connection, http.scope, receive, send)
        return None

    async def _server_sent_events(self, request: Request, user: ClaimsPrincipal, send: Send) -> Response | None:
        found = self._slot(request, user, TransportType.SERVER_SENT_EVENTS)
        if isinstance(found, Response):
            return found
        if found.connection is not None:
            return Plain(409)
        connection = self._connect(found.connection_id, user, request)
        transport = ServerSentEvents(connection, request.receive, send)
        found.open(TransportType.SERVER_SENT_EVENTS, connection, transport)
        connection.on_closed = self._server.table.releaser(found)
        transport.open()
        connection.attach(transport)
        found.feed_early()
        await transport.run()
        return None

    async def _long_polling(self, request: Request, user: ClaimsPrincipal) -> Response:
        found = self._slot(request, user, TransportType.LONG_POLLING)
        if isinstance(found, Response):
            found.headers.update(NO_CACHE)
            return found
        if found.connection is None:
            return self._first_poll(request, found, user)
        assert isinstance(found.target, LongPolling)  # noqa: S101 - a slot keeps its transport
        return _poll_response(await found.target.poll(request.receive))

    def _first_poll(self, request: Request, slot: Slot, user: ClaimsPrincipal) -> Response:
        """Starts the connection and returns at once, so that the client knows that it may send."""
        connection = self._connect(slot.connection_id, user, request)
        transport = LongPolling(
            connection,
            now=self._server.now,
            poll_timeout=self.options.poll_timeout,
            disconnect_timeout=self.options.disconnect_timeout,
            release=self._server.table.releaser(slot),
        )
        slot.open(TransportType.LONG_POLLING, connection, transport)
        connection.attach(transport)
        slot.feed_early()
        return _poll_response(Answer(200, b""))

    async def _post(self, request: Request, user: ClaimsPrincipal) -> Response | None:
        found = self._slot(request, user, None)
        if isinstance(found, Response):
            return found
        if found.transport == TransportType.WEB_SOCKETS:
            return Plain(405, "POST requests are not allowed for WebSocket connections.")
        try:
            known = await found.receive(request.stream())
        except ClientDisconnect:
            return None
        return Plain(200) if known else Plain(404, UNKNOWN)

    def _delete(self, request: Request, user: ClaimsPrincipal) -> Response:
        found = self._slot(request, user, None)
        if isinstance(found, Response):
            return found
        if found.transport != TransportType.LONG_POLLING or found.connection is None:
            return Plain(400, "Cannot terminate this connection using the DELETE endpoint.")
        self._server.table.release(found)
        found.connection.end(DELETED_BY_CLIENT)
        return Plain(202)

    # What requests share

    def _slot(self, http: HTTPConnection, user: ClaimsPrincipal, transport: TransportType | None) -> Slot | Response:
        """The connection that a request speaks of, or why it may not."""
        token = _token(http)
        if token is None:
            return Plain(400, "Connection ID required")
        slot = self._server.table.find(token)
        if slot is None:
            # An upgrade is refused without a content type, as the reference does.
            return Response(UNKNOWN, 404) if http.scope["type"] == "websocket" else Plain(404, UNKNOWN)
        if transport is not None and transport not in self.options.transports:
            return _not_supported(transport)
        if transport is not None and slot.transport not in (None, transport):
            return Plain(400, "Cannot change transports mid-connection")
        slot.user = slot.user or user
        if slot.user.identifier != user.identifier:
            return Response(status_code=403)
        return slot

    def _connect(
        self, connection_id: str, user: ClaimsPrincipal, http: HTTPConnection, window: float | None = None
    ) -> HubConnection:
        expires_at = user.expires_at if self.options.close_on_authentication_expiration else None
        return HubConnection(self.runtime, connection_id, user, http, reconnect_window=window, expires_at=expires_at)

    def _origin_is_allowed(self, http: HTTPConnection) -> bool:
        origin = http.headers.get("origin")
        if origin is None or self._allowed_origins is None or origin in self._allowed_origins:
            return True
        return origin.partition("://")[2] == http.headers.get("host")


def origins(allowed: Collection[str] | None) -> frozenset[str] | None:
    """Origins as browsers send them. Raises TypeError for one string, ValueError for what is no origin."""
    if allowed is None:
        return None
    if isinstance(allowed, str):
        raise TypeError(f"allowed_origins is {allowed!r}; give a list of origins, such as [{allowed!r}]")
    for origin in allowed:
        parts = urlsplit(origin)
        if not parts.netloc or origin != f"{parts.scheme}://{parts.netloc}":
            raise ValueError(f"allowed_origins: {origin!r} is no origin, which looks like https://example.org:8443")
    return frozenset(allowed)


def _accepts_events(http: HTTPConnection) -> bool:
    """Whether the client names the media type of Server-Sent Events, bare, among what it accepts."""
    kinds = ",".join(http.headers.getlist("accept")).split(",")
    return "text/event-stream" in [kind.strip().lower() for kind in kinds]


def _token(http: HTTPConnection) -> str | None:
    """The `id` of the query; an empty one is none."""
    return query_value(http.query_params, "id") or None


def _not_supported(transport: TransportType) -> Response:
    return Plain(404, f"{transport} transport not supported by this end point type")


def _poll_response(answer: Answer) -> Response:
    if answer.body is None:
        return Plain(answer.status, headers=NO_CACHE)
    return Response(answer.body, answer.status, headers=NO_CACHE, media_type="application/octet-stream")
