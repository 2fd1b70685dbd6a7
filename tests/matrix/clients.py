"""The client libraries that are tried, what they cannot do by their nature, and in which words they complain."""

from dataclasses import dataclass, field
from enum import Enum

from app.signalr import TransportType
from tests.support.npm import VERSIONS

KIB = 1024
AIOSIGNALR = "0.1.1"
PYSIGNALR = "1.3.3"


class Feature(Enum):
    """What some clients have not; the value completes "it cannot …"."""

    CANCEL = "cancel a stream"
    UPLOAD_RESULT = "read the result of a call with an upload"
    UPLOAD_ARGUMENT = "send other arguments beside an upload"
    UPLOAD_WITHOUT_RESULT = "upload without waiting for a result"
    UPLOAD_ERROR = "end an upload with an error"
    TWO_UPLOADS = "send two uploads with one call"
    UPLOAD_AND_STREAM = "upload to a method that streams"
    RECONNECT = "negotiate anew by itself when its connection is lost"
    STAY_AWAY = "tell a server that is gone from one that sends it away"
    START_AGAIN = "start a connection that was stopped"
    SKIP_NEGOTIATION = "skip negotiation"
    QUERY = "add a query to the hub's address"
    HEADERS = "send headers of its own"
    COOKIES = "keep cookies"


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """The texts of a client's own errors; `{}` is the server's or the handler's text."""

    unauthorized: str
    forbidden: str
    closed: str
    """Of the event `close`, when the server ended the connection with an error and an invitation to come back."""
    handler_error: str
    no_handler: str = "Client didn't provide a result."


@dataclass(frozen=True, kw_only=True, eq=False)
class Client:
    """One version of a client library."""

    key: str
    label: str
    version: str
    dialect: Dialect
    transports: tuple[TransportType, ...] = tuple(TransportType)
    is_page: bool = False
    is_stateful: bool = False
    host: str = "127.0.0.1"
    largest: int = 200 * KIB
    """Characters of the largest text that the client takes in one message."""
    lacks: frozenset[Feature] = frozenset()
    lacks_on: dict[TransportType, frozenset[Feature]] = field(default_factory=dict)

    def can(self, feature: Feature, transport: TransportType) -> bool:
        """Whether the client has a feature over a transport."""
        return feature not in self.lacks and feature not in self.lacks_on.get(transport, frozenset())


_OFFICIAL = Dialect(
    unauthorized="Failed to complete negotiation with the server: Error: Unauthorized: Status code '401'",
    forbidden="Failed to complete negotiation with the server: Error: Forbidden: Status code '403'",
    closed="Server returned an error on close: {}",
    handler_error="Error: {}",
)


def _node(version: str) -> Client:
    major = version.partition(".")[0]
    # Up to version 7, the cookies of Node's own fetch are nobody's business.
    lacks = frozenset({Feature.COOKIES}) if major == "7" else frozenset()
    return Client(
        key=VERSIONS[version],
        label="@microsoft/signalr in Node",
        version=version,
        dialect=_OFFICIAL,
        is_stateful=major != "7",
        lacks=lacks,
    )


def _page(version: str) -> Client:
    # The browser's WebSocket and EventSource take no headers.
    headers = frozenset({Feature.HEADERS})
    return Client(
        key=f"chromium-{VERSIONS[version]}",
        label="@microsoft/signalr in Chromium",
        version=version,
        dialect=_OFFICIAL,
        is_page=True,
        lacks_on={TransportType.WEB_SOCKETS: headers, TransportType.SERVER_SENT_EVENTS: headers},
    )


_AIOSIGNALR = Client(
    key="aiosignalr",
    label="aiosignalr",
    version=AIOSIGNALR,
    dialect=Dialect(
        unauthorized="Negotiate request failed with status 401: ",
        forbidden="Negotiate request failed with status 403: ",
        closed="Connection closed.",
        handler_error="An error occurred on the server. {}",
        no_handler="Unknown hub method 'Missing'",
    ),
    largest=30 * KIB,
    lacks=frozenset(
        {
            Feature.UPLOAD_WITHOUT_RESULT,
            Feature.TWO_UPLOADS,
            Feature.UPLOAD_AND_STREAM,
            Feature.STAY_AWAY,
            Feature.QUERY,
            Feature.COOKIES,
        }
    ),
)

_PYSIGNALR = Client(
    key="pysignalr",
    label="pysignalr",
    version=PYSIGNALR,
    dialect=Dialect(
        unauthorized="AuthorizationError",
        forbidden="403",
        closed="{}",
        handler_error="{}",
    ),
    transports=(TransportType.WEB_SOCKETS,),
    host="localhost",  # it keeps no cookies of a host that has no name
    lacks=frozenset(
        {
            Feature.CANCEL,
            Feature.UPLOAD_RESULT,
            Feature.UPLOAD_ARGUMENT,
            Feature.UPLOAD_ERROR,
            Feature.TWO_UPLOADS,
            Feature.UPLOAD_AND_STREAM,
            Feature.RECONNECT,
            Feature.STAY_AWAY,
            Feature.START_AGAIN,
            Feature.SKIP_NEGOTIATION,
        }
    ),
)

CLIENTS = (*map(_node, VERSIONS), _page("10.0.11"), _PYSIGNALR, _AIOSIGNALR)
