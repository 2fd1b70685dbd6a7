"""WebSockets through plain ASGI: for every ASGI server and for the test client."""

import asyncio
from collections.abc import Callable, Sequence

from starlette.types import Receive, Scope, Send

from ..outgoing.encoded import Encoded
from ..outgoing.websocket_frame import CloseCode
from .asgi_sender import AsgiSender
from .base import Receiver
from .frame_reader import FrameError

TAKE_OVER = "signalr.take_over"
"""The ASGI extension of a server that hands its socket over; see `transports.uvicorn`."""

TakeOver = Callable[[Receiver], bool]


async def accept_websocket(receive: Receive, send: Send) -> None:
    """Accepts the upgrade. Raises what the server raises for a client that has gone."""
    await receive()
    await send({"type": "websocket.accept"})


def _nothing() -> None:
    pass


async def serve_websocket(
    connection: Receiver, scope: Scope, receive: Receive, send: Send, opened: Callable[[], None] = _nothing
) -> None:
    """Serves an accepted socket: until the connection's end, or only until the socket is taken over.

    `opened` is called when the connection has its transport, before anything comes from it.
    """
    take_over: TakeOver | None = scope.get("extensions", {}).get(TAKE_OVER)
    if take_over is not None and take_over(connection):
        opened()
        return
    socket = AsgiWebSocket(connection, receive, send)
    connection.attach(socket)
    opened()
    await socket.run()


_BROKEN = {
    code: FrameError(code, f"The client broke the rules of WebSockets; the server closed with {code}.")
    for code in (CloseCode.PROTOCOL_ERROR, CloseCode.INVALID_DATA, CloseCode.TOO_BIG)
}
"""What the close codes of the ASGI server say about the client's frames."""


class AsgiWebSocket:
    """The transport of one connection over the messages of ASGI."""

    name = "WebSockets"
    carries_binary = True
    needs_pings = True

    def __init__(self, connection: Receiver, receive: Receive, send: Send) -> None:
        self._connection = connection
        self._receive = receive
        # Reading on is how the end of a broken socket is noticed.
        self._sender = AsgiSender(send, lambda: connection.drained(self), broke=self.resume)
        self._may_read = asyncio.Event()
        self._may_read.set()
        self._closed = False

    async def run(self) -> None:
        """Feeds the connection until the socket ends."""
        lost = False
        error: Exception | None = None
        try:
            while (message := await self._receive())["type"] != "websocket.disconnect":
                data = message.get("bytes")
                if not (self._closed or self._sender.broken):
                    self._connection.receive(message["text"].encode() if data is None else data)
                await self._may_read.wait()
            # A Close frame comes with a reason, which may be empty. A socket that is gone comes without one.
            lost = not self._closed and "reason" not in message
            error = _BROKEN.get(message.get("code", CloseCode.NO_STATUS))
        finally:
            self._closed = True
            self._connection.transport_closed(self, error, lost=lost)
            await self._sender.aclose()

    def write(self, messages: Sequence[Encoded]) -> bool:
        if not self._closed:
            self._sender.put(
                [
                    {"type": "websocket.send", "bytes": message.payload}
                    if message.binary
                    else {"type": "websocket.send", "text": message.payload.decode()}
                    for message in messages
                ]
            )
        return not self._sender.is_behind

    def pause(self) -> None:
        self._may_read.clear()

    def resume(self) -> None:
        self._may_read.set()

    def close(self, *, failed: bool = False) -> None:
        if not self._closed:
            self._closed = True
            code = CloseCode.INTERNAL_ERROR if failed else CloseCode.NORMAL
            self._sender.put([{"type": "websocket.close", "code": int(code)}])
        self._may_read.set()

    def abort(self) -> None:
        # ASGI has no way to cut a socket: what waits is dropped, and the server is asked to close.
        self._sender.drop()
        self.close(failed=True)
