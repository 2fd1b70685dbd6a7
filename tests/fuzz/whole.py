"""Whole sessions, thrown at a running hub while a bystander goes on using it."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

from fastapi import FastAPI

from app.signalr import HubOptions, SignalR, add_signalr, map_hub
from app.signalr.connection.inbox import WAITING_BYTES
from tests.fuzz.hub import Everything, World
from tests.fuzz.mutation import Mutator
from tests.fuzz.peer import Peer
from tests.fuzz.samples import BINARY_BODIES, HANDSHAKE_TEXTS, JSON_TEXTS, SEPARATOR, with_length
from tests.fuzz.targets import MESSAGE_PACK, PARSERS, pieces

MESSAGE_LIMIT = 4096
CHECKED = 50
"""The bystander is asked after so many sessions."""


@contextmanager
def running_hub(options: HubOptions) -> Iterator["RunningHub"]:
    """A hub server in an event loop of its own, which stands still between two calls of `turns`."""
    hub = RunningHub(options)
    try:
        hub.start()
        yield hub
        hub.stop()
    finally:
        hub.close()


class RunningHub:
    """The server, and the faults that it reports but does not raise."""

    def __init__(self, options: HubOptions) -> None:
        self.faults: list[str] = []
        self.world = World()
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(lambda _, context: self.faults.append(str(context)))
        self._log = _Faults(self.faults)
        logging.getLogger("app.signalr").addHandler(self._log)
        hub = type("Hub", (Everything,), {"world": self.world})
        app = FastAPI()
        self.signalr: SignalR = add_signalr(app)
        map_hub(app, "/hub", hub, options=options)
        self.runtime = self.signalr.runtime(hub)
        self._running = self.signalr.running()

    def start(self) -> None:
        """Serves."""
        self._run(self._running.__aenter__())

    def stop(self) -> None:
        """Stops, and leaves nothing behind."""
        self._run(self._running.__aexit__(None, None, None))
        assert not self.signalr.connections
        assert not self.world.present
        assert asyncio.all_tasks(self._loop) == set()
        assert self.faults == []

    def close(self) -> None:
        """Gives the event loop back."""
        logging.getLogger("app.signalr").removeHandler(self._log)
        self._run(self._loop.shutdown_asyncgens())
        self._loop.close()

    def turns(self, count: int = 3) -> None:
        """Lets the event loop go round so often."""
        self._run(_turns(count))

    def do(self, act: Callable[[], object]) -> None:
        """Runs a callback as the event loop does, and a few turns more."""
        self._loop.call_soon(act)
        self.turns()

    def peer(self, protocol: str, *, stateful: bool = False) -> Peer:
        """A client that has not shaken hands yet."""
        peer: Peer = self._run(_opened(lambda: Peer(self.runtime, self.signalr.protocols[protocol], stateful=stateful)))
        return peer

    def ask(self, peer: Peer) -> None:
        """Fails unless the peer is answered soon."""
        peer.call("Echo", "are you there?")
        self.do(peer.deliver)
        for _ in range(100):
            peer.read()
            if not peer.requests:
                return
            self.turns()
        raise AssertionError("the bystander is not answered")

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self._loop.run_until_complete(work)


class SessionTarget:
    """Handshake and messages of one connection, nearly right, in chunks of any size, until its socket is lost."""

    name = "sessions"

    def __init__(self, hub: RunningHub) -> None:
        self._hub = hub
        self._bystander = hub.peer("json")
        self._count = 0
        hub.ask(self._bystander)

    def inputs(self, random: Random) -> Callable[[], bytes]:
        mutated = {target.name: target.inputs(random) for target in PARSERS}
        changed = Mutator(random, HANDSHAKE_TEXTS)

        def session() -> bytes:
            binary = random.random() < 0.5
            handshake = changed() if random.random() < 0.05 else HANDSHAKE_TEXTS[binary]
            texts = [handshake + SEPARATOR]
            for _ in range(random.randrange(1, 8)):
                if binary:
                    body = mutated["messagepack"]() if random.random() < 0.2 else random.choice(BINARY_BODIES)
                    texts.append(with_length(body))
                else:
                    text = mutated["json"]() if random.random() < 0.2 else random.choice(JSON_TEXTS)
                    texts.append(text + SEPARATOR)
            return b"".join(texts)

        return session

    def outcome(self, data: bytes, random: Random) -> str:
        peer = self._hub.peer("json")
        peer.wire = b""
        self._hub.do(lambda: self._feed(peer, data, random))
        peer.socket.inbox.clear()
        how = "still open" if peer.socket.is_open else "ended by the server"
        protocol = getattr(peer.connection, "protocol", None)
        spoken = "no protocol" if protocol is None else "messagepack" if protocol == MESSAGE_PACK else protocol.name
        if peer.socket.is_open:
            self._hub.do(peer.socket.lose)
        self._hub.do(self._hub.world.open_gates)
        for _ in range(100):
            if peer.connection not in self._hub.signalr.connections:
                break
            self._hub.turns()
        assert self._hub.signalr.connections <= {self._bystander.connection}
        assert self._hub.faults == []
        self._count += 1
        if self._count % CHECKED == 0:
            self._hub.ask(self._bystander)
        return f"{spoken}, {how}"

    def _feed(self, peer: Peer, data: bytes, random: Random) -> None:
        for chunk in pieces(data, random):
            if not (peer.socket.is_open and peer.socket.reading):
                break
            peer.connection.receive(chunk)
            assert peer.connection.inbox.waiting_bytes <= MESSAGE_LIMIT + WAITING_BYTES


@contextmanager
def session_target() -> Iterator[SessionTarget]:
    """The target, with its server."""
    with running_hub(HubOptions(maximum_receive_message_size=MESSAGE_LIMIT, enable_detailed_errors=True)) as hub:
        yield SessionTarget(hub)


async def _turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def _opened(make: Callable[[], Peer]) -> Peer:
    return make()


class _Faults(logging.Handler):
    """Keeps what is logged as an error: no client may cause one."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._faults = faults

    def emit(self, record: logging.LogRecord) -> None:
        self._faults.append(self.format(record))
