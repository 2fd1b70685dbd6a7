"""What a hub's author gets wrong: the caller hears of it, the log too, and nobody else notices."""

import asyncio
import functools
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

import pytest
from fastapi import FastAPI

from app.signalr import (
    ClaimsPrincipal,
    ConnectionGoneError,
    Hub,
    HubOptions,
    HubResource,
    add_signalr,
    authorize,
    map_hub,
)
from app.signalr.connection.inbox import WAITING_BYTES
from app.signalr.endings import Ending
from app.signalr.hosting import server
from tests.signalr.harness import (
    Bench,
    MemoryClient,
    completion,
    failure,
    idle,
    invocation,
    invocation_failure,
    serving,
    stateful_client,
    user,
)
from tests.signalr.memory_transport import GUARD

pytestmark = pytest.mark.anyio


async def broken_policy(_: ClaimsPrincipal, __: HubResource) -> bool:
    raise LookupError("no such customer")


P = ParamSpec("P")
T = TypeVar("T")


def plainly(function: Callable[P, T]) -> Callable[P, T]:
    """A decorator that hides that what it wraps is a coroutine function."""

    @functools.wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
        return function(*args, **kwargs)

    return wrapped


async def wait_for_a_cancelled_task() -> None:
    task = asyncio.ensure_future(asyncio.sleep(60))
    task.cancel()
    await task


@dataclass
class Half:
    given: int
    missing: int = field(init=False)


class Faulty(Hub):
    @authorize(policy=broken_policy)
    async def guarded(self) -> None: ...

    async def cancelled(self) -> None:
        await wait_for_a_cancelled_task()

    async def cancelled_stream(self) -> AsyncIterator[int]:
        yield 1
        await wait_for_a_cancelled_task()

    @plainly
    async def wrapped(self, number: int) -> int:
        return number

    async def half(self) -> Half:
        return Half(1)

    async def echo(self, number: int) -> int:
        return number


class Tight(Hub):
    left = asyncio.Event()

    async def count(self) -> AsyncIterator[int]:
        for number in itertools.count():
            yield number

    async def ignore(self, _: AsyncIterator[int]) -> None:
        await asyncio.Event().wait()

    async def on_disconnected(self, _: BaseException | None) -> None:
        await asyncio.sleep(0.01)
        self.left.set()


async def test_a_policy_that_raises_refuses(caplog: pytest.LogCaptureFixture) -> None:
    async with serving(Faulty) as bench:
        client = await bench.connect(None, user("ada"))
        assert await client.invoke("Guarded") == invocation_failure("Guarded")
        assert await client.invoke("Echo", 1) == completion(1)
    assert "no such customer" in caplog.text


async def test_a_cancelled_task_of_the_hub_is_an_error() -> None:
    async with serving(Faulty) as bench:
        client = await bench.connect()
        assert await client.invoke("Cancelled") == invocation_failure("Cancelled")
        client.send({"type": 4, "invocationId": "1", "target": "CancelledStream", "arguments": []})
        assert await client.receive() == {"type": 2, "invocationId": "1", "item": 1}
        assert await client.receive() == failure("An error occurred on the server while streaming results.")


async def test_a_decorated_coroutine_is_awaited() -> None:
    async with serving(Faulty) as bench:
        client = await bench.connect()
        assert await client.invoke("Wrapped", 5) == completion(5)


async def test_a_result_whose_attributes_are_missing_ends_the_connection() -> None:
    async with serving(Faulty) as bench:
        client, other = await bench.connect(), await bench.connect()
        assert (await client.invoke("Half"))["type"] == 7
        assert await client.ended() == "closed"
        assert await other.invoke("Echo", 1) == completion(1)


async def test_a_cancelled_task_in_on_connected_refuses_the_client() -> None:
    class Refusing(Hub):
        async def on_connected(self) -> None:
            await wait_for_a_cancelled_task()

    async with serving(Refusing) as bench:
        client = await bench.connect()
        assert await client.ended() == "closed"
        assert not bench.signalr.connections


