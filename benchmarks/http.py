"""One keep-alive HTTP connection on a raw socket, so that a selector can watch it beside WebSockets."""

import json
import socket
from collections.abc import Mapping
from typing import Any, NamedTuple

from benchmarks import wire
from benchmarks.process import BenchmarkError
from benchmarks.swarm import PATIENCE

_CHUNK = 1 << 18


class Answer(NamedTuple):
    """A complete response."""

    status: int
    body: bytes


class HttpConnection:
    """Sends one request at a time, as the bearer of a token."""

    def __init__(self, address: tuple[str, int], token: str) -> None:
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.settimeout(PATIENCE)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._received = b""

    def send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> None:
        """Sends a request and returns; the answer comes by `read`."""
        content = b"" if body is None else json.dumps(body).encode()
        self.socket.sendall(wire.http_request(method, path, self._headers, content))

    def read(self) -> Answer | None:
        """Reads once; the answer when it is complete. Raises BenchmarkError when the server hung up."""
        data = self.socket.recv(_CHUNK)
        if not data:
            raise BenchmarkError("the server closed an HTTP connection")
        self._received += data
        head, found, rest = self._received.partition(b"\r\n\r\n")
        if not found or len(rest) < _content_length(head):
            return None
        self._received = b""
        return Answer(int(head.split(b" ", 2)[1]), rest)

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Sends a request and returns the JSON of its answer. Raises BenchmarkError when the server refuses."""
        self.send(method, path, body)
        while (answer := self.read()) is None:
            pass
        accepted(answer, f"{method} {path}")
        return json.loads(answer.body)

    def close(self) -> None:
        """Hangs up."""
        self.socket.close()


def accepted(answer: Answer, what: str) -> None:
    """Raises BenchmarkError unless the request succeeded."""
    if not 200 <= answer.status < 300:
        raise BenchmarkError(f"{what} was answered with {answer.status}: {answer.body[:500].decode(errors='replace')}")


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0
