"""The connections of one path: which one a request belongs to, and how a transport opens one."""

from starlette.requests import HTTPConnection
from starlette.responses import Response

from ..options import EndpointOptions, TransportType
from ..principal import ClaimsPrincipal
from .connection_table import PostTarget, Slot
from .negotiate import new_id
from .refusals import Refused, refused
from .request import connection_token
from .server import SignalR
from .services import OpenConnection, Service

UNKNOWN = "No Connection with that ID"


def not_supported(transport: TransportType) -> Refused:
    """The refusal of a transport that the options of a path leave out."""
    return refused(404, f"{transport} transport not supported by this end point type")


class Connector:
    """Finds slots and opens connections, whichever transport asks."""

    def __init__(self, server: SignalR, service: Service, options: EndpointOptions) -> None:
        self.server = server
        self.options = options
        self._service = service

    def find(self, http: HTTPConnection, user: ClaimsPrincipal, transport: TransportType | None = None) -> Slot:
        """The slot that a request names, for `transport` unless that is None. Raises Refused."""
        token = connection_token(http)
        if token is None:
            raise refused(400, "Connection ID required")
        slot = self.server.table.find(token)
        if slot is None:
            # An upgrade is refused without a content type, as the reference does.
            is_upgrade = http.scope["type"] == "websocket"
            raise Refused(Response(UNKNOWN, 404)) if is_upgrade else refused(404, UNKNOWN)
        if transport is not None and transport not in self.options.transports:
            raise not_supported(transport)
        if transport is not None and slot.transport not in (None, transport):
            raise refused(400, "Cannot change transports mid-connection")
        slot.user = slot.user or user
        if slot.user.identifier != user.identifier:
            raise Refused(Response(status_code=403))
        return slot

    def connect(
        self, slot: Slot | None, user: ClaimsPrincipal, http: HTTPConnection, *, may_resume: bool = False
    ) -> OpenConnection:
        """A connection without a transport; `slot` is None where the client has not negotiated.

        `may_resume` says whether the transport can be replaced by another one of its kind.
        """
        is_stateful = may_resume and slot is not None and slot.stateful
        return self._service.connect(
            new_id() if slot is None else slot.connection_id,
            user,
            http,
            reconnect_window=self.options.disconnect_timeout if is_stateful else None,
            expires_at=user.expires_at if self.options.close_on_authentication_expiration else None,
        )

    def bind(
        self, slot: Slot, transport: TransportType, connection: OpenConnection, target: PostTarget | None = None
    ) -> None:
        """Gives the slot to `transport`, until the connection is over."""
        slot.open(transport, connection, target)
        connection.on_closed = self.server.table.releaser(slot)