async def test_a_callback_of_on_aborted_that_raises(caplog: pytest.LogCaptureFixture) -> None:
    called: list[str] = []

    def raising() -> None:
        raise LookupError

    class Watching(Hub):
        async def watch(self) -> None:
            self.context.on_aborted(raising)
            self.context.on_aborted(lambda: called.append("the next one"))

    async with serving(Watching) as bench:
        client = await bench.connect()
        await client.invoke("Watch")
        client.transport.lose()
        await idle()
        assert called == ["the next one"]
        assert not bench.signalr.connections
    assert "a callback of on_aborted failed" in caplog.text


async def test_a_callback_of_on_aborted_that_raises_a_cancellation() -> None:
    class Watching(Hub):
        async def watch(self) -> None:
            cancelled = asyncio.get_running_loop().create_future()
            cancelled.cancel()
            self.context.on_aborted(cancelled.result)

    async with serving(Watching) as bench:
        client = await bench.connect()
        await client.invoke("Watch")
        client.transport.lose()
        await idle()
        assert not bench.signalr.connections


class Locking(Hub):
    """Whatever waits for the client holds a lock that the goodbye needs."""

    lock: asyncio.Lock

    async def ask(self) -> str:
        async with self.lock:
            return await self.clients.caller.invoke("Name", result_type=str)

    async def collect(self, items: AsyncIterator[int]) -> list[int]:
        async with self.lock:
            return [item async for item in items]

    async def watch(self) -> AsyncIterator[int]:
        async with self.lock:
            yield 1
            await asyncio.Event().wait()

    async def on_disconnected(self, _: BaseException | None) -> None:
        async with self.lock:
            pass


