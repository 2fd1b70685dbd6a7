"""What a scenario works with: a row's client, a row's server, and the connections of one test."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from fastapi import FastAPI
from httpx2 import AsyncClient
from playwright.async_api import Browser, async_playwright

from tests.matrix.application import create_app
from tests.matrix.clients import Client
from tests.matrix.peer import Connection, PagePeer, Peer, process_peer
from tests.matrix.rows import Row, Variant
from tests.matrix.server import MatrixServer
from tests.support.browser import launch_chromium
from tests.support.paths import NPM, ROOT
from tests.support.server import Adapter

PEERS_PYTHON = ROOT / ".venv-peers" / "bin" / "python"
TARGETS = ("Message", "Mark", "Stopped", "Collected", "Left")
"""What the hubs call on their clients without waiting for an answer."""


class Theatre:
    """The servers and client programs of a test run: each is started when it is first needed, and then stays."""

    def __init__(self, stack: AsyncExitStack, http: AsyncClient) -> None:
        self._stack = stack
        self._http = http
        self._peers: dict[tuple[Client, bool], Peer] = {}
        self._browser: Browser | None = None
        self._servers = {adapter: MatrixServer(adapter, self._create_app) for adapter in Adapter}
        for server in self._servers.values():
            server.start()
            stack.callback(server.stop)

    @asynccontextmanager
    async def stage(self, row: Row, adapter: Adapter | None = None) -> AsyncIterator["Stage"]:
        """What one test plays on; its connections are closed at the end."""
        stage = Stage(row, self._servers[adapter or row.adapter], await self._peer(row), self._http)
        try:
            yield stage
        finally:
            await stage.close()

    def _create_app(self) -> FastAPI:
        return create_app([server.url for server in self._servers.values()])

    async def _peer(self, row: Row) -> Peer:
        """The running client of a row, in the version that the row promises."""
        is_foreign = row.variant == Variant.CROSS_ORIGIN
        key = (row.client, is_foreign)
        if key not in self._peers or not self._peers[key].is_running:
            peer = await (
                self._page(row.client, is_foreign=is_foreign) if row.client.is_page else self._process(row.client)
            )
            assert await peer.version() == row.client.version
            self._peers[key] = peer
        return self._peers[key]

    async def _process(self, client: Client) -> Peer:
        if client.key in ("aiosignalr", "pysignalr"):
            module = f"tests.matrix.drivers.{client.key}_driver"
            return await self._stack.enter_async_context(process_peer([PEERS_PYTHON, "-m", module], ROOT))
        packages = [client.key, client.key.replace("signalr", "signalr-protocol-msgpack")]
        return await self._stack.enter_async_context(process_peer(["node", "driver-node.mjs", *packages], NPM))

    async def _page(self, client: Client, *, is_foreign: bool) -> Peer:
        if self._browser is None:
            playwright = await self._stack.enter_async_context(async_playwright())
            self._browser = await launch_chromium(playwright)
            self._stack.push_async_callback(self._browser.close)
        page = await self._browser.new_page()
        peer = PagePeer(page)
        await page.expose_function("tell", peer.take)
        # The other server is another origin, but the same site: cookies are sent where they are asked for.
        server = self._servers[Adapter.ASGI if is_foreign else Adapter.TAKEOVER]
        major = client.version.partition(".")[0]
        await page.goto(f"{server.url}/page?signalr={major}")
        return peer


class Stage:
    """One test: opens connections as its row demands, and closes them at the end."""

    def __init__(self, row: Row, server: MatrixServer, peer: Peer, http: AsyncClient) -> None:
        self.row = row
        self.client = row.client
        self.dialect = row.client.dialect
        self.server = server
        self._peer = peer
        self._http = http
        self._connections: list[Connection] = []

    async def connect(
        self,
        path: str | None = None,
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
        answers: Mapping[str, Mapping[str, Any]] | None = None,
        skip_negotiation: bool = False,
        with_credentials: bool = True,
        delays_ms: Sequence[int] | None = None,
        base_url: str | None = None,
    ) -> Connection:
        """Opens a connection that hears every target. `answers` are the client's results by target.

        `delays_ms` are the pauses before the attempts of an automatic reconnect. Raises ClientError.
        """
        is_stateful = self.row.variant == Variant.STATEFUL
        if path is None:
            path = "/stateful" if is_stateful else "/hub"
        connection = self._peer.new_connection()
        self._connections.append(connection)
        await connection.start(
            url=(base_url or f"http://{self.client.host}:{self.server.port}") + path,
            transport=self.row.transport,
            protocol=self.row.protocol,
            token=token,
            headers=headers or {},
            targets=TARGETS,
            answers=answers or {},
            skipNegotiation=skip_negotiation,
            withCredentials=with_credentials,
            delays=delays_ms,
            stateful=is_stateful,
        )
        return connection

    async def announce(self, text: str) -> None:
        """Has a route of the server push to every client."""
        response = await self._http.post(f"{self.server.url}/announce", params={"text": text})
        assert response.status_code == 200

    async def close(self) -> None:
        """Closes what is open."""
        await asyncio.gather(*(connection.stop() for connection in self._connections))


@asynccontextmanager
async def open_theatre() -> AsyncIterator[Theatre]:
    """Servers without clients; both end with the block."""
    async with AsyncExitStack() as stack:
        yield Theatre(stack, await stack.enter_async_context(AsyncClient()))
