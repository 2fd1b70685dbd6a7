"""Coming and going: who may connect, as whom, and how it ends."""

import asyncio
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.requests import HTTPConnection

from app.signalr import (
    ANONYMOUS,
    AuthenticationError,
    ClaimsPrincipal,
    Hub,
    HubError,
    HubFilter,
    HubLifetime,
    HubOptions,
    add_signalr,
    authorize,
    map_hub,
)
from app.signalr.hub.filters import Next
from app.signalr.testing import HubConnectionError, HubRefusalError, HubTestServer, hub_server
from tests.signalr.testing.conftest import Serve

pytestmark = pytest.mark.anyio

ADA = ClaimsPrincipal("ada", frozenset({"customer"}))


class Door(Hub):
    """Keeps a book of who came and went."""

    book: list[str] = []

    async def on_connected(self) -> None:
        if "knock" not in self.context.http.query_params:
            raise HubError("knock first")
        await self.clients.caller.send("Welcome", self.context.user_identifier)

    async def on_disconnected(self, exception: BaseException | None) -> None:
        await asyncio.sleep(0)
        self.book.append(f"left: {exception}")

    async def describe(self) -> dict[str, Any]:
        http = self.context.http
        return {
            "user": self.context.user_identifier,
            "path": http.url.path,
            "query": dict(http.query_params),
            "agent": http.headers.get("user-agent"),
            "transport": self.context.transport,
        }

    async def leave(self) -> None:
        self.context.abort()

    async def sleep(self) -> None:
        await asyncio.Event().wait()


@authorize(roles={"staff"})
class Office(Hub):
    async def name(self) -> str | None:
        return self.context.user_identifier


@pytest.fixture(autouse=True)
def _new_book(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Door, "book", [])


async def test_what_the_hub_sees_of_a_client(serve: Serve, protocol: str) -> None:
    async with (
        serve(Door) as server,
        server.connect(
            Door, user=ADA, protocol=protocol, query={"knock": "1", "q": "a b"}, headers={"User-Agent": "test"}
        ) as client,
    ):
        assert await client.receive("Welcome") == ["ada"]
        assert await client.invoke("Describe") == {
            "user": "ada",
            "path": "/hubs/door",
            "query": {"knock": "1", "q": "a b"},
            "agent": "test",
            "transport": "WebSockets",
        }


async def test_users_are_reached_by_their_id(serve: Serve) -> None:
    async with (
        serve(Door) as server,
        server.connect(Door, user=ADA, query="knock=1") as first,
        server.connect(Door, user=ADA, query="knock=2", protocol="messagepack") as second,
        server.connect(Door, query="knock=3") as stranger,
    ):
        for client in (first, second, stranger):
            await client.receive("Welcome")
        await server.context(Door).clients.user("ada").send("Hello")
        assert [await first.receive("Hello"), await second.receive("Hello")] == [[], []]
        await stranger.assert_silent()


async def test_the_applications_own_authentication_decides_who_it_is() -> None:
    async def authenticate(http: HTTPConnection) -> ClaimsPrincipal:
        name = http.headers.get("x-name")
        if name == "mallory":
            raise AuthenticationError("no")
        return ClaimsPrincipal(name, frozenset({"staff"})) if name else ANONYMOUS

    app = FastAPI()
    add_signalr(app, authenticate=authenticate)
    map_hub(app, "/office", Office)
    async with hub_server(app) as server:
        async with server.connect(Office, headers={"X-Name": "sam"}) as client:
            assert await client.invoke("Name") == "sam"
        for headers in (None, {"X-Name": "mallory"}):
            with pytest.raises(HubRefusalError, match="signed-in users only") as refusal:
                await server.connect(Office, headers=headers).__aenter__()
            assert refusal.value.status == 401


async def test_a_hub_is_closed_to_those_it_does_not_admit(serve: Serve) -> None:
    async with serve(Office) as server:
        with pytest.raises(HubRefusalError, match="Office does not admit user 'ada'") as refusal:
            await server.connect(Office, user=ADA).__aenter__()
        assert refusal.value.status == 403
        async with server.connect(Office, user=ADA, authorize=False) as client:
            assert await client.invoke("Name") == "ada"


async def test_on_connected_may_refuse(serve: Serve, protocol: str) -> None:
    async with serve(Door) as server:
        with pytest.raises(HubConnectionError, match="HubException: knock first") as refusal:
            await server.connect(Door, protocol=protocol).__aenter__()
        assert not refusal.value.allow_reconnect
        assert not server.signalr.connections
    assert not Door.book