@pytest.mark.parametrize(
    "call",
    [
        invocation("Ask", invocation_id="1"),
        {**invocation("Collect", invocation_id="1"), "streamIds": ["s"]},
        {"type": 4, "invocationId": "1", "target": "Watch", "arguments": []},
    ],
)
async def test_what_waits_for_a_client_that_has_gone_goes_on_before_the_goodbye(
    call: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    Locking.lock = asyncio.Lock()
    async with serving(Locking) as bench:
        client = await bench.connect()
        client.send(call)
        await idle()
        assert Locking.lock.locked()
        client.transport.lose()
        await idle()
        assert not Locking.lock.locked()
        assert not bench.signalr.connections
    assert not caplog.records


async def test_the_end_of_a_stream_may_take_its_time() -> None:
    """However often the client says that it wants no more, and although it leaves."""
    steps: list[str] = []

    class Slow(Hub):
        async def watch(self) -> AsyncIterator[int]:
            try:
                yield 1
                await asyncio.Event().wait()
            finally:
                steps.append("begun")
                await asyncio.sleep(0.01)
                steps.append("done")

    async with serving(Slow) as bench:
        client = await bench.connect()
        client.send({"type": 4, "invocationId": "1", "target": "Watch", "arguments": []})
        await idle()
        for _ in range(2):
            client.send({"type": 5, "invocationId": "1"})
            await idle()
        client.send({"type": 7})
        await asyncio.sleep(0.02)
        assert steps == ["begun", "done"]


async def test_two_readers_of_one_upload() -> None:
    class Sharing(Hub):
        async def both(self, items: AsyncIterator[int]) -> int:
            async def read() -> int:
                return sum([item async for item in items])

            return sum(await asyncio.gather(read(), read()))

    async with serving(Sharing) as bench:
        client = await bench.connect()
        client.send({**invocation("Both", invocation_id="1"), "streamIds": ["s"]})
        await idle()
        for number in range(5):
            client.send({"type": 2, "invocationId": "s", "item": number})
            await idle()
        client.send({"type": 3, "invocationId": "s"})
        assert await client.receive() == completion(10)


async def test_a_stateful_client_may_be_told_much_when_it_connects() -> None:
    """Its acks are not read before `on_connected` is through, so nobody may wait for them."""

    class Telling(Hub):
        async def on_connected(self) -> None:
            for _ in range(3):
                await self.clients.caller.send("Told", "x" * 1000)

        async def echo(self, number: int) -> int:
            return number

    async with serving(Telling, options=HubOptions(stateful_reconnect_buffer_size=1000)) as bench:
        client = await stateful_client(bench)
        assert (await client.receive())["target"] == "Told"
        client.send({"type": 8, "sequenceId": 1})
        assert (await client.receive())["target"] == "Told"
        client.send({"type": 8, "sequenceId": 2}, invocation("Echo", 1, invocation_id="1"))
        assert (await client.receive())["target"] == "Told"
        client.send({"type": 8, "sequenceId": 3})
        assert await client.receive() == completion(1)


async def test_a_connection_whose_heartbeat_fails_leaves_the_others_theirs(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "HEARTBEAT", 0.001)

    class Broken:
        def beat(self, _: float) -> None:
            raise ArithmeticError

        def end(self, _: Ending) -> None:
            bench.signalr.closed(self)

        def close_socket(self) -> None:
            bench.signalr.closed(self)

    async with serving(Faulty, options=HubOptions(keep_alive_interval=0.001)) as bench:
        bench.signalr.opened(Broken())
        client = await bench.connect()
        for _ in range(2):
            assert await client.receive() == {"type": 6}
    assert "The heartbeat of one connection failed" in caplog.text


async def test_a_stream_that_never_waits_cannot_outlive_its_client() -> None:
    """The loop must have its turns, or nothing would ever end the stream."""
    async with serving(Tight) as bench:
        client = await bench.connect()
        client.send({"type": 4, "invocationId": "1", "target": "Count", "arguments": []})
        await idle()
        client.transport.lose()
        async with asyncio.timeout(GUARD):
            await Tight.left.wait()


@pytest.mark.parametrize("behind", [0, WAITING_BYTES])
async def test_a_stream_beside_a_call_that_is_held_up(behind: int) -> None:
    """Acks behind that call are read, but not behind more than the server takes: then the client is cut off."""
    options = HubOptions(outbox_limit=100_000, stream_buffer_capacity=1, stateful_reconnect_buffer_size=1000)
    async with serving(Tight, options=options) as bench:
        client = await stateful_client(bench)
        client.send({"type": 4, "invocationId": "1", "target": "Count", "arguments": []})
        client.send({**invocation("Ignore"), "streamIds": ["s"]}, *[{"type": 2, "invocationId": "s", "item": 1}] * 3)
        await idle()
        sent = len(client.received)
        client.feed(b" " * behind)
        if behind:
            assert await client.ended() == "aborted"
        else:
            client.send({"type": 8, "sequenceId": sent})
            await idle()
            assert client.transport.end is None
            assert sent < len(client.received) < 3 * sent


async def test_a_new_socket_is_read_although_the_old_one_was_not() -> None:
    """What kept the server from reading went with the old socket: silence counts again, and acks are waited for."""
    async with serving(Tight, options=HubOptions(stream_buffer_capacity=1)) as bench:
        client = await stateful_client(bench)
        client.send({"type": 6}, {**invocation("Ignore"), "streamIds": ["s"]})
        client.send(*[{"type": 2, "invocationId": "s", "item": 1}] * 3)
        client.feed(b" " * WAITING_BYTES)
        assert not client.transport.reading
        client.transport.lose()
        again = MemoryClient(client.connection)
        now = bench.signalr.now()
        client.connection.beat(now)
        client.connection.beat(now + 31)
        await again.ended()
        assert again.received[-1]["error"] == "Connection closed with an error."


async def test_a_hub_that_does_not_say_goodbye_does_not_hold_up_a_shutdown(monkeypatch: pytest.MonkeyPatch) -> None:
    class Clinging(Hub):
        async def on_disconnected(self, _: BaseException | None) -> None:
            await asyncio.Event().wait()

    monkeypatch.setattr(server, "GOODBYE", 0.01)
    async with serving(Clinging) as bench:
        client = await bench.connect()
        bench.signalr.drain()
        assert await client.receive() == {"type": 7, "allowReconnect": True}
        assert await client.ended() == "closed"


async def test_a_connection_that_comes_while_the_server_stops_is_sent_away() -> None:
    async with serving(Faulty) as bench:
        bench.signalr.drain()
        client = bench.open()
        assert await client.receive() == {"error": "Handshake was canceled."}
        assert await client.ended() == "closed"


async def test_a_server_that_starts_again_keeps_its_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "GOODBYE", 0.01)
    async with serving(Faulty) as bench:
        bench.signalr.drain()
    async with bench.signalr.running():
        client = await bench.connect()
        await asyncio.sleep(0.03)
        assert await client.invoke("Echo", 1) == completion(1)


