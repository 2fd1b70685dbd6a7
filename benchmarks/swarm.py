"""Many cheap clients in one process: raw sockets whose messages are counted, never decoded."""

import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Self

from benchmarks import wire
from benchmarks.peers import SEPARATOR
from benchmarks.process import BenchmarkError

MARK = b"]"
"""A byte that each counted message holds exactly once, and that handshakes, pings and frame heads never hold.

Record separators would not do: servers ping when they like, and one peer ends its messages with nothing.
"""

PATIENCE = 20.0
"""Seconds without any message, pings aside, after which messages count as lost."""

_AT_ONCE = 100
_SETTLE = 0.3
_CHUNK = 1 << 18


class Client:
    """One WebSocket; `marks` counts the messages that it received."""

    __slots__ = ("_chatter", "marks", "socket")

    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.settimeout(PATIENCE)
        self.marks = 0

    def send(self, data: bytes) -> None:
        """Sends frames that were built before."""
        self.socket.sendall(data)

    def read(self) -> bytes:
        """What has arrived; waits if that is nothing. Raises BenchmarkError when the server hung up."""
        data = self.socket.recv(_CHUNK)
        if not data:
            raise BenchmarkError("the server closed a connection")
        self.marks += data.count(MARK)
        return data

    def read_past(self, end: bytes) -> bytes:
        """Reads up to and including `end`. Raises BenchmarkError if more than that came, or something else."""
        data = b""
        while end not in data:
            data += self.read()
        if not data.endswith(end):
            raise BenchmarkError(f"the server sent {data!r} before it was its turn")
        return data


class Swarm:
    """Clients of one server, all in this thread."""

    def __init__(self, address: tuple[str, int], separator: bytes = SEPARATOR) -> None:
        self.clients: list[Client] = []
        self._last_arrival = 0.0
        self._address = address
        self._separator = separator
        self._selector = selectors.DefaultSelector()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for client in self.clients:
            client.socket.close()
        self.clients.clear()
        self._selector.close()

    def open(self, paths: Sequence[str]) -> None:
        """Opens one connection for each path, handshake included."""
        for start in range(0, len(paths), _AT_ONCE):
            self._open_batch(paths[start : start + _AT_ONCE])
        # A server may answer the handshake before it adds the connection to those that it sends to.
        time.sleep(_SETTLE)

    def _open_batch(self, paths: Sequence[str]) -> None:
        batch = [Client(self._address) for _ in paths]
        self.clients += batch
        for client, path in zip(batch, paths, strict=True):
            client.send(wire.upgrade_request(path))
        for client in batch:
            head = client.read_past(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 101"):
                raise BenchmarkError(f"the server refused a WebSocket: {head.splitlines()[0].decode()}")
            if self._separator:
                client.send(wire.message(wire.HANDSHAKE, self._separator))
        for client in batch:
            if self._separator:
                client.read_past(self._separator)
            client.marks = 0
            self._selector.register(client.socket, selectors.EVENT_READ, client)

    def begin(self) -> None:
        """Starts the clock of `PATIENCE`: call it before sending something that is answered."""
        self._last_arrival = time.monotonic()

    def command(self, target: str, *arguments: object) -> None:
        """Has the first client call a method whose answer nobody awaits."""
        self.begin()
        self.clients[0].send(wire.invocation(self._separator, target, *arguments))

    def arrivals(self) -> Iterator[tuple[Client, int]]:
        """Waits, and yields who received how many messages. Raises BenchmarkError after a long silence."""
        for key, _ in self._selector.select(1.0):
            client: Client = key.data
            before = client.marks
            client.read()
            if client.marks > before:
                self._last_arrival = time.monotonic()
                yield client, client.marks - before
        if time.monotonic() - self._last_arrival > PATIENCE:
            raise BenchmarkError(f"messages are missing: none arrived for {PATIENCE:.0f} s")

    def receive(self, each: int) -> None:
        """Waits until every client has received `each` messages, then counts from 0 again.

        Raises BenchmarkError when messages get lost, or when a client receives more than that.
        """
        missing = each * len(self.clients)
        while missing > 0:
            missing -= sum(count for _, count in self.arrivals())
        self.settle(each)

    def settle(self, each: int) -> None:
        """Counts from 0 again. Raises BenchmarkError unless every client has received `each` messages."""
        for client in self.clients:
            if client.marks != each:
                raise BenchmarkError(f"a client received {client.marks} messages, not {each}")
            client.marks = 0