async def test_a_filter_may_refuse(serve: Serve) -> None:
    class Curfew(HubFilter):
        async def on_connected(self, lifetime: HubLifetime, following: Next) -> None:
            raise HubError("closed at night")

    async with serve(Office, filters=[Curfew()]) as server:
        with pytest.raises(HubConnectionError, match="closed at night"):
            await server.connect(Office, authorize=False).__aenter__()


async def test_a_handshake_may_be_refused(serve: Serve) -> None:
    async with serve(Door, options=HubOptions(supported_protocols=frozenset({"json"}))) as server:
        with pytest.raises(HubConnectionError, match="The protocol 'messagepack' is not supported"):
            await server.connect(Door, protocol="messagepack").__aenter__()
        with pytest.raises(LookupError, match="'xml' is not a protocol of this server; it has json, messagepack"):
            await server.connect(Door, protocol="xml").__aenter__()


async def test_the_hub_may_end_it(serve: Serve, protocol: str) -> None:
    async with serve(Door) as server, server.connect(Door, query="knock", protocol=protocol) as client:
        with pytest.raises(HubConnectionError) as end:
            await client.invoke("Leave")
        assert not end.value.allow_reconnect
        assert (await client.closed()).error is None
        assert Door.book == ["left: None"]
        for use in (lambda: client.send("Describe"), lambda: client.stream("Describe"), client.ping):
            with pytest.raises(HubConnectionError, match="The connection is closed"):
                use()
        with pytest.raises(HubConnectionError):
            await client.receive("Anything")


async def test_what_came_before_the_end_can_still_be_received(serve: Serve) -> None:
    async with serve(Door) as server, server.connect(Door, query="knock") as client:
        client.drop()
        assert await client.receive("Welcome") == [None]
        with pytest.raises(HubConnectionError):
            await client.assert_silent()
        await client.closed()
        assert Door.book == ["left: None"]


async def test_leaving_waits_until_the_hub_has_noticed(serve: Serve) -> None:
    async with serve(Door) as server:
        async with server.connect(Door, query="knock") as client:
            client.ping()
            client.send("Sleep")
            client.send("Describe")  # waits behind it, and so does the goodbye
        assert Door.book == ["left: None"]


async def test_the_servers_end_invites_the_client_back(serve: Serve) -> None:
    async with serve(Door) as server, server.connect(Door, query="knock") as client:
        server.signalr.drain()
        assert (await client.closed()).allow_reconnect


async def test_a_message_that_is_too_large_ends_the_connection(serve: Serve) -> None:
    async with (
        serve(Door, options=HubOptions(maximum_receive_message_size=100, enable_detailed_errors=True)) as server,
        server.connect(Door, query="knock") as client,
    ):
        with pytest.raises(HubConnectionError, match="The maximum message size of 100B was exceeded") as end:
            await client.invoke("Describe", "x" * 100)
        assert end.value.allow_reconnect
        assert client.close_message is not None
        await client.closed()
        (entry,) = Door.book
        assert "maximum message size" in entry


async def test_a_wait_without_end_ends(serve: Serve) -> None:
    async with serve(Door) as server, server.connect(Door, query="knock", timeout_s=0.01) as client:
        await client.receive("Welcome")
        with pytest.raises(TimeoutError, match=r"a call of Welcome did not come within 0.01 seconds"):
            await client.receive("Welcome")
        with pytest.raises(TimeoutError, match=r"an answer to Sleep did not come within 0.01 seconds"):
            await client.invoke("Sleep")
        with pytest.raises(TimeoutError, match="the connection did not end"):
            await client.closed()


async def test_an_on_connected_that_hangs_does_not_hang_the_test(serve: Serve) -> None:
    class Stuck(Hub):
        async def on_connected(self) -> None:
            await go_on.wait()

    go_on = asyncio.Event()
    async with serve(Stuck) as server:
        with pytest.raises(TimeoutError, match="the end of on_connected"):
            await server.connect(Stuck, timeout_s=0.01).__aenter__()
        go_on.set()


async def test_mistakes_in_the_setup_are_named() -> None:
    with pytest.raises(LookupError, match=r"call add_signalr\(app\)"):
        HubTestServer(FastAPI())
    app = FastAPI()
    add_signalr(app)
    async with hub_server(app) as server:
        with pytest.raises(LookupError, match="Door is not mapped"):
            await server.connect(Door).__aenter__()
