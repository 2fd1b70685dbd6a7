"""From `on_connected` to `on_disconnected`: what each end of a connection looks like from both sides."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from app.signalr import Hub, HubError, HubOptions
from app.signalr.endings import ABORTED_BY_HUB, SERVER_STOPS
from app.signalr.errors import ClientTimeoutError, InvalidDataError
from tests.signalr.harness import HANDSHAKE, Bench, MemoryClient, completion, idle, invocation, serving, targets
from tests.signalr.memory_transport import GUARD

pytestmark = pytest.mark.anyio


@dataclass
class Journal:
    """What the hubs of a test went through, in order."""

    entries: list[tuple[str, Any]] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self, what: str, detail: Any = None) -> None:
        self.entries.append((what, detail))

    def names(self) -> list[str]:
        return [name for name, _ in self.entries]


class Watched(Hub):
    """Notes its life, and waits for the journal's gate in the methods that say so."""

    journal: Journal

    async def on_connected(self) -> None:
        self.journal.note("connected", self.context.connection_id)
        self.context.on_aborted(lambda: self.journal.note("aborted"))

    async def on_disconnected(self, exception: BaseException | None) -> None:
        self.journal.note("disconnected", exception)
        assert self.context.aborted
        await self.clients.all.send("Gone", self.context.connection_id)

    async def echo(self, value: Any) -> Any:
        return value

    async def abort(self) -> None:
        self.context.abort()

    async def wait(self) -> None:
        await self.journal.gate.wait()


@pytest.fixture
def journal() -> Journal:
    Watched.journal = Journal()
    return Watched.journal


def time_out(client: MemoryClient) -> None:
    client.send({"type": 6})
    client.connection.beat(client.connection._hub.now())
    client.connection.beat(client.connection._hub.now() + 31)


def go_away(client: MemoryClient) -> None:
    client.transport.lose()


ENDS: list[tuple[Callable[[MemoryClient], None], dict[str, Any] | None, type[BaseException] | None]] = [
    (lambda client: client.send(invocation("Abort", invocation_id="1")), {"type": 7}, None),
    (lambda client: client.send({"type": 7}), {"type": 7}, None),
    (lambda client: client.send({"type": 7, "error": "bye"}), {"type": 7}, HubError),
    (
        lambda client: client.send("nonsense"),
        {"type": 7, "error": "Connection closed with an error.", "allowReconnect": True},
        InvalidDataError,
    ),
    (
        lambda client: client.feed(b" " * 40_000),
        {"type": 7, "error": "Connection closed with an error.", "allowReconnect": True},
        InvalidDataError,
    ),
    (
        time_out,
        {"type": 7, "error": "Connection closed with an error.", "allowReconnect": True},
        ClientTimeoutError,
    ),
    (lambda client: client.connection.end(SERVER_STOPS), {"type": 7, "allowReconnect": True}, None),
    (go_away, None, None),
    (lambda client: client.transport.lose(OSError("bad frame")), None, OSError),
]
NAMES = ["abort", "close", "close with error", "nonsense", "oversize", "timeout", "shutdown", "lost", "bad frame"]


@pytest.mark.parametrize(("end", "close", "exception"), ENDS, ids=NAMES)
async def test_every_end(
    journal: Journal,
    end: Callable[[MemoryClient], None],
    close: dict[str, Any] | None,
    exception: type[BaseException] | None,
) -> None:
    async with serving(Watched) as bench:
        client, other = await bench.connect(), await bench.connect()
        await bench.context().groups.add(client.id, "room")
        journal.entries.clear()
        end(client)
        await client.ended()
        await idle()
        # Once, and `aborted` first; the client hears its Close message and nothing after it.
        assert journal.names() == ["aborted", "disconnected"]
        heard = journal.entries[1][1]
        assert (type(heard) if heard is not None else None) is exception
        assert client.received == ([] if close is None else [close])
        assert targets([await other.receive()]) == ["Gone"]
        # Nothing is left of it.
        assert client.connection not in bench.signalr.connections
        for end_again in (ABORTED_BY_HUB, SERVER_STOPS):
            client.connection.end(end_again)
        client.feed(b'{"type":7}\x1e')
        await bench.context().clients.group("room").send("Hello")
        await bench.context().clients.client(client.id).send("Hello")
        await idle()
        assert journal.names() == ["aborted", "disconnected"]
        assert client.received == ([] if close is None else [close])


