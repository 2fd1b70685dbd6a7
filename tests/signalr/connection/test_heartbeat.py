"""Signs of life: the server's pings, and the patience that it has with clients. Time is told to `beat`."""

import asyncio
from itertools import pairwise

import pytest

from app.signalr import ClaimsPrincipal, Hub, HubOptions
from tests.signalr.harness import completion, idle, invocation, serving

pytestmark = pytest.mark.anyio

PING = {"type": 6}
CLOSED = {"type": 7, "error": "Connection closed with an error.", "allowReconnect": True}


class Quiet(Hub):
    async def echo(self, value: int) -> int:
        return value


async def test_pings_are_exact() -> None:
    async with serving(Quiet) as bench:
        client = await bench.connect()
        client.connection.beat(bench.signalr.now() + 16)
        assert await client.receive() == PING
        assert client.transport.writes[-1] == b'{"type":6}\x1e'


async def test_pings_come_at_the_interval_whatever_else_is_said() -> None:
    async with serving(Quiet) as bench:
        client = await bench.connect()
        start = bench.signalr.now()
        pinged_at = []
        for second in range(1, 60):
            assert await client.invoke("Echo", second) == completion(second)
            client.connection.beat(start + second)
            await idle()
            if client.received:
                assert await client.receive() == PING
                pinged_at.append(second)
        assert pinged_at[0] in (15, 16)
        assert [later - earlier for earlier, later in pairwise(pinged_at)] == [16, 16]


async def test_the_interval_can_be_set() -> None:
    async with serving(Quiet, options=HubOptions(keep_alive_interval=5)) as bench:
        client = await bench.connect()
        now = bench.signalr.now()
        client.connection.beat(now + 4)
        await idle()
        assert client.received == []
        client.connection.beat(now + 6)
        assert await client.receive() == PING


async def test_nobody_is_pinged_before_the_handshake() -> None:
    async with serving(Quiet, options=HubOptions(handshake_timeout=1000)) as bench:
        client = bench.open()
        client.connection.beat(bench.signalr.now() + 500)
        await idle()
        assert client.transport.writes == []


async def test_a_client_that_never_pings_may_be_silent() -> None:
    async with serving(Quiet) as bench:
        client = await bench.connect()
        assert await client.invoke("Echo", 1) == completion(1)
        client.connection.beat(bench.signalr.now() + 10_000)
        assert await client.receive() == PING
        assert client.transport.end is None


async def test_a_client_that_has_pinged_must_go_on() -> None:
    async with serving(Quiet, options=HubOptions(enable_detailed_errors=True)) as bench:
        client = await bench.connect()
        now = bench.signalr.now()
        client.send(PING)
        client.connection.beat(now)
        client.connection.beat(now + 29)
        assert client.transport.end is None
        client.connection.beat(now + 31)
        text = "Client hasn't sent a message/ping within the configured ClientTimeoutInterval."
        await client.ended()
        assert client.received[-1] == {
            "type": 7,
            "error": f"Connection closed with an error. OperationCanceledException: {text}",
            "allowReconnect": True,
        }


@pytest.mark.parametrize("message", [PING, invocation("Echo", 1), {"type": 99}], ids=["ping", "call", "unknown"])
async def test_any_message_is_a_sign_of_life(message: dict[str, object]) -> None:
    async with serving(Quiet) as bench:
        client = await bench.connect()
        now = bench.signalr.now()
        client.send(PING)
        for second in range(0, 300, 20):
            client.send(message)
            client.connection.beat(now + second)
        assert client.transport.end is None
        client.connection.beat(now + 300 + 31)
        await client.ended()
        assert client.received[-1] == CLOSED


async def test_a_client_whose_pings_the_server_does_not_read_is_not_silent() -> None:
    class Busy(Hub):
        go_on = asyncio.Event()

        async def work(self) -> None:
            await self.go_on.wait()

    async with serving(Busy) as bench:
        client = await bench.connect()
        now = bench.signalr.now()
        client.send(PING, *[invocation("Work")] * 2, *[invocation("Work", "x" * 30_000)] * 3)
        assert not client.transport.reading
        client.connection.beat(now)
        client.connection.beat(now + 100)
        assert client.transport.end is None
        Busy.go_on.set()
        await idle()
        assert client.transport.reading
        client.connection.beat(now + 120)
        assert client.transport.end is None
        client.connection.beat(now + 151)
        await client.ended()


async def test_the_patience_can_be_set() -> None:
    async with serving(Quiet, options=HubOptions(client_timeout_interval=60)) as bench:
        client = await bench.connect()
        now = bench.signalr.now()
        client.send(PING)
        client.connection.beat(now)
        client.connection.beat(now + 59)
        assert client.transport.end is None
        client.connection.beat(now + 61)
        await client.ended()


async def test_the_server_does_not_answer_pings() -> None:
    async with serving(Quiet) as bench:
        client = await bench.connect()
        client.send(PING, PING)
        await idle()
        assert client.received == []


async def test_credentials_that_have_expired_do_not_matter_by_default() -> None:
    async with serving(Quiet) as bench:
        client = await bench.connect(user=ClaimsPrincipal("alice", expires_at=0))
        client.connection.beat(bench.signalr.now())
        await idle()
        assert client.received == []
        assert client.transport.end is None
