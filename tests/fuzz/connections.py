"""A connection as a state machine: legal messages in any order, cut anywhere, over sockets that come and go.

`python -m tests.fuzz.connections 5000` runs it so often (in steps of 250), other examples each time,
and shrinks what it finds.
"""

import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from msgspec import UNSET

from app.signalr import HubOptions
from app.signalr.connection.inbox import WAITING_BYTES
from app.signalr.messages import Ack, CancelInvocation, Close, Completion, Invocation, Ping, StreamItem
from app.signalr.messages import Sequence as SequenceMessage
from tests.fuzz.mutation import Mutator
from tests.fuzz.peer import RECONNECT_WINDOW, Peer, Request
from tests.fuzz.samples import BINARY_BODIES, JSON_TEXTS, SEPARATOR, with_length
from tests.fuzz.steps import ONE_IN_TEN, PICK, STEPS, VALUES, Step, action
from tests.fuzz.whole import running_hub

MESSAGE_LIMIT = 2048
CAPACITY = 3
PARALLEL_AT_MOST = 3
STATEFUL_BUFFER = 2000
OPTIONS = HubOptions(
    maximum_receive_message_size=MESSAGE_LIMIT,
    stream_buffer_capacity=CAPACITY,
    stateful_reconnect_buffer_size=STATEFUL_BUFFER,
    keep_alive_interval=5,
)


