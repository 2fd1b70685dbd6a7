"""The errors that a test client raises."""

from ..errors import SignalRError
from ..messages import Close


class HubCallError(SignalRError):
    """The server answered a call with an error; the text is what any client reads."""


class HubConnectionError(SignalRError):
    """The connection is over, or never began. `error` and `allow_reconnect` are those of the server's Close message."""

    def __init__(self, close: Close) -> None:
        super().__init__(close.error or "The connection is closed.")
        self.error = close.error
        self.allow_reconnect = close.allow_reconnect


class HubRefusalError(SignalRError):
    """The hub's `@authorize` does not admit the user; a request would have been answered with `status`."""

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text)
        self.status = status
