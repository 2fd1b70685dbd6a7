"""A connection without a hub: what comes is sent back, byte for byte."""

from starlette.requests import HTTPConnection

from app.signalr import ClaimsPrincipal
from app.signalr.connection.connection import HubConnection
from app.signalr.hosting.endpoint import HubEndpoint
from app.signalr.outgoing.encoded import Encoded


class EchoConnection(HubConnection):
    """Never gets as far as a handshake."""

    def receive(self, data: bytes) -> None:
        self.transport.write([Encoded(data, binary=False)])


class EchoEndpoint(HubEndpoint):
    """The path of a hub that nobody reaches."""

    def _connect(
        self, connection_id: str, user: ClaimsPrincipal, http: HTTPConnection, window: float | None = None
    ) -> HubConnection:
        return EchoConnection(self.runtime, connection_id, user, http)