class Connections(RuleBasedStateMachine):
    """One client does what it likes; another, the bystander, must always be served."""

    @initialize(
        protocol=st.sampled_from(["json", "messagepack"]),
        stateful=st.booleans(),
        parallel=st.integers(1, PARALLEL_AT_MOST),
    )
    def open(self, protocol: str, stateful: bool, parallel: int) -> None:
        """Starts a server with two clients; acks do not wait for their timer."""
        self.open_for_good = ExitStack()
        self.open_for_good.enter_context(patch("app.signalr.connection.resumption.ACK_DELAY", 0))
        options = replace(OPTIONS, maximum_parallel_invocations_per_client=parallel)
        self.hub = self.open_for_good.enter_context(running_hub(options))
        self.protocol = protocol
        self.stateful = stateful
        self.tells = 0
        self.bystander = self.hub.peer("json")
        self.peer = self.connect()

    def connect(self) -> Peer:
        self.floods = 0
        return self.hub.peer(self.protocol, stateful=self.stateful)

    def in_loop(self, act: Callable[[], object]) -> None:
        self.hub.do(act)

    # Calls

    @action(value=VALUES)
    def echo(self, value: Any) -> None:
        self.peer.call("Echo", value)

    @action(method=st.sampled_from(["Wait", "Ask", "Ignored"]), value=st.integers(0, 99))
    def call(self, method: str, value: int) -> None:
        self.peer.call(method, value).is_spoilt = method == "Ignored"

    @action(value=st.integers(0, 99))
    def mistake(self, value: int) -> None:
        """Calls that reach no method, or are of the wrong kind, are answered with errors."""
        self.peer.call("Echo", value, value).method = "Mistake"
        self.peer.call("Count", "text", stream=True)
        self.peer.call("Count", value)
        self.peer.call("Echo", value, stream=True).method = "Mistake"
        self.peer.call("Echo", value, uploads=1).method = "Mistake"
        for request in list(self.peer.requests.values())[-5:]:
            request.is_spoilt = True

    @action(value=VALUES)
    def send(self, value: Any) -> None:
        self.peer.write(Invocation("Echo", [value]))

    @action()
    def tell_all(self) -> None:
        self.tells += 1
        self.peer.call("TellAll", self.tells)

    @precondition(lambda self: self.floods < 4)
    @action(count=st.sampled_from([5, 100]), blocked=st.booleans())
    def flood(self, count: int, blocked: bool) -> None:
        """More than may wait, if nothing is read meanwhile."""
        self.floods += 1
        for _ in range(PARALLEL_AT_MOST * blocked):
            self.peer.call("Wait", 1)
        for number in range(count):
            self.peer.call("Echo", str(number) * 500)

    # Streams

    @action(to=st.integers(0, 100))
    def count(self, to: int) -> None:
        self.peer.call("Count", to, stream=True)

    @action(cancelled=st.booleans())
    def hold(self, cancelled: bool) -> None:
        self.peer.call("Hold", 1, stream=True).is_cancelled = cancelled
        if cancelled:
            self.peer.write(CancelInvocation(list(self.peer.requests)[-1]))

    @action(method=st.sampled_from(["Collect", "Merge", "Ignore", "Double"]), count=st.integers(0, 2 * CAPACITY))
    def upload(self, method: str, count: int) -> None:
        request = self.peer.call(method, stream=method == "Double", uploads=2 if method == "Merge" else 1)
        for stream_id in request.open_uploads:
            self.send_items(request, stream_id, range(count))

    @action(pick=PICK, item=st.integers(0, 99), count=st.integers(1, 2 * CAPACITY))
    def upload_items(self, pick: int, item: int, count: int) -> None:
        if (found := self.pick_upload(pick)) is not None:
            request, stream_id = found
            self.send_items(request, stream_id, [item] * count)

    @action(pick=PICK)
    def upload_wrong_item(self, pick: int) -> None:
        if (found := self.pick_upload(pick)) is not None:
            request, stream_id = found
            request.is_spoilt = True
            self.send_items(request, stream_id, ["no number"])

    @action(pick=PICK, error=st.sampled_from([None, None, "the disk is full"]))
    def end_upload(self, pick: int, error: str | None) -> None:
        if (found := self.pick_upload(pick)) is not None:
            request, stream_id = found
            request.open_uploads.remove(stream_id)
            request.is_spoilt |= error is not None
            self.peer.write(Completion(stream_id, UNSET, error))

    @action(pick=PICK)
    def cancel(self, pick: int) -> None:
        streams = {i: r for i, r in self.peer.requests.items() if r.method in ("Count", "Hold", "Double")}
        if streams:
            identifier = list(streams)[pick % len(streams)]
            streams[identifier].is_cancelled = True
            self.peer.write(CancelInvocation(identifier))

    def send_items(self, request: Request, stream_id: str, items: Iterable[Any]) -> None:
        for item in items:
            request.uploaded[stream_id].append(item)
            self.peer.write(StreamItem(stream_id, item))

    def pick_upload(self, pick: int) -> tuple[Request, str] | None:
        found = [(request, upload) for request in self.peer.requests.values() for upload in request.open_uploads]
        return found[pick % len(found)] if found else None

    # Answers, and messages that belong to nothing

    @precondition(lambda self: self.peer.questions)
    @action(result=st.sampled_from([1, "no number", None, UNSET]), error=st.sampled_from([None, "no idea"]))
    def answer(self, result: Any, error: str | None) -> None:
        self.peer.write(Completion(self.peer.questions.popleft(), UNSET if error else result, error))

    @action()
    def stray(self) -> None:
        for message in (StreamItem("stray", 1), Completion("stray", 1), CancelInvocation("stray"), Ping()):
            self.peer.write(message)
        if not self.stateful:
            self.peer.write(Ack(7))
            self.peer.write(SequenceMessage(7))

    @action()
    def acknowledge(self) -> None:
        self.peer.acknowledge()

    # The wire

    def follow(self, step: Step) -> None:
        if step.delivers:
            self.in_loop(lambda: self.peer.deliver(step.cuts, step.keeps))
        self.hub.turns(step.turns)
        self.peer.read(step.reads)

    @rule(step=STEPS)
    def go_on(self, step: Step) -> None:
        self.follow(step)

    @rule()
    def open_gates(self) -> None:
        self.in_loop(self.hub.world.open_gates)

    @rule()
    def stall(self) -> None:
        self.peer.socket.keeps_up = False

    @precondition(lambda self: not self.peer.socket.keeps_up)
    @rule()
    def drained(self) -> None:
        self.peer.socket.keeps_up = True
        self.in_loop(lambda: self.peer.connection.drained(self.peer.socket))

    @rule()
    def beat(self) -> None:
        for connection in tuple(self.hub.signalr.connections):
            connection.beat(self.hub.signalr.now() + 9)

    @rule(really=ONE_IN_TEN)
    def lose(self, really: bool) -> None:
        if self.peer.socket.is_open and (really or self.peer.can_resume):
            self.peer.may_end |= not self.peer.can_resume
            self.peer.wire = b""
            self.in_loop(self.peer.socket.lose)

    @precondition(lambda self: self.stateful)
    @action()
    def resume(self) -> None:
        """Where a socket is still open, the new one takes its place."""
        if self.peer.can_resume:
            self.in_loop(self.peer.resume)

    # The end

    @action(how=st.sampled_from([Close(), Close("enough"), Invocation("Leave", [])]), really=ONE_IN_TEN)
    def end(self, how: Close | Invocation, really: bool) -> None:
        if really:
            self.peer.may_end = True
            self.peer.write(how)

    @action(random=st.randoms(use_true_random=False), really=ONE_IN_TEN)
    def garbage(self, random: Any, really: bool) -> None:
        if really:
            data = Mutator(random, BINARY_BODIES if self.peer.protocol.binary else JSON_TEXTS)()[:5000]
            self.peer.is_wild = self.peer.may_end = True
            self.peer.wire += with_length(data) if self.peer.protocol.binary else data + SEPARATOR

    @rule()
    def start_again(self) -> None:
        """When all is said, every call was answered; then the client goes, and another one comes."""
        self.finish()
        self.peer = self.connect()

    def finish(self) -> None:
        peer = self.peer
        peer.socket.keeps_up = True
        self.in_loop(lambda: peer.connection.drained(peer.socket))
        if not peer.socket.is_open and peer.can_resume:
            self.in_loop(peer.resume)
        for _ in range(2000):
            if not self.progress() and not peer.requests:
                break
        if not peer.may_end:
            assert not peer.requests
            assert peer.socket.is_open
            assert not peer.connection.inbox.calls._uploads
            assert not peer.connection.inbox.calls._streams
        if peer.socket.is_open:
            peer.write(Close())
            self.in_loop(peer.deliver)
            if peer.socket.is_open:
                self.in_loop(peer.socket.lose)
        if peer.connection in self.hub.signalr.connections:
            peer.connection.beat(self.hub.signalr.now() + 2 * RECONNECT_WINDOW)
        self.in_loop(self.hub.world.open_gates)
        for _ in range(100):
            if not peer.connection.can_resume and peer.connection not in self.hub.signalr.connections:
                break
            self.hub.turns()
        assert peer.connection not in self.hub.signalr.connections
        assert self.hub.world.present == {self.bystander.connection.id}

    def progress(self) -> bool:
        """Does all that anything may wait for."""
        peer = self.peer
        for request in peer.requests.values():
            for upload in request.open_uploads:
                peer.write(Completion(upload))
            request.open_uploads.clear()
        for identifier, request in peer.requests.items():
            if request.method == "Hold" and not request.is_cancelled:
                request.is_cancelled = True
                peer.write(CancelInvocation(identifier))
        while peer.questions:
            peer.write(Completion(peer.questions.popleft(), 1))
        peer.acknowledge()
        self.in_loop(peer.deliver)
        self.in_loop(self.hub.world.open_gates)
        return peer.read()

    # What always holds

    @invariant()
    def nobody_notices(self) -> None:
        """The bystander is answered, nothing has escaped, and what is kept for the client is bounded."""
        if not hasattr(self, "peer"):
            return
        self.hub.ask(self.bystander)
        assert self.bystander.told == sorted(set(self.bystander.told))
        assert self.peer.told == sorted(set(self.peer.told))
        assert self.hub.faults == []
        connection = self.peer.connection
        assert connection.inbox.waiting_bytes <= MESSAGE_LIMIT + WAITING_BYTES
        assert all(len(upload._items) <= CAPACITY for upload in connection.inbox.calls._uploads.values())
        resumption = connection.resumption
        if resumption is not None:
            assert resumption._buffer._buffered <= STATEFUL_BUFFER + MESSAGE_LIMIT

    def teardown(self) -> None:
        if hasattr(self, "peer"):
            with self.open_for_good:
                self.finish()
                self.nobody_notices()


SETTINGS = settings(
    stateful_step_count=50,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)

BATCH = 250
"""Runs after which Hypothesis forgets what it has tried: it would take more memory than the server does."""

if __name__ == "__main__":
    for _ in range(0, int(sys.argv[1]), BATCH):
        run_state_machine_as_test(Connections, settings=settings(SETTINGS, max_examples=BATCH))
