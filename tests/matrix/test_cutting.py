"""Stateful reconnect: sockets are cut anywhere, again and again, while both ends talk. Nothing is lost or doubled."""

import asyncio
import random
from collections.abc import AsyncIterator

import pytest

from tests.matrix.cuts import InsideResend, random_cuts
from tests.matrix.peer import Connection, Upload
from tests.matrix.proxy import CuttingProxy, cutting_proxy
from tests.matrix.rows import ROWS, Row, Variant
from tests.matrix.stage import Stage, Theatre
from tests.support.npm import WAIT_SECONDS
from tests.support.server import Adapter

pytestmark = pytest.mark.anyio

CASES = [
    pytest.param(row, adapter, id=f"{row.name}-{adapter}")
    for row in ROWS
    for adapter in Adapter
    if row.variant == Variant.STATEFUL
]
TESTS = (
    "test_many_cuts_under_load",
    "test_an_ack_overtakes_what_the_server_sends_again",
    "test_an_ack_overtakes_what_the_client_sends_again",
)
cases = pytest.mark.parametrize(("row", "adapter"), CASES)
SEEDS = range(3)
CUTS = 20
MESSAGES = 80
LONGEST = 2_000


@pytest.fixture
async def stage(theatre: Theatre, row: Row, adapter: Adapter) -> AsyncIterator[Stage]:
    """A stage on each adapter."""
    async with theatre.stage(row, adapter) as stage:
        yield stage


@cases
async def test_many_cuts_under_load(stage: Stage) -> None:
    await asyncio.gather(*(under_fire(stage, seed) for seed in SEEDS))


@cases
async def test_an_ack_overtakes_what_the_server_sends_again(stage: Stage) -> None:
    """The client has had it all before, and says so; then the socket is cut before it has it once more."""
    async with cutting_proxy(stage.server.port) as proxy:
        connection, partner = await stage.connect(base_url=proxy.url), await stage.connect()
        for number in range(20):
            await partner.invoke("TellClient", connection.id, str(number))
        assert [await connection.next("Message") for _ in range(20)] == [[str(number)] for number in range(20)]
        for goes_on in ("still here", "and here"):
            await _cut_inside_resend(proxy, from_client=False)
            await partner.invoke("TellClient", connection.id, goes_on)
            assert await connection.next("Message") == [goes_on]
            assert await connection.invoke("Echo", goes_on) == goes_on
        assert connection.count("close") == 0


@cases
async def test_an_ack_overtakes_what_the_client_sends_again(stage: Stage) -> None:
    """The server has had it all before, and says so; then the socket is cut before it has it once more."""
    async with cutting_proxy(stage.server.port) as proxy:
        connection = await stage.connect(base_url=proxy.url)
        for number in range(20):
            await connection.send("Note", number)
        await _cut_inside_resend(proxy, from_client=True)
        assert await connection.invoke("Notes") == list(range(20))


async def _cut_inside_resend(proxy: CuttingProxy, *, from_client: bool) -> None:
    before = proxy.cuts
    proxy.arm([InsideResend(from_client=from_client)])
    proxy.cut()
    async with asyncio.timeout(WAIT_SECONDS):
        await proxy.reach(before + 2)


async def under_fire(stage: Stage, seed: int) -> None:
    """One connection, cut as the seed decides."""
    async with cutting_proxy(stage.server.port) as proxy:
        connection = await stage.connect(base_url=proxy.url, answers={"Count": {"result": "x" * LONGEST}})
        talk = Talk(connection, await stage.connect(), proxy, seed)
        before = await connection.invoke("WhoAmI")
        proxy.arm(random_cuts(seed, CUTS))
        proxy.cut()
        await talk.everything()
        await talk.check()
        assert await connection.invoke("WhoAmI") == before
        assert connection.count("close") == 0


class Talk:
    """Everything that can be said between a client and the server, at once."""

    def __init__(self, connection: Connection, partner: Connection, proxy: CuttingProxy, seed: int) -> None:
        self._connection = connection
        self._partner = partner
        self._proxy = proxy
        self._random = random.Random(seed)
        self._items = [self._item(number) for number in range(MESSAGES)]

    def _item(self, number: int) -> str:
        # Random, for a socket that compresses would carry hardly anything else.
        return f"{number}:{self._random.randbytes(self._random.randrange(LONGEST) // 2).hex()}"

    async def everything(self) -> None:
        """Returns when all is said, and the proxy has cut as often as it should."""
        async with asyncio.TaskGroup() as group:
            for part in (self._notes, self._pushes, self._calls, self._questions, self._upload, self._stream):
                group.create_task(part())

    async def check(self) -> None:
        """What the other end has heard is what was said, in that order."""
        assert await self._connection.invoke("Notes") == self._items
        assert await self._connection.heard() == [[item] for item in self._items]

    async def _notes(self) -> None:
        for item in self._items:
            await self._connection.send("Note", item)
            await asyncio.sleep(0.005)

    async def _pushes(self) -> None:
        for item in self._items:
            await self._partner.send("TellClient", self._connection.id, item)
            await asyncio.sleep(0.005)
        await self._partner.invoke("Nothing")

    async def _calls(self) -> None:
        # To the last cut, so that there is always something to cut off.
        while self._proxy.cuts <= CUTS:
            item = self._random.choice(self._items)
            assert await self._connection.invoke("Echo", item) == item

    async def _questions(self) -> None:
        for _ in range(MESSAGES // 8):
            assert await self._partner.invoke("Ask", self._connection.id, "Count") == "x" * LONGEST

    async def _upload(self) -> None:
        upload = Upload(self._items, pause_s=0.005)
        assert await self._connection.invoke("Collect", upload) == self._items

    async def _stream(self) -> None:
        assert await self._connection.stream("CountSlowly", MESSAGES, 0.005) == (list(range(MESSAGES)), None)
