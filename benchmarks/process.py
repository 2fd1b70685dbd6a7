"""A server in a process of its own, and what the kernel knows of it: processor time and memory."""

import contextlib
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.processor import processor_seconds

PROJECT = Path(__file__).parents[1]
START_SECONDS = 60.0
STOP_SECONDS = 10.0
_LOG_TAIL = 2000


class BenchmarkError(Exception):
    """The measurement cannot go on; the text says why. `quotes` tells that it holds what a server printed."""

    quotes = False


class ServerProcess:
    """A running server that listens on a port of the loopback interface."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
        self.name = name
        self.address = ("127.0.0.1", port)
        self._process = process
        self._log = log

    @property
    def origin(self) -> str:
        """Where its requests go."""
        host, port = self.address
        return f"http://{host}:{port}"

    def cpu_seconds(self) -> float:
        """User and system time of the process and of its children since their start."""
        return processor_seconds(self._process.pid)

    def memory_kib(self) -> int:
        """Resident memory. Buffers of sockets are the kernel's and not in it."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        (line,) = [line for line in status.splitlines() if line.startswith("VmRSS:")]
        return int(line.split()[1])

    def wait_until_ready(self) -> None:
        """Returns once connections are accepted. Raises BenchmarkError."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(self.address):
                return
            time.sleep(0.05)
        raise BenchmarkError("the server did not start")

    def last_words(self) -> str:
        """The end of what the server printed."""
        return self._log.read_text(errors="replace")[-_LOG_TAIL:].strip()

    @contextlib.contextmanager
    def quoted(self) -> Iterator[None]:
        """Adds what the server printed to a BenchmarkError that leaves the block, unless another server is quoted."""
        try:
            yield
        except BenchmarkError as error:
            words = "" if error.quotes else self.last_words()
            if not words:
                raise
            longer = BenchmarkError(f"{error}\n{self.name} printed: {words}")
            longer.quotes = True
            raise longer from error

    def stop(self) -> None:
        """Ends the server, by force if it does not go."""
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextlib.contextmanager
def running(name: str, arguments: Sequence[str], environment: Mapping[str, str]) -> Iterator[ServerProcess]:
    """Starts a server, waits until it accepts connections, and stops it at the end.

    `{port}` in an argument or a variable becomes the server's port, `{directory}` a directory that is deleted with it.
    """
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="waybill-bench-", ignore_cleanup_errors=True) as directory:

        def filled(text: str) -> str:
            return text.replace("{port}", str(port)).replace("{directory}", directory)

        log = Path(directory) / "server.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [filled(argument) for argument in arguments],
                cwd=PROJECT,
                env={**os.environ, **{name: filled(value) for name, value in environment.items()}},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        server = ServerProcess(name, process, port, log)
        try:
            with server.quoted():
                server.wait_until_ready()
                yield server
        finally:
            server.stop()


def allow_many_sockets(wanted: int) -> None:
    """Raises the limit of open files of this process and of the servers that it starts.

    Raises BenchmarkError when so many are not allowed, and off Linux, whose clocks are used.
    """
    if sys.platform != "linux":
        raise BenchmarkError("the benchmarks read Linux's clocks of other processes and run on Linux only")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    except (ValueError, OSError) as error:
        raise BenchmarkError(
            f"{wanted} files would be open at once, more than are allowed: raise `ulimit -n`, or measure fewer"
            " connections or peers"
        ) from error


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