async def test_the_text_of_a_client_error_is_kept(journal: Journal) -> None:
    async with serving(Watched) as bench:
        client = await bench.connect()
        client.send({"type": 7, "error": "my battery is empty"})
        await client.ended()
        assert "my battery is empty" in str(journal.entries[-1][1])


async def test_the_close_leaves_before_on_disconnected_runs_and_the_socket_closes_after(journal: Journal) -> None:
    class Slow(Watched):
        async def on_disconnected(self, exception: BaseException | None) -> None:
            await self.journal.gate.wait()

    async with serving(Slow) as bench:
        client = await bench.connect()
        client.send({"type": 7})
        assert await client.receive() == {"type": 7}
        await idle()
        assert client.transport.end is None
        journal.gate.set()
        assert await client.ended() == "closed"


async def test_early_messages_wait_for_on_connected(journal: Journal) -> None:
    class Late(Watched):
        async def on_connected(self) -> None:
            await self.journal.gate.wait()
            self.context.items["ready"] = True

        async def ready(self) -> bool:
            return bool(self.context.items.get("ready"))

    async with serving(Late) as bench:
        client = bench.open()
        client.feed(HANDSHAKE)
        client.send(invocation("Ready", invocation_id="1"), invocation("Ready", invocation_id="2"))
        assert await client.receive() == {}
        await idle()
        assert client.received == []
        # It is addressable all the same.
        await bench.context().clients.all.send("Hello")
        assert targets([await client.receive()]) == ["Hello"]
        journal.gate.set()
        assert [await client.receive() for _ in range(2)] == [completion(result=True), completion(True, "2")]


async def test_a_client_cannot_pile_up_early_messages(journal: Journal) -> None:
    class Late(Watched):
        async def on_connected(self) -> None:
            await self.journal.gate.wait()

    async with serving(Late) as bench:
        client = bench.open()
        client.feed(HANDSHAKE)
        sent = 0
        while client.transport.reading:
            client.send(invocation("Echo", "x" * 1000, invocation_id=str(sent)))
            sent += 1
            assert sent < 1000
        journal.gate.set()
        assert await client.receive() == {}
        assert [(await client.receive())["invocationId"] for _ in range(sent)] == [str(n) for n in range(sent)]
        assert client.transport.reading


@pytest.mark.parametrize(
    ("error", "detailed", "text"),
    [
        (RuntimeError("secret"), False, "Connection closed with an error."),
        (RuntimeError("secret"), True, "Connection closed with an error. RuntimeError: secret"),
        (HubError("full"), False, "Connection closed with an error. HubException: full"),
    ],
)
async def test_on_connected_refuses(journal: Journal, error: Exception, detailed: bool, text: str) -> None:
    class Refusing(Watched):
        async def on_connected(self) -> None:
            await self.groups.add(self.context.connection_id, "room")
            raise error

    async with serving(Refusing, options=HubOptions(enable_detailed_errors=detailed)) as bench:
        client = bench.open()
        client.feed(HANDSHAKE)
        client.send(invocation("Echo", 1, invocation_id="1"))
        assert await client.receive() == {}
        assert await client.receive() == {"type": 7, "error": text}
        assert await client.ended() == "closed"
        await bench.context().clients.group("room").send("Hello")
        await idle()
        assert client.received == []
        assert journal.names() == []
        assert not bench.signalr.connections


async def test_a_constructor_that_raises_refuses_too(journal: Journal) -> None:
    class Broken(Watched):
        def __init__(self) -> None:
            raise RuntimeError("no")

    async with serving(Broken) as bench:
        client = bench.open()
        client.feed(HANDSHAKE)
        assert await client.receive() == {}
        assert await client.receive() == {"type": 7, "error": "Connection closed with an error."}
        assert journal.names() == []


