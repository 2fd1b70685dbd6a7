"""A hub server without sockets: connections that a test feeds with bytes, and whose writes it reads."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

from broadcaster import Broadcast
from fastapi import FastAPI
from starlette.requests import HTTPConnection

from app.signalr import ANONYMOUS, ClaimsPrincipal, Hub, HubContext, HubOptions, SignalR, add_signalr, map_hub
from app.signalr.connection.connection import HubConnection
from tests.signalr.memory_transport import MemoryTransport

Message = dict[str, Any]

HANDSHAKE = b'{"protocol":"json","version":1}\x1e'
SEPARATOR = b"\x1e"
_numbers = count(1)


def record(*messages: Message | str) -> bytes:
    """Messages as a client sends them; text is taken as it is."""
    texts = [message if isinstance(message, str) else json.dumps(message, ensure_ascii=False) for message in messages]
    return b"".join(text.encode() + SEPARATOR for text in texts)


def messages_in(payload: bytes) -> list[Message]:
    """The messages of one write; it must hold whole ones only."""
    *texts, rest = payload.split(SEPARATOR)
    assert rest == b"", f"cut inside a message: {payload!r}"
    return [json.loads(text) for text in texts]


def invocation(target: str, *arguments: Any, invocation_id: str | None = None) -> Message:
    """A call; without an id nobody answers it."""
    message: Message = {"type": 1, "target": target, "arguments": arguments}
    if invocation_id is not None:
        message["invocationId"] = invocation_id
    return message


def completion(result: Any = None, invocation_id: str = "1") -> Message:
    """The answer that says that all went well."""
    return {"type": 3, "invocationId": invocation_id, "result": result}


def failure(error: str, invocation_id: str = "1") -> Message:
    """The answer that says what went wrong."""
    return {"type": 3, "invocationId": invocation_id, "error": error}


def invocation_failure(name: str, detail: str | None = None) -> Message:
    """The answer to a call whose method raised."""
    text = f"An unexpected error occurred invoking '{name}' on the server."
    return failure(text if detail is None else f"{text} {detail}")


def binding_failure(name: str, detail: str | None = None) -> Message:
    """The answer to a call that never reached a method."""
    text = f"Failed to invoke '{name}' due to an error on the server."
    return failure(text if detail is None else f"{text} {detail}")


async def idle() -> None:
    """Lets everything run that needs no socket and no timer, so that what did not happen will not happen."""
    for _ in range(50):
        await asyncio.sleep(0)


class MemoryClient:
    """The other end of one connection."""

    def __init__(self, connection: HubConnection) -> None:
        self.connection = connection
        self.transport = MemoryTransport(connection)
        self._unread: deque[Message] = deque()
        self._writes_read = 0
        connection.attach(self.transport)

    @property
    def id(self) -> str:
        """The id that hubs know the client by."""
        return self.connection.id

    def feed(self, data: bytes) -> None:
        """Sends bytes as they are."""
        self.connection.receive(data)

    def send(self, *messages: Message | str) -> None:
        """Sends messages in one chunk."""
        self.feed(record(*messages))

    @property
    def received(self) -> list[Message]:
        """Every message that was not read with `receive`."""
        return list(self._arrived())

    def _arrived(self) -> deque[Message]:
        for payload in self.transport.writes[self._writes_read :]:
            self._unread += messages_in(payload)
        self._writes_read = len(self.transport.writes)
        return self._unread

    async def receive(self) -> Message:
        """The next message."""
        await self.transport.changed.until(self._arrived)
        return self._unread.popleft()

    async def shake_hands(self) -> None:
        """Agrees on the JSON protocol."""
        self.feed(HANDSHAKE)
        assert await self.receive() == {}

    async def invoke(self, target: str, *arguments: Any) -> Message:
        """Calls a method and returns its completion, which must be the next message."""
        self.send(invocation(target, *arguments, invocation_id="1"))
        return await self.receive()

    async def ended(self) -> str:
        """How the transport ended, once it has."""
        await self.transport.changed.until(lambda: self.transport.end)
        return self.transport.end or ""


class Bench:
    """A running hub server."""

    def __init__(self, app: FastAPI, signalr: SignalR) -> None:
        self.app = app
        self.signalr = signalr

    def open(
        self,
        hub: type[Hub[Any]] | None = None,
        user: ClaimsPrincipal = ANONYMOUS,
        *,
        query: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> MemoryClient:
        """A connection before its handshake; to the only hub, unless one is named."""
        runtimes = [runtime for runtime in self.signalr.hubs if hub in (None, runtime.hub)]
        (runtime,) = runtimes
        scope = {
            "type": "websocket",
            "app": self.app,
            "path": "/hub",
            "query_string": query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()],
        }
        connection_id = f"{runtime.hub.__name__}-{next(_numbers)}"
        return MemoryClient(HubConnection(runtime, connection_id, user, HTTPConnection(scope)))

    async def connect(
        self,
        hub: type[Hub[Any]] | None = None,
        user: ClaimsPrincipal = ANONYMOUS,
        *,
        query: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> MemoryClient:
        """A connection after its handshake."""
        client = self.open(hub, user, query=query, headers=headers)
        await client.shake_hands()
        await idle()
        return client

    def context(self) -> HubContext:
        """The context of the only hub."""
        (runtime,) = self.signalr.hubs
        return self.signalr.context(runtime.hub)


async def stateful_client(bench: Bench) -> MemoryClient:
    """A connection to the only hub, on which stateful reconnect is agreed."""
    (runtime,) = bench.signalr.hubs
    http = HTTPConnection({"type": "websocket", "app": bench.app, "path": "/hub", "query_string": b"", "headers": []})
    client = MemoryClient(HubConnection(runtime, "stateful", ANONYMOUS, http, reconnect_window=15))
    client.feed(b'{"protocol":"json","version":2}\x1e')
    assert await client.receive() == {}
    await idle()
    return client


@asynccontextmanager
async def serving(
    *hubs: type[Hub[Any]],
    options: HubOptions | None = None,
    broadcast: Broadcast | None = None,
    overrides: Mapping[Callable[..., Any], Callable[..., Any]] | None = None,
) -> AsyncIterator[Bench]:
    """Runs a server with these hubs."""
    app = FastAPI()
    signalr = add_signalr(app, options=options, broadcast=broadcast)
    app.dependency_overrides.update(overrides or {})
    for hub in hubs:
        map_hub(app, f"/{hub.__name__}", hub)
    async with app.router.lifespan_context(app):
        yield Bench(app, signalr)


def user(identifier: str, *roles: str) -> ClaimsPrincipal:
    """Somebody who has signed in."""
    return ClaimsPrincipal(identifier, frozenset(roles))


def targets(messages: Iterable[Message]) -> list[str]:
    """What was called, in order."""
    return [message["target"] for message in messages if message["type"] == 1]
