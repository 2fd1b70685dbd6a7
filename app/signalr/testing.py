"""Tests of hubs without a network: a client that speaks the real protocol over a connection in memory.

    app = FastAPI(); add_signalr(app); map_hub(app, "/chathub", ChatHub)

    async def test_echo() -> None:
        async with hub_server(app) as server:
            async with server.connect(ChatHub) as client:
                await client.invoke("Echo", "hello")
                assert await client.receive("ReceiveMessage") == ["hello"]

Everything but the socket is what runs in production: handshake, encoding, dispatch, groups, filters, errors. A wait
that has no end in sight ends with TimeoutError after `GUARD` seconds.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import msgspec
from msgspec import UNSET
from starlette.applications import Starlette
from starlette.requests import HTTPConnection

from app.signalr.connection import HubConnection
from app.signalr.errors import SignalRError
from app.signalr.handshake import SUCCESS
from app.signalr.hub import Hub
from app.signalr.messages import (
    CancelInvocation,
    Close,
    Completion,
    HubMessage,
    Invocation,
    Ping,
    StreamInvocation,
    StreamItem,
)
from app.signalr.negotiate import new_id
from app.signalr.principal import ANONYMOUS, ClaimsPrincipal
from app.signalr.protocols.base import HubProtocol
from app.signalr.server import SignalR
from app.signalr.transports.base import Encoded, Transport

GUARD = 10.0
"""Seconds after which a wait gives up."""

Handler = Callable[..., Any]


class HubCallError(SignalRError):
    """The server answered a call with an error; the text is what a client reads."""


class ConnectionRefusedOrEnded(SignalRError):  # noqa: N818 - a state of affairs that tests expect
    """The connection is over; `error` and `allow_reconnect` are those of its Close message."""

    def __init__(self, error: str | None, *, allow_reconnect: bool) -> None:
        super().__init__(error or "closed")
        self.error = error
        self.allow_reconnect = allow_reconnect


@contextlib.asynccontextmanager
async def hub_server(app: Starlette) -> "AsyncIterator[HubTestServer]":
    """Runs the hub server of an application, and nothing else of its lifespan."""
    signalr: SignalR = app.state.signalr
    async with signalr.running():
        yield HubTestServer(app, signalr)


class HubTestServer:
    """A hub server that runs in this event loop."""

    def __init__(self, app: Starlette, signalr: SignalR) -> None:
        self._app = app
        self.signalr = signalr

    @contextlib.asynccontextmanager
    async def connect(
        self,
        hub: type[Hub[Any]],
        *,
        user: ClaimsPrincipal = ANONYMOUS,
        protocol: str = "json",
        query: str = "",
        headers: Sequence[tuple[str, str]] = (),
    ) -> "AsyncIterator[HubTestClient]":
        """A client that has shaken hands; it says goodbye when left. Authorization of the hub is not asked here."""
        scope = {
            "type": "websocket",
            "app": self._app,
            "path": "/",
            "query_string": query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers],
        }
        connection = HubConnection(self.signalr.runtime(hub), new_id(), user, HTTPConnection(scope))
        client = HubTestClient(connection, self.signalr.protocols[protocol])
        await client.start()
        try:
            yield client
        finally:
            await client.stop()


class HubTestClient:
    """A SignalR client in memory. Calls from the server are kept until `receive` asks for them."""

    def __init__(self, connection: HubConnection, protocol: HubProtocol) -> None:
        self._connection = connection
        self._protocol = protocol
        self._transport = _MemoryTransport(self._arrived)
        self._handlers: dict[str, Handler] = {}
        self._received: dict[str, asyncio.Queue[list[Any]]] = {}
        self._answers: dict[str, asyncio.Queue[StreamItem | Completion]] = {}
        self._shaken = asyncio.Event()
        self._ended = asyncio.Event()
        self._ids = map(str, range(1_000_000_000))
        self.close_message: Close | None = None
        """The Close message of the server, once it has come."""

    @property
    def connection_id(self) -> str:
        """What the server calls this client."""
        return self._connection.id

    def on(self, target: str, handler: Handler) -> None:
        """Calls `handler` when the server calls `target`; what it returns answers a client result."""
        self._handlers[target] = handler

    async def invoke(self, target: str, *arguments: Any) -> Any:
        """The result of a hub method. Raises HubCallError, or ConnectionRefusedOrEnded."""
        identifier = next(self._ids)
        answers = self._expect(identifier)
        self._write(Invocation(target, arguments, identifier))
        answer = await self._guarded(answers.get())
        return _result(answer)

    def send(self, target: str, *arguments: Any) -> None:
        """Calls without waiting, and without hearing of errors."""
        self._write(Invocation(target, arguments))

    async def stream(self, target: str, *arguments: Any) -> AsyncIterator[Any]:
        """The items of a streaming method; leaving the loop cancels it. Raises HubCallError."""
        identifier = next(self._ids)
        answers = self._expect(identifier)
        self._write(StreamInvocation(target, arguments, identifier))
        try:
            while isinstance(answer := await self._guarded(answers.get()), StreamItem):
                yield answer.item
            identifier = ""
            _result(answer)
        finally:
            if identifier:
                self._write(CancelInvocation(identifier))

    async def receive(self, target: str) -> list[Any]:
        """The arguments of the next call of `target` by the server."""
        arguments: list[Any] = await self._guarded(self._queue(target).get())
        return arguments

    def ping(self) -> None:
        """A sign of life."""
        self._write(Ping())

    async def closed(self) -> Close:
        """Waits until the server has closed the connection."""
        await asyncio.wait_for(self._ended.wait(), GUARD)
        return self.close_message or Close()

    async def start(self) -> None:
        """Shakes hands. Raises ConnectionRefusedOrEnded."""
        self._connection.attach(self._transport)
        self._connection.receive(b'{"protocol":"%s","version":1}\x1e' % self._protocol.name.encode())
        await self._guarded(self._shaken.wait())

    async def stop(self) -> None:
        """Says goodbye and waits until the hub has heard it."""
        if not self._ended.is_set():
            self._write(Close())
        await asyncio.wait_for(self._ended.wait(), GUARD)

    def drop(self) -> None:
        """Vanishes without a goodbye, as a lost socket does."""
        self._transport.close()
        self._connection.transport_closed(self._transport, None, lost=True)

    def _write(self, message: HubMessage) -> None:
        if self._ended.is_set():
            raise self._end()
        self._connection.receive(self._protocol.encode(message))

    def _arrived(self, payload: bytes | None) -> None:
        if payload is None:
            self._ended.set()
        elif payload == SUCCESS and not self._shaken.is_set():
            self._shaken.set()
        elif (framed := self._protocol.frame(payload, 0)) is not None:
            message = self._protocol.parse(payload[framed.start : framed.end])
            if message is not None:
                self._handle(message)

    def _handle(self, message: HubMessage) -> None:
        if isinstance(message, Invocation):
            self._called(message)
        elif isinstance(message, (StreamItem, Completion)):
            if (answers := self._answers.get(message.invocation_id)) is not None:
                answers.put_nowait(self._decoded(message))
        elif isinstance(message, Close):
            self.close_message = message

    def _called(self, call: Invocation) -> None:
        arguments = self._plain(call.arguments)
        handler = self._handlers.get(call.target)
        if handler is None:
            self._queue(call.target).put_nowait(arguments)
        result = handler(*arguments) if handler is not None else None
        if call.invocation_id is not None:
            error = None if handler is not None else "Client didn't provide a result."
            self._write(Completion(call.invocation_id, UNSET if error else result, error))

    def _decoded(self, message: StreamItem | Completion) -> StreamItem | Completion:
        if isinstance(message, StreamItem):
            return StreamItem(message.invocation_id, self._plain(message.item))
        result = UNSET if message.result is UNSET else self._plain(message.result)
        return Completion(message.invocation_id, result, message.error)

    def _plain(self, raw: Any) -> Any:
        return raw if self._protocol.binary else msgspec.json.decode(raw)

    def _expect(self, identifier: str) -> "asyncio.Queue[StreamItem | Completion]":
        answers: asyncio.Queue[StreamItem | Completion] = asyncio.Queue()
        self._answers[identifier] = answers
        return answers

    def _queue(self, target: str) -> "asyncio.Queue[list[Any]]":
        return self._received.setdefault(target, asyncio.Queue())

    def _end(self) -> ConnectionRefusedOrEnded:
        close = self.close_message or Close()
        return ConnectionRefusedOrEnded(close.error, allow_reconnect=close.allow_reconnect)

    async def _guarded(self, waiting: Any) -> Any:
        """What is waited for, or the end of the connection, whichever is first."""
        wanted = asyncio.ensure_future(waiting)
        ended = asyncio.ensure_future(self._ended.wait())
        try:
            await asyncio.wait({wanted, ended}, timeout=GUARD, return_when=asyncio.FIRST_COMPLETED)
            if wanted.done():
                return wanted.result()
            if ended.done():
                raise self._end()
            raise TimeoutError(f"nothing came within {GUARD} seconds")
        finally:
            wanted.cancel()
            ended.cancel()


class _MemoryTransport(Transport):
    """Hands each message to the client at once."""

    name = "WebSockets"
    carries_binary = True
    needs_pings = True

    def __init__(self, arrived: Callable[[bytes | None], None]) -> None:
        self._arrived = arrived
        self._loop = asyncio.get_running_loop()
        self._closed = False

    def write(self, messages: Sequence[Encoded]) -> bool:
        for message in messages:
            # In a turn of its own, as from a socket: a handler may call the server again.
            self._loop.call_soon(self._arrived, message.payload)
        return True

    def pause(self) -> None:
        pass

    def resume(self) -> None:
        pass

    def close(self, *, failed: bool = False) -> None:
        if not self._closed:
            self._closed = True
            self._loop.call_soon(self._arrived, None)

    def abort(self) -> None:
        self.close()


def _result(answer: StreamItem | Completion) -> Any:
    if isinstance(answer, Completion):
        if answer.error is not None:
            raise HubCallError(answer.error)
        return None if answer.result is UNSET else answer.result
    raise HubCallError("The server answered a plain call with a stream.")
