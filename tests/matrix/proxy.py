"""A TCP proxy that cuts WebSockets, as plans tell it."""

import asyncio
import contextlib
import socket
import struct
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager

from tests.matrix.cuts import Manner, Plan
from tests.matrix.server import HOST

CHUNK = 65_536

_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER that turns a close into a reset."""


class CuttingProxy:
    """Forwards to a port. Only WebSockets are cut: each new one follows the next plan, while there are plans."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._plans: Iterator[Plan] = iter(())
        self._links: set[_Link] = set()
        self._another = asyncio.Event()
        self.cuts = 0
        self.url = ""

    def arm(self, plans: Iterable[Plan]) -> None:
        """Sets the plans of the WebSockets to come."""
        self._plans = iter(plans)

    def cut(self) -> None:
        """Cuts every open WebSocket."""
        for link in self._links:
            link.cut(Manner.CLOSED)

    async def reach(self, cuts: int) -> None:
        """Returns when so many WebSockets have been cut."""
        while self.cuts < cuts:
            self._another.clear()
            await self._another.wait()

    def was_cut(self) -> None:
        """One more."""
        self.cuts += 1
        self._another.set()

    def next_plan(self) -> Plan | None:
        """The plan of a new WebSocket."""
        return next(self._plans, None)

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Forwards one connection."""
        link = _Link(self, (reader, writer), await asyncio.open_connection(HOST, self._port))
        self._links.add(link)
        try:
            await link.run()
        finally:
            self._links.discard(link)

    def close(self) -> None:
        """Ends what is still forwarded."""
        for link in self._links:
            link.end()


class _Link:
    """One connection through the proxy: two sockets."""

    def __init__(
        self,
        proxy: CuttingProxy,
        client: tuple[StreamReader, StreamWriter],
        server: tuple[StreamReader, StreamWriter],
    ) -> None:
        self._proxy = proxy
        self._client = client
        self._server = server
        self._is_websocket = False
        self._is_cut = False
        self._is_unnoticed = False
        self._plan: Plan | None = None
        self._over = asyncio.Event()

    async def run(self) -> None:
        """Returns when both sockets are closed."""
        tasks = [asyncio.create_task(self._up()), asyncio.create_task(self._down())]
        await self._over.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for _, writer in (self._client, self._server):
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    def end(self) -> None:
        """Closes both sockets."""
        self._over.set()

    def cut(self, manner: Manner) -> None:
        """Stops passing data on. Does nothing if the connection is not a WebSocket."""
        if self._is_cut or not self._is_websocket:
            return
        self._is_cut = True
        self._proxy.was_cut()
        if manner == Manner.UNNOTICED:
            # The server's socket stays until the server has found out that its client has another one.
            self._is_unnoticed = True
            _reset(self._client[1])
            return
        if manner == Manner.RESET:
            _reset(self._server[1])
            _reset(self._client[1])
        self.end()

    async def _up(self) -> None:
        reader, writer = self._client[0], self._server[1]
        with contextlib.suppress(OSError):
            request = await reader.read(CHUNK)
            if b"upgrade: websocket" in request.lower():
                self._is_websocket = True
                self._plan = self._proxy.next_plan()
            writer.write(request)
            while data := await reader.read(CHUNK):
                await self._pass_on(data, writer, from_client=True)
        if not self._is_unnoticed:
            self.end()

    async def _down(self) -> None:
        reader, writer = self._server[0], self._client[1]
        with contextlib.suppress(OSError):
            while data := await reader.read(CHUNK):
                await self._pass_on(data, writer, from_client=False)
        self.end()

    async def _pass_on(self, data: bytes, writer: StreamWriter, *, from_client: bool) -> None:
        if self._is_cut:
            return
        plan = self._plan
        writer.write(data if plan is None else plan.admit(data, from_client=from_client))
        if plan is not None and plan.is_due:
            self.cut(plan.manner)
        else:
            await writer.drain()


def _reset(writer: StreamWriter) -> None:
    raw: socket.socket = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()


@asynccontextmanager
async def cutting_proxy(port: int) -> AsyncIterator[CuttingProxy]:
    """A proxy on a free port, which ends with the block."""
    proxy = CuttingProxy(port)
    listener = await asyncio.start_server(proxy.serve, HOST, 0)
    proxy.url = "http://{}:{}".format(*listener.sockets[0].getsockname())
    try:
        yield proxy
    finally:
        listener.close()
        proxy.close()
        await listener.wait_closed()
