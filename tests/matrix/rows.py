"""The rows of the matrix: every client over every transport and protocol that it has."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from app.signalr import TransportType
from tests.matrix.clients import CLIENTS, Client, Feature
from tests.support.server import Adapter


class Protocol(StrEnum):
    """The hub protocols, by the names that they have on the wire."""

    JSON = "json"
    MESSAGE_PACK = "messagepack"


class Variant(StrEnum):
    """What is special about a row; the value is a part of its name."""

    PLAIN = ""
    ASGI = "asgi"
    """WebSockets through plain ASGI, not on uvicorn's own socket."""
    STATEFUL = "stateful"
    """Stateful reconnect is agreed."""
    CROSS_ORIGIN = "cross-origin"
    """The page comes from another origin than the hub."""


@dataclass(frozen=True)
class Row:
    """One client over one transport and one protocol."""

    client: Client
    transport: TransportType
    protocol: Protocol
    variant: Variant = Variant.PLAIN

    @property
    def name(self) -> str:
        """Unique among the rows."""
        return "-".join(filter(None, (self.client.key, self.transport, self.protocol, self.variant)))

    @property
    def adapter(self) -> Adapter:
        """How the row's server meets a WebSocket."""
        return Adapter.ASGI if self.variant == Variant.ASGI else Adapter.TAKEOVER

    def can(self, feature: Feature) -> bool:
        """Whether the row's client has a feature over the row's transport."""
        return self.client.can(feature, self.transport)


def _rows(client: Client) -> Iterator[Row]:
    for transport in client.transports:
        for protocol in Protocol:
            if transport == TransportType.SERVER_SENT_EVENTS and protocol == Protocol.MESSAGE_PACK:
                continue  # events are text
            yield Row(client, transport, protocol)
            if client.is_page and protocol == Protocol.JSON:
                yield Row(client, transport, protocol, Variant.CROSS_ORIGIN)
            if transport == TransportType.WEB_SOCKETS and not client.is_page:
                yield Row(client, transport, protocol, Variant.ASGI)
            if client.is_stateful and transport == TransportType.WEB_SOCKETS:
                yield Row(client, transport, protocol, Variant.STATEFUL)


ROWS = tuple(row for client in CLIENTS for row in _rows(client))
