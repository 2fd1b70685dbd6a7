"""A server in a process of its own, as an operator starts it."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.config.settings import Settings
from tests.support.paths import ROOT

START_SECONDS = 60


class Process:
    """A server process whose output is collected while it runs."""

    def __init__(self, arguments: list[str], directory: Path, variables: dict[str, str]) -> None:
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
            # A shell starts what runs in its background so, and the server would inherit it.
            signal.signal(signal.SIGINT, signal.default_int_handler)
        self._process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=directory,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,  # a group of its own, with the workers that it starts
        )
        self.lines: list[str] = []
        self._news = threading.Condition()
        self._ended = False
        self._reader = threading.Thread(target=self._collect)
        self._reader.start()

    @property
    def output(self) -> str:
        return "".join(self.lines)

    def wait_for(self, pattern: str) -> re.Match[str]:
        """The first match in the output, which may still be to come."""
        with self._news:
            self._news.wait_for(lambda: self._ended or re.search(pattern, self.output), START_SECONDS)
        found = re.search(pattern, self.output)
        assert found is not None, self.output
        return found

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, signal_number: signal.Signals) -> None:
        self._process.send_signal(signal_number)

    def end(self, with_signal: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to end; a process that does not within ten seconds is a failure."""
        self._process.send_signal(with_signal)
        return self.wait(10)

    def wait(self, seconds: float = START_SECONDS) -> int:
        """The exit code of a process that ends by itself."""
        code = self._process.wait(seconds)
        self._reader.join()
        return code

    def close(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._reader.join()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _collect(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._news:
                self.lines.append(line)
                self._news.notify_all()
        with self._news:
            self._ended = True
            self._news.notify_all()


@contextmanager
def running(settings: Settings, *arguments: str, **variables: str) -> Iterator[Process]:
    """`python -m` with these arguments, the settings in its environment and `var_dir` as its working directory."""
    assert settings.secret_key is not None
    environment = {
        "DATABASE_URL": settings.database_url,
        "WAYBILL_SECRET_KEY": settings.secret_key.get_secret_value(),
        "WAYBILL_ARGON2_TIME_COST": "1",
        "WAYBILL_ARGON2_MEMORY_KIB": "8",
        "WAYBILL_ARGON2_PARALLELISM": "1",
    }
    process = Process(list(arguments), settings.var_dir, environment | variables)
    try:
        yield process
    finally:
        process.close()
