"""The load: a Node process that sends the requests, so that no Python process competes with the measured ones."""

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from benchmarks.process import PROJECT, BenchmarkError

Request = Mapping[str, Any]
"""`method` and `path`, perhaps a `body` (text), and for `push` the number of the socket that is told: `to`."""

_FOLDER = PROJECT / "benchmarks" / "load"


@dataclass(frozen=True, slots=True)
class Sent:
    """How the requests went: milliseconds each, seconds for all, and the share of the time that the load was busy."""

    latencies: Sequence[float]
    seconds: float
    busy: float


class Load:
    """Commands to the Node process; each waits for its end. All raise BenchmarkError when a request fails."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def send(self, origin: str, token: str, connections: int, requests: Sequence[Request]) -> Sent:
        """Sends the requests over so many connections, each of which waits for its answer before the next."""
        result = self._command(
            "send", origin=origin, headers=_headers(token), connections=connections, requests=requests
        )
        return Sent(result["latencies"], result["seconds"], result["busy"])

    @contextmanager
    def watching(self, origin: str, paths: Sequence[str], *, handshake: bool) -> Iterator[None]:
        """Holds one WebSocket for each path open. `handshake`: SignalR's comes first."""
        self._command("watch", origin=origin, paths=paths, handshake=handshake)
        try:
            yield
        finally:
            self._command("unwatch")

    def push(
        self, origin: str, token: str, mark: str, requests: Sequence[Request]
    ) -> tuple[Sequence[float], Sequence[float]]:
        """Sends the requests one after the other; milliseconds to each answer, and to the frame with `mark`.

        Call it inside `watching`.
        """
        result = self._command("push", origin=origin, headers=_headers(token), mark=mark, requests=requests)
        return result["answers"], result["frames"]

    def _command(self, command: str, **details: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps({"command": command, **details}) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise BenchmarkError("the load generator ended") from None
        line = self._process.stdout.readline()
        if not line:
            raise BenchmarkError("the load generator ended")
        answer = json.loads(line)
        if "error" in answer:
            raise BenchmarkError(answer["error"])
        return answer["result"]


@contextmanager
def running_load() -> Iterator[Load]:
    """Starts the Node process and ends it. Raises BenchmarkError when Node or its packages are missing."""
    node = shutil.which("node")
    if node is None:
        raise BenchmarkError("Node.js makes the load, and there is no `node` on the PATH: install 20.19 or newer")
    if not (_FOLDER / "node_modules" / "undici").is_dir():
        raise BenchmarkError("the load generator is not installed: run `make load` (or `npm ci` in benchmarks/load)")
    process = subprocess.Popen(
        [node, "load.mjs"], cwd=_FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield Load(process)
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()


def _headers(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}", "content-type": "application/json"}
