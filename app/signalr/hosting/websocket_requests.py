"""The upgrades of one path: new WebSockets, with and without negotiation, and sockets that go on with a connection."""

from starlette.requests import HTTPConnection
from starlette.types import Receive, Send

from ..options import TransportType
from ..principal import ClaimsPrincipal
from ..transports.websocket import accept_websocket, serve_websocket
from .admission import Admission
from .connection_table import Slot
from .connector import Connector, not_supported
from .refusals import refused
from .request import accepts_events, connection_token
from .services import OpenConnection


class WebSocketRequests:
    """Serves each socket for as long as it lasts; raises Refused as long as it is not accepted."""

    def __init__(self, connector: Connector, admission: Admission) -> None:
        self._connector = connector
        self._admission = admission

    async def serve(self, http: HTTPConnection, user: ClaimsPrincipal, receive: Receive, send: Send) -> None:
        """Opens a connection, or goes on with one that has lost its socket. Raises Refused."""
        slot = self._slot(http, user)
        self._admission.check_origin(http)
        if slot is None:
            connection = self._connector.connect(None, user, http)
            await accept_websocket(receive, send)
            await serve_websocket(connection, http.scope, receive, send)
        elif slot.connection is None:
            await self._open(slot, user, http, receive, send)
        else:
            await self._resume(slot.connection, http, receive, send)

    def _slot(self, http: HTTPConnection, user: ClaimsPrincipal) -> Slot | None:
        """The slot that an upgrade opens; None where it comes without negotiation."""
        if connection_token(http) is not None:
            return self._connector.find(http, user, TransportType.WEB_SOCKETS)
        if accepts_events(http):
            raise refused(400, "Connection ID required")  # asked for as a stream of events, upgrade or not
        if TransportType.WEB_SOCKETS not in self._connector.options.transports:
            raise not_supported(TransportType.WEB_SOCKETS)
        return None

    async def _open(
        self, slot: Slot, user: ClaimsPrincipal, http: HTTPConnection, receive: Receive, send: Send
    ) -> None:
        connection = self._connector.connect(slot, user, http, may_resume=True)
        self._connector.bind(slot, TransportType.WEB_SOCKETS, connection)
        try:
            await accept_websocket(receive, send)
        except BaseException:
            self._connector.server.table.release(slot)
            raise
        await serve_websocket(connection, http.scope, receive, send, slot.feed_early)

    async def _resume(self, connection: OpenConnection, http: HTTPConnection, receive: Receive, send: Send) -> None:
        """Another socket of a connection: it takes the place of the old one, even if that still looks alive."""
        if not connection.can_resume:
            raise refused(404 if connection.is_stateful else 409)
        await accept_websocket(receive, send)
        await serve_websocket(connection, http.scope, receive, send)