async def test_an_exit_of_a_library_is_an_answer_too() -> None:
    class Leaving(Hub):
        async def leave(self) -> None:
            raise BaseExceptionGroup("everything", [KeyError("a"), asyncio.CancelledError()])

    async with serving(Leaving) as bench:
        client = await bench.connect()
        assert await client.invoke("Leave") == invocation_failure("Leave")


async def test_the_application_has_what_hubs_need_for_their_goodbye() -> None:
    """Streams included: what they end with comes before the application's own end."""
    order: list[str] = []

    class Using(Hub):
        async def watch(self) -> AsyncIterator[int]:
            try:
                yield 1
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(0.01)
                order.append("stream")

        async def on_disconnected(self, _: BaseException | None) -> None:
            order.append("hub")

    @asynccontextmanager
    async def pool(_: FastAPI) -> AsyncIterator[None]:
        yield
        order.append("pool")

    app = FastAPI(lifespan=pool)
    signalr = add_signalr(app)
    map_hub(app, "/hub", Using)
    async with app.router.lifespan_context(app):
        client = await Bench(app, signalr).connect()
        client.send({"type": 4, "invocationId": "1", "target": "Watch", "arguments": []})
        await idle()
    assert order == ["hub", "stream", "pool"]


async def test_a_question_to_a_client_that_leaves_while_it_connects() -> None:
    """The hub asks through its context, as a service would."""
    outcome: asyncio.Future[BaseException] = asyncio.get_running_loop().create_future()

    class Curious(Hub):
        async def on_connected(self) -> None:
            client = bench.context().clients.client(self.context.connection_id)
            try:
                await client.invoke("Name", result_type=str)
            except ConnectionGoneError as error:
                outcome.set_result(error)
                raise

    async with serving(Curious) as bench:
        client = await bench.connect()
        assert (await client.receive())["target"] == "Name"
        client.transport.lose()
        async with asyncio.timeout(GUARD):
            assert "disconnected" in str(await outcome)
        await idle()
        assert not bench.signalr.connections


class MuteError(Exception):
    """Has nothing to say."""

    def __str__(self) -> str:
        raise LookupError("no text")


async def test_an_error_without_a_text_is_shown_by_its_name() -> None:
    class Mute(Hub):
        async def on_connected(self) -> None:
            if "refuse" in self.context.http.query_params:
                raise MuteError

        async def fail(self) -> None:
            raise MuteError

    async with serving(Mute, options=HubOptions(enable_detailed_errors=True)) as bench:
        client = await bench.connect()
        assert await client.invoke("Fail") == invocation_failure("Fail", "MuteError")
        refused = await bench.connect(query="refuse")
        assert await refused.receive() == {"type": 7, "error": "Connection closed with an error. MuteError"}
        assert await refused.ended() == "closed"
        assert refused.connection not in bench.signalr.connections


async def test_a_socket_that_was_replaced_says_nothing_about_its_successor() -> None:
    async with serving(Tight) as bench:
        client = await stateful_client(bench)
        again = MemoryClient(client.connection)
        again.transport.keeps_up = False
        client.send({"type": 6})
        await bench.context().clients.all.send("Told")
        await idle()
        stalled_since = client.connection.writer.stalled_since
        assert stalled_since is not None
        client.connection.drained(client.transport)
        assert client.connection.writer.stalled_since == stalled_since
        client.connection.drained(again.transport)
        assert client.connection.writer.stalled_since is None
