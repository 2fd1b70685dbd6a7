"""A SignalR client in memory: what official clients do, with as few calls."""

import asyncio
import itertools
from collections.abc import AsyncGenerator, AsyncIterable, Coroutine
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET

from ..connection.connection import HubConnection
from ..connection.handshake import SEPARATOR, SUCCESS
from ..messages import CancelInvocation, Close, Completion, HubMessage, Invocation, Ping, StreamInvocation, StreamItem
from ..protocols.base import HubProtocol
from .errors import HubConnectionError
from .pending_call import PendingCall, upload
from .server_calls import Handler, ServerCalls
from .transport import MemoryTransport

GUARD = 10.0
"""Seconds after which a wait gives up, unless `connect` is told otherwise."""

TURNS = 50
"""Turns of the event loop after which everything has run that waits for no timer and no socket."""

_NOBODY = "?"
"""A method that no hub has. Its refusal says that everything before it was handled."""

T = TypeVar("T")


class HubTestClient:
    """One client of one hub; see `HubTestServer.connect`. Names of targets ignore case, as with official clients.

    Calls from the server go to the handler of their target, or wait for `receive`. Every wait raises
    HubConnectionError when the connection ends meanwhile, and TimeoutError when it takes too long.
    """

    def __init__(self, connection: HubConnection, protocol: HubProtocol, *, timeout_s: float = GUARD) -> None:
        self._connection = connection
        self._protocol = protocol
        self._timeout_s = timeout_s
        self._shaken = asyncio.Event()
        self._end = asyncio.Event()
        self._forgotten = asyncio.Event()
        self._transport = MemoryTransport(connection, self._arrived, self._end.set)
        self._server_calls = ServerCalls()
        self._calls: dict[str, PendingCall] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._ids = map(str, itertools.count())
        self.close_message: Close | None = None
        """The server's Close message, once it has come."""

    @property
    def connection_id(self) -> str:
        """What the hub calls this client."""
        return self._connection.id

    # Calls of the client

    async def invoke(self, target: str, *arguments: Any) -> Any:
        """The result of a hub method. Raises HubCallError.

        Asynchronous iterators among the arguments are uploads: their items follow as fast as the server reads, until
        the call is over. What such an iterator raises reaches the hub method as the error of its stream.
        """
        call = self._call(Invocation, target, arguments)
        return (await self._within(call.answers.get(), f"an answer to {target}")).result_or_raise()

    def send(self, target: str, *arguments: Any) -> None:
        """Calls without waiting for an answer or an error. Uploads work as with `invoke`."""
        self._call(Invocation, target, arguments, answered=False)

    def stream(self, target: str, *arguments: Any) -> AsyncGenerator[Any, None]:
        """Starts a streaming method now, and yields its items; leaving the loop cancels it. Raises HubCallError."""
        return self._items(self._call(StreamInvocation, target, arguments), target)

    def ping(self) -> None:
        """Sends a ping. After the first one, the server expects more."""
        self._write(Ping())

    # Calls of the server

    def on(self, target: str, handler: Handler) -> None:
        """Calls `handler` when the server calls `target`. Its result, awaited if need be, answers a client result.

        What it raises is the error that the server reads, if it asked for a result, and fails the test if not.
        """
        self._server_calls.handle(target, handler)

    async def receive(self, target: str) -> list[Any]:
        """The arguments of the server's next call of `target`, in the order in which they came."""
        return await self._within(self._server_calls.queue(target).get(), f"a call of {target}")

    async def assert_silent(self, target: str | None = None) -> None:
        """Fails if a call of `target` (None: any) waits for `receive`, or comes out of what is running now.

        A push that waits for a timer, a thread or a socket may still come later: wait for its cause first.
        """
        for _ in range(TURNS):
            await asyncio.sleep(0)
        if waiting := list(self._server_calls.waiting(target)):
            raise AssertionError("the server called " + ", ".join(f"{name}: {given}" for name, given in waiting))
        if self._end.is_set():
            raise self._why()

    # The end

    async def closed(self) -> Close:
        """The server's Close message, once the connection is over and the hub's `on_disconnected` has run."""
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._end.wait()
                await self._forgotten.wait()
        except TimeoutError:
            raise TimeoutError(f"the connection did not end within {self._timeout_s} seconds") from None
        return self.close_message or Close()

    def drop(self) -> None:
        """Vanishes without a goodbye, as a lost socket does; `closed` waits until the hub has noticed."""
        self._transport.drop()

    # For the server of the test

    async def start(self) -> None:
        """Shakes hands and waits for `on_connected`. Raises HubConnectionError."""
        self._connection.on_closed = self._forgotten.set
        self._connection.attach(self._transport)
        self._transport.send(b'{"protocol":"%s","version":1}' % self._protocol.name.encode() + SEPARATOR)
        try:
            await self._within(self._shaken.wait(), "an answer to the handshake")
            probe = self._call(Invocation, _NOBODY, ())
            await self._within(probe.answers.get(), "the end of on_connected")
        except BaseException:
            self.drop()
            raise

    async def stop(self) -> None:
        """Says goodbye, closes the socket, and waits until `on_disconnected` has run."""
        for task in self._tasks:
            task.cancel()
        self._write_if_open(Close())
        self.drop()  # a busy hub would not read the Close message
        await self.closed()

    def check_handlers(self) -> None:
        """Raises an ExceptionGroup of what handlers raised while no server waited for their answer."""
        self._server_calls.check()

    # Inside

    def _call(
        self, kind: type[Invocation], target: str, arguments: tuple[Any, ...], *, answered: bool = True
    ) -> PendingCall:
        plain = [argument for argument in arguments if not isinstance(argument, AsyncIterable)]
        streams = {next(self._ids): argument for argument in arguments if isinstance(argument, AsyncIterable)}
        identifier = next(self._ids)
        self._write(kind(target, plain, identifier if answered else None, tuple(streams)))
        uploads = [
            self._spawn(upload(stream_id, items, self._write_if_open, self._transport.sent))
            for stream_id, items in streams.items()
        ]
        call = PendingCall(identifier, uploads)
        if answered:
            self._calls[identifier] = call
        return call

    async def _items(self, call: PendingCall, target: str) -> AsyncGenerator[Any, None]:
        try:
            while not (answer := await self._within(call.answers.get(), f"an item of {target}")).is_last:
                yield answer.item
            answer.result_or_raise()
        finally:
            if self._calls.pop(call.identifier, None) is not None:
                call.cancel_uploads()
                self._write_if_open(CancelInvocation(call.identifier))

    def _write(self, message: HubMessage) -> None:
        if self._end.is_set():
            raise self._why()
        self._transport.send(self._protocol.encode(message))

    def _write_if_open(self, message: HubMessage) -> None:
        if not self._end.is_set():
            self._transport.send(self._protocol.encode(message))

    def _arrived(self, payload: bytes) -> None:
        if not self._shaken.is_set():
            self._answered_handshake(payload)
        elif (framed := self._protocol.frame(payload, 0)) is not None:
            message = self._protocol.parse(payload[framed.start : framed.end])
            if message is not None:
                self._handle(message)

    def _answered_handshake(self, payload: bytes) -> None:
        if payload == SUCCESS:
            self._shaken.set()
        else:
            self.close_message = Close(msgspec.json.decode(payload.removesuffix(SEPARATOR))["error"])

    def _handle(self, message: HubMessage) -> None:
        if isinstance(message, Invocation):
            self._called(message)
        elif isinstance(message, StreamItem):
            if (call := self._calls.get(message.invocation_id)) is not None:
                call.take_item(self._plain(message.item))
        elif isinstance(message, Completion):
            if (call := self._calls.pop(message.invocation_id, None)) is not None:
                call.complete(None if message.result is UNSET else self._plain(message.result), message.error)
        elif isinstance(message, Close):
            self.close_message = message

    def _called(self, call: Invocation) -> None:
        arguments = self._plain(call.arguments)
        handler = self._server_calls.handler(call.target)
        if handler is not None:
            self._spawn(self._answer(handler, arguments, call.invocation_id))
        elif (answer := self._server_calls.keep(call.target, arguments, call.invocation_id)) is not None:
            self._write_if_open(answer)

    async def _answer(self, handler: Handler, arguments: list[Any], identifier: str | None) -> None:
        answer = await self._server_calls.answer(handler, arguments, identifier)
        if answer is not None:
            try:
                self._write_if_open(answer)
            except (TypeError, ValueError) as error:
                self._write_if_open(Completion(answer.invocation_id, UNSET, str(error)))

    def _plain(self, raw: Any) -> Any:
        return raw if self._protocol.binary else msgspec.json.decode(raw)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _why(self) -> HubConnectionError:
        return HubConnectionError(self.close_message or Close())

    async def _within(self, waiting: Coroutine[Any, Any, T], what: str) -> T:
        """Waits for `waiting`, but not longer than the connection lives."""
        wanted = asyncio.ensure_future(waiting)
        ended = asyncio.ensure_future(self._end.wait())
        try:
            await asyncio.wait({wanted, ended}, timeout=self._timeout_s, return_when=asyncio.FIRST_COMPLETED)
            if wanted.done():
                return wanted.result()
            if ended.done():
                raise self._why()
            raise TimeoutError(f"{what} did not come within {self._timeout_s} seconds")
        finally:
            wanted.cancel()
            ended.cancel()
