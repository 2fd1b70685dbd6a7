"""A real uvicorn in the test's own loop, and the two clients that speak to it: the `websockets` library's, and a socket
whose every byte a test decides and sees."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from enum import StrEnum
from struct import pack
from typing import Any

import uvicorn
from starlette.applications import Starlette
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.signalr.harness import HANDSHAKE, Message, invocation, messages_in, record
from tests.signalr.memory_transport import GUARD

HOST = "127.0.0.1"
MASK = b"\x37\xfa\x21\x3d"


class Adapter(StrEnum):
    """The two ways in which a hub meets a WebSocket; the value is uvicorn's `ws` option."""

    TAKEOVER = "app.signalr.transports.uvicorn:HubWebSocketProtocol"
    ASGI = "auto"


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.stopping = asyncio.Event()
        self.ready = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def main_loop(self) -> None:
        await self.on_tick(0)
        self.ready.set()
        await self.stopping.wait()


@asynccontextmanager
async def listening(app: Starlette, adapter: Adapter = Adapter.TAKEOVER, **options: Any) -> AsyncIterator[int]:
    """Serves the application on a free port, which it yields; `options` are uvicorn's."""
    config = uvicorn.Config(
        app,
        host=HOST,
        port=0,
        ws=adapter.value,
        lifespan="on",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=5,
        **options,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve())
    async with asyncio.timeout(GUARD):
        await server.ready.wait()
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.stopping.set()
        async with asyncio.timeout(GUARD):
            await task


class HubSocket:
    """A SignalR client over the `websockets` library."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self._messages: list[Message] = []
        self.frames = 0

    async def send(self, *messages: Message | str) -> None:
        """Sends messages in one Text frame."""
        await self.connection.send(record(*messages).decode())

    async def receive(self) -> Message:
        """The next message; every frame must hold whole ones."""
        async with asyncio.timeout(GUARD):
            while not self._messages:
                frame = await self.connection.recv()
                assert isinstance(frame, str)
                self.frames += 1
                self._messages = messages_in(frame.encode())
        return self._messages.pop(0)

    async def invoke(self, target: str, *arguments: Any) -> Message:
        """Calls a method; the next message must be its completion."""
        await self.send(invocation(target, *arguments, invocation_id="1"))
        return await self.receive()

    async def shake_hands(self) -> None:
        """Agrees on the JSON protocol."""
        await self.connection.send(HANDSHAKE.decode())
        assert await self.receive() == {}

    async def closed(self) -> int | None:
        """The code of the server's Close frame; None when the socket just ended."""
        with contextlib.suppress(ConnectionClosed):
            async with asyncio.timeout(GUARD):
                while True:
                    await self.connection.recv()
        close = self.connection.protocol.close_rcvd
        return None if close is None else close.code


@asynccontextmanager
async def hub_socket(
    port: int,
    path: str = "/hub",
    *,
    handshake: bool = True,
    headers: dict[str, str] | None = None,
    compression: str | None = None,
) -> AsyncIterator[HubSocket]:
    """A WebSocket to a hub, with the handshake behind it."""
    async with connect(
        f"ws://{HOST}:{port}{path}",
        compression=compression,
        additional_headers=headers,
        ping_interval=None,
        max_size=None,
        open_timeout=GUARD,
        close_timeout=GUARD,
    ) as connection:
        client = HubSocket(connection)
        if handshake:
            await client.shake_hands()
        yield client


def client_frame(opcode: int, payload: bytes = b"", *, fin: bool = True, mask: bytes = MASK, first: int = 0) -> bytes:
    """A masked frame; `first` sets further bits of its first byte."""
    head = opcode | (0x80 if fin else 0) | first
    size = len(payload)
    if size < 126:
        lead = pack("!BB", head, 0x80 | size)
    elif size < 0x10000:
        lead = pack("!BBH", head, 0x80 | 126, size)
    else:
        lead = pack("!BBQ", head, 0x80 | 127, size)
    return lead + mask + bytes(byte ^ mask[index & 3] for index, byte in enumerate(payload))


class RawSocket:
    """A TCP connection that keeps every byte of the server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.seen = b""

    def write(self, *parts: bytes) -> None:
        """Sends bytes at once."""
        self._writer.write(b"".join(parts))

    def request(self, path: str = "/hub", *headers: str) -> None:
        """Sends a WebSocket upgrade whose answer is always the same."""
        lines = [
            f"GET {path} HTTP/1.1",
            f"Host: {HOST}",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            *headers,
        ]
        self.write("".join(line + "\r\n" for line in (*lines, "")).encode())

    async def _exactly(self, size: int) -> bytes:
        async with asyncio.timeout(GUARD):
            data = await self._reader.readexactly(size)
        self.seen += data
        return data

    async def head(self) -> list[str]:
        """The lines of the answer to a request."""
        async with asyncio.timeout(GUARD):
            head = await self._reader.readuntil(b"\r\n\r\n")
        return head.decode().split("\r\n")[:-2]

    async def upgrade(self, path: str = "/hub", *headers: str) -> list[str]:
        """Opens a WebSocket, and returns the lines of the answer."""
        self.request(path, *headers)
        lines = await self.head()
        assert lines[0].startswith("HTTP/1.1 101 ")
        return lines

    async def shake_hands(self) -> None:
        """Opens a WebSocket and agrees on the JSON protocol."""
        await self.upgrade()
        self.write(client_frame(1, HANDSHAKE))
        assert await self.frame() == (1, b"{}\x1e")

    async def frame(self) -> tuple[int, bytes]:
        """Opcode and payload of the server's next frame, which must be whole."""
        first, second = await self._exactly(2)
        assert first & 0x80
        size = second
        if size >= 126:
            size = int.from_bytes(await self._exactly(2 if size == 126 else 8))
        return first & 0x0F, await self._exactly(size)

    async def messages(self) -> list[Message]:
        """The hub messages of the next frame."""
        opcode, payload = await self.frame()
        assert opcode == 1
        return messages_in(payload)

    async def rest(self) -> bytes:
        """Everything until the server closes the TCP connection."""
        async with asyncio.timeout(GUARD):
            with contextlib.suppress(ConnectionResetError):
                self.seen += await self._reader.read()
        return self.seen

    async def at_end(self) -> bool:
        """Whether the server has closed without another byte; waits for one or the other."""
        async with asyncio.timeout(GUARD):
            try:
                return await self._reader.read(1) == b""
            except ConnectionResetError:
                return True

    def reset(self) -> None:
        """Cuts the connection without a closing handshake."""
        self._writer.transport.abort()


@asynccontextmanager
async def raw_socket(port: int, *, receive_buffer: int | None = None) -> AsyncIterator[RawSocket]:
    """A TCP connection; a small `receive_buffer` makes a client that does not read felt sooner."""
    plain = socket.socket()
    plain.setblocking(False)
    if receive_buffer is not None:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    await asyncio.get_running_loop().sock_connect(plain, (HOST, port))
    reader, writer = await asyncio.open_connection(sock=plain, limit=2**24 if receive_buffer is None else 2**10)
    try:
        yield RawSocket(reader, writer)
    finally:
        writer.transport.abort()
