"""Negotiation that sends clients to another server, followed by the official client."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from fastapi import FastAPI
from starlette.requests import HTTPConnection

from app.signalr import (
    ANONYMOUS,
    ClaimsPrincipal,
    EndpointOptions,
    Hub,
    Redirect,
    TransportType,
    add_signalr,
    authorize,
    map_hub,
)
from tests.signalr.live import listening
from tests.signalr.official import official_client, start
from tests.support.npm import VERSIONS

pytestmark = pytest.mark.anyio


@authorize
class There(Hub):
    """The hub of the other server."""

    async def where(self) -> list[str | None]:
        return [self.context.transport, self.context.http.query_params.get("tenant"), self.context.user_identifier]

    async def drop(self) -> None:
        self.context._connection.transport.abort()  # type: ignore[attr-defined]  # as a broken socket would


class Here(Hub):
    """The hub that serves nobody itself but guests."""

    async def where(self) -> list[str | None]:
        return ["here", self.context.user_identifier]


async def by_bearer(connection: HTTPConnection) -> ClaimsPrincipal:
    token = connection.query_params.get("access_token") or connection.headers.get("authorization", "")[len("Bearer ") :]
    return ClaimsPrincipal(token) if token else ANONYMOUS


class Reception:
    """The first server: sends everybody but guests to the second, with a token for it."""

    def __init__(self, port: int) -> None:
        self.asked: list[str | None] = []
        self._url = f"http://127.0.0.1:{port}/there?tenant=7"

    async def redirect(self, _: HTTPConnection, user: ClaimsPrincipal) -> Redirect | None:
        self.asked.append(user.identifier)
        return None if user.identifier == "guest" else Redirect(self._url, f"{user.identifier} there")


@asynccontextmanager
async def two_servers() -> AsyncIterator[tuple[str, Reception]]:
    there, here = FastAPI(), FastAPI()
    for app in (there, here):
        add_signalr(app, authenticate=by_bearer)
    map_hub(there, "/there", There)
    async with listening(there) as port:
        reception = Reception(port)
        map_hub(here, "/here", Here, endpoint=EndpointOptions(redirect=reception.redirect))
        async with listening(here) as port_here:
            yield f"http://127.0.0.1:{port_here}/here?tenant=1", reception


@pytest.mark.parametrize("version", VERSIONS.values())
@pytest.mark.parametrize("transport", TransportType)
async def test_the_url_and_the_token_of_the_other_server_are_used(version: str, transport: TransportType) -> None:
    async with two_servers() as (url, reception), official_client(version) as connection:
        await start(connection, url, transport=transport, token="ada")
        assert await connection.invoke("Where") == [transport, "7", "ada there"]
        assert reception.asked == ["ada"]
        await connection.stop()


@pytest.mark.parametrize("version", VERSIONS.values())
async def test_whoever_reconnects_asks_again_where_to(version: str) -> None:
    async with two_servers() as (url, reception), official_client(version) as connection:
        await start(connection, url, transport="WebSockets", token="ada", delays=[0])
        await connection.send("Drop")
        await connection.next("reconnected")
        assert await connection.invoke("Where") == ["WebSockets", "7", "ada there"]
        assert reception.asked == ["ada", "ada"]
        await connection.stop()


async def test_who_is_not_sent_away_is_served() -> None:
    async with two_servers() as (url, _), official_client(VERSIONS["10.0.11"]) as connection:
        await start(connection, url, transport="WebSockets", token="guest")
        assert await connection.invoke("Where") == ["here", "guest"]
        await connection.stop()


@pytest.mark.parametrize("url", ["", "/hub", "other.example/hub", "ws://other.example/hub", "http:///hub"])
def test_a_url_that_no_client_could_follow_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="must be an absolute URL with http or https"):
        Redirect(url)
