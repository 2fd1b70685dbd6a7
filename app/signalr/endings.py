"""Why a connection ends: one value says what the client hears, what becomes of the socket, and what the hub is told.

Every ending of the framework is here, so that a reader can compare them. `connection/states.py` says what follows.
"""

from enum import Enum
from typing import NamedTuple

from .errors import ClientTimeoutError, HubError, SlowClientError

HANDSHAKE_CANCELED = "Handshake was canceled."


class Farewell(Enum):
    """The last message of the server. To a client that has not shaken hands, it is a refusal of the handshake."""

    NOTHING = "nothing: there is no socket to write to, or nobody reads from it"
    CLOSE = "a Close message"
    CLOSE_WITH_ERROR = "a Close message with the text of the error"


class SocketEnd(Enum):
    """How the server lets go of the socket."""

    CLOSE = "closed after what was written, once the hub has said goodbye"
    FAIL = "closed, and the transport says that the server is at fault"
    ABORT = "cut at once; what was not sent is dropped"


class Ending(NamedTuple):
    """Why one connection ends, and how."""

    farewell: Farewell
    may_reconnect: bool = False
    """Whether the Close message allows the client to come back by itself."""
    error: BaseException | None = None
    """What `on_disconnected` gets; None for an orderly end."""
    socket: SocketEnd = SocketEnd.CLOSE
    refusal: str = HANDSHAKE_CANCELED
    """What a client reads that has not shaken hands."""
    warning: str | None = None
    """What the operator reads in the log."""


ABORTED_BY_HUB = Ending(Farewell.CLOSE)
"""A hub called `context.abort()`."""

SERVER_STOPS = Ending(Farewell.CLOSE, may_reconnect=True)
"""The server stops; another process, or the next one, will serve the client."""

DELETED_BY_CLIENT = Ending(Farewell.CLOSE, may_reconnect=True)
"""A client of long polling sent DELETE."""

CREDENTIALS_EXPIRED = Ending(Farewell.CLOSE, may_reconnect=True)
"""The credentials that opened the connection are no longer valid; the client may come back with new ones."""

NO_SERVICE = Ending(Farewell.NOTHING, socket=SocketEnd.FAIL)
"""The server, not the client, is at fault, and no hub has seen the connection yet."""

NOT_RESUMED = Ending(Farewell.NOTHING)
"""The socket was lost, and the client did not come back in time."""

HANDSHAKE_TIMEOUT = Ending(Farewell.CLOSE)
"""The client sent no complete handshake request in time."""


def refused(text: str) -> Ending:
    """The handshake cannot be accepted; the client reads `text`."""
    return Ending(Farewell.CLOSE, refusal=text)


def closed_by_client(error: str | None) -> Ending:
    """The client sent a Close message, perhaps with an error. The server's own Close does not repeat it."""
    return Ending(Farewell.CLOSE, error=HubError(error) if error else None)


def failed(error: BaseException, *, may_reconnect: bool = True) -> Ending:
    """Something went wrong on this connection. The client reads the error's text if it may."""
    return Ending(Farewell.CLOSE_WITH_ERROR, may_reconnect, error)


def timed_out() -> Ending:
    """A client that had pinged before was silent for too long."""
    return failed(ClientTimeoutError("Client hasn't sent a message/ping within the configured ClientTimeoutInterval."))


def refused_by_hub(error: BaseException) -> Ending:
    """`on_connected` raised `error`."""
    return failed(error, may_reconnect=False)


def cut_off(why: str) -> Ending:
    """The client does not read what is sent to it."""
    return Ending(Farewell.NOTHING, error=SlowClientError(why), socket=SocketEnd.ABORT, warning=why)


def socket_gone(error: Exception | None) -> Ending:
    """The socket has ended; `error` says which rule the client broke, if it broke one."""
    return Ending(Farewell.NOTHING, error=error)
