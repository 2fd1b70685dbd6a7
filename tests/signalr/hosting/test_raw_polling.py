"""Raw connections over long polling: a handler that only sends hears of every end."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx2
import pytest
from fastapi import FastAPI
from starlette.requests import HTTPConnection

from app.signalr import (
    ClaimsPrincipal,
    ConnectionGoneError,
    EndpointOptions,
    HubOptions,
    RawConnection,
    SignalR,
    add_signalr,
    map_connection,
)
from tests.signalr.memory_transport import GUARD

pytestmark = pytest.mark.anyio


class Sender:
    """A handler that reads nothing, and sends until it cannot."""

    def __init__(self, text: str, pause: float) -> None:
        self._text = text
        self._pause = pause
        self.outcome: asyncio.Future[ConnectionGoneError] = asyncio.get_running_loop().create_future()

    async def __call__(self, connection: RawConnection) -> None:
        try:
            while True:
                await connection.send(self._text)
                await asyncio.sleep(self._pause)
        except ConnectionGoneError as error:
            assert connection.is_closed
            self.outcome.set_result(error)

    async def was_told(self, server: SignalR) -> None:
        """Returns once a send has failed and the server has forgotten the connection."""
        async with asyncio.timeout(GUARD):
            assert "does not exist" in str(await self.outcome)
            while server.connections:  # noqa: ASYNC110 - nothing tells
                await asyncio.sleep(0)


def ticker() -> Sender:
    return Sender("tick", 0.01)


def flood() -> Sender:
    """Sends more than the transport takes, so that it waits for a poll."""
    return Sender("x" * 65536, 0)


class Poller:
    def __init__(self, server: SignalR, client: httpx2.AsyncClient, url: str) -> None:
        self.server = server
        self._client = client
        self._url = url

    async def poll(self) -> int:
        return (await self._client.get(self._url)).status_code

    async def delete(self) -> int:
        return (await self._client.delete(self._url)).status_code


@asynccontextmanager
async def polling(
    handler: Sender, endpoint: EndpointOptions, *, options: HubOptions | None = None, expires_at: float | None = None
) -> AsyncIterator[Poller]:
    async def authenticate(http: HTTPConnection) -> ClaimsPrincipal:
        return ClaimsPrincipal("ada", expires_at=expires_at)

    app = FastAPI()
    server = add_signalr(app, authenticate=authenticate, options=options)
    map_connection(app, "/raw", handler, endpoint=endpoint)
    transport = httpx2.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://test") as client,
    ):
        token = (await client.post("/raw/negotiate?negotiateVersion=1")).json()["connectionToken"]
        poller = Poller(server, client, f"/raw?id={token}")
        assert await poller.poll() == 200
        yield poller


@pytest.mark.parametrize("make", [ticker, flood])
async def test_delete(make: Callable[[], Sender]) -> None:
    handler = make()
    async with polling(handler, EndpointOptions()) as poller:
        assert await poller.delete() == 202
        await handler.was_told(poller.server)


async def test_expiry_of_a_client_that_polls() -> None:
    handler = ticker()
    endpoint = EndpointOptions(close_on_authentication_expiration=True)
    async with polling(handler, endpoint, expires_at=time.time()) as poller:
        while (status := await poller.poll()) == 200:
            pass
        assert status == 204
        await handler.was_told(poller.server)


@pytest.mark.parametrize("make", [ticker, flood])
async def test_expiry_of_a_client_that_does_not_poll(make: Callable[[], Sender]) -> None:
    handler = make()
    endpoint = EndpointOptions(close_on_authentication_expiration=True)
    async with polling(handler, endpoint, expires_at=time.time()) as poller:
        await handler.was_told(poller.server)


async def test_a_client_that_is_cut_off_because_it_reads_nothing(caplog: pytest.LogCaptureFixture) -> None:
    handler = flood()
    async with polling(handler, EndpointOptions(), options=HubOptions(transport_send_timeout=0.1)) as poller:
        await handler.was_told(poller.server)
        assert await poller.poll() == 204
    assert [record for record in caplog.records if "was cut off" in record.message]