async def test_an_abort_in_on_connected(journal: Journal) -> None:
    class Closing(Watched):
        async def on_connected(self) -> None:
            await super().on_connected()
            self.context.abort()

    async with serving(Closing) as bench:
        client = bench.open()
        client.feed(HANDSHAKE)
        assert await client.receive() == {}
        assert await client.receive() == {"type": 7}
        assert await client.ended() == "closed"
        assert journal.names() == ["connected", "aborted", "disconnected"]


async def test_a_client_that_leaves_during_on_connected(journal: Journal) -> None:
    class Late(Watched):
        async def on_connected(self) -> None:
            await super().on_connected()
            await self.journal.gate.wait()
            await self.groups.add(self.context.connection_id, "room")
            self.journal.note("ready")

    async with serving(Late) as bench:
        client = bench.open()
        client.feed(HANDSHAKE)
        client.transport.lose()
        await idle()
        assert journal.names() == ["connected", "aborted"]
        journal.gate.set()
        await idle()
        assert journal.names() == ["connected", "aborted", "ready", "disconnected"]
        assert not bench.signalr.connections
        await bench.context().clients.group("room").send("Hello")
        await idle()
        assert client.received == [{}]


async def test_on_disconnected_does_not_wait_for_a_running_invocation(journal: Journal) -> None:
    async with serving(Watched) as bench:
        client = await bench.connect()
        client.send(invocation("Wait", invocation_id="1"))
        client.transport.lose()
        await idle()
        assert journal.names() == ["connected", "aborted", "disconnected"]
        journal.gate.set()


async def test_an_exception_in_on_disconnected_is_logged(journal: Journal, caplog: pytest.LogCaptureFixture) -> None:
    class Failing(Watched):
        async def on_disconnected(self, exception: BaseException | None) -> None:
            raise RuntimeError("in goodbye")

    async with serving(Failing) as bench:
        client = await bench.connect()
        client.send({"type": 7})
        await client.ended()
        await idle()
        assert not bench.signalr.connections
    assert "in goodbye" in caplog.text


async def test_groups_are_not_joined_by_those_who_left(journal: Journal) -> None:
    class Clinging(Watched):
        async def on_disconnected(self, exception: BaseException | None) -> None:
            await self.groups.add(self.context.connection_id, "room")
            self.journal.note("in room")

    async with serving(Clinging) as bench:
        client = await bench.connect()
        client.send({"type": 7})
        await client.ended()
        await idle()
        (runtime,) = bench.signalr.hubs
        assert journal.names()[-1] == "in room"
        assert client.connection.groups == {}
        await bench.context().groups.add(client.id, "room")
        assert list(runtime.manager.connections) == []
        await bench.context().clients.group("room").send("Hello")


async def test_a_late_callback_of_an_ended_connection_is_called_at_once(journal: Journal) -> None:
    async with serving(Watched) as bench:
        client = await bench.connect()
        context = client.connection.context
        assert not context.aborted
        client.transport.lose()
        assert context.aborted
        called: list[str] = []
        context.on_aborted(lambda: called.append("at once"))
        assert called == ["at once"]


async def test_a_shutdown_says_goodbye_to_everybody(journal: Journal) -> None:
    async with asyncio.timeout(GUARD), serving(Watched) as bench:
        clients = [await bench.connect() for _ in range(3)]
        waiting = bench.open()
    for client in clients:
        assert {"type": 7, "allowReconnect": True} in client.received
        assert client.transport.end == "closed"
    assert waiting.received == [{"error": "Handshake was canceled."}]
    assert journal.names().count("disconnected") == 3


async def test_a_shutdown_ends_invocations(journal: Journal) -> None:
    class Endless(Watched):
        async def forever(self) -> None:
            try:
                await asyncio.Event().wait()
            finally:
                self.journal.note("cancelled")

    async with asyncio.timeout(GUARD), serving(Endless) as bench:
        client = await bench.connect()
        client.send(invocation("Forever"))
        await idle()
    assert "cancelled" in journal.names()


async def test_a_server_can_start_again(journal: Journal) -> None:
    async with serving(Watched) as bench:
        await bench.connect()
    async with bench.signalr.running():
        client = await Bench(bench.app, bench.signalr).connect()
        assert await client.invoke("Echo", 1) == completion(1)
