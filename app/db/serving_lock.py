"""One server per database, by an advisory lock that ends with the process that holds it.

Processes that talk through `memory://` cannot push to each other's clients, so only one of them may serve a database.
The lock also keeps `waybill demo --reset` from deleting the file of a running server.
"""

import hashlib
import json
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Self

import structlog
from sqlalchemy.engine import make_url

from app.config.database_url import masked

if sys.platform != "win32":
    import fcntl

# `waybill doctor` holds the lock for a moment to see whether it is free.
_ATTEMPTS: Final = 3
_PAUSE_S: Final = 0.1
_log = structlog.stdlib.get_logger("app.db")


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that holds the lock, and the process that started it."""

    pid: int
    parent_pid: int

    @classmethod
    def this_process(cls) -> Self:
        """Returns this process."""
        return cls(os.getpid(), os.getppid())

    @property
    def is_fellow_worker(self) -> bool:
        """Whether a server such as `uvicorn --workers 2` has started both that process and this one."""
        return multiprocessing.parent_process() is not None and self.parent_pid == os.getppid()


class AlreadyServed(Exception):  # noqa: N818 - a state of the world, told to people as such
    """Another process serves the database. The text says which one and what to do; `holder` is None if unknown."""

    def __init__(self, database: str | None, holder: Holder | None) -> None:
        super().__init__(_explanation(database, holder))
        self.holder = holder


class ServingLock:
    """The right of one process on this machine to serve a database.

    For SQLite, the lock is on a file beside the database, so every server of the file meets it. For PostgreSQL it is
    on a file in the user's temporary folder: that stops several workers of one server, but not a server on another
    machine. Where that file cannot be created, and on Windows, nothing is locked. Where it cannot be locked, a warning
    says so. The file is never deleted; only the lock ends.
    """

    def __init__(self, database_url: str) -> None:
        self._database = make_url(database_url).database if _is_sqlite(database_url) else masked(database_url)
        self._path = _lock_path(database_url)
        self._is_held = False

    @contextmanager
    def held(self) -> Iterator[None]:
        """Holds the lock during the block, or raises `AlreadyServed`. A block inside another one adds nothing."""
        if self._is_held:
            yield
            return
        descriptor = _open(self._path)
        if descriptor is None:
            yield
            return
        try:
            self._is_held = self._lock(descriptor)
            yield
        finally:
            self._is_held = False
            os.close(descriptor)

    def holder(self) -> Holder | None:
        """Returns the process that serves the database now, or None; does not create the file."""
        if not self._path.exists():
            return None
        try:
            with self.held():
                return None
        except AlreadyServed as refusal:
            return refusal.holder

    def _lock(self, descriptor: int) -> bool:
        """Returns whether the file is locked now. Some network file systems cannot lock any file."""
        for attempt in range(_ATTEMPTS):
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if attempt == _ATTEMPTS - 1:
                    raise AlreadyServed(self._database, _read_holder(descriptor)) from None
                time.sleep(_PAUSE_S)
            except OSError as error:
                _log.warning("cannot lock the database against other servers", file=str(self._path), reason=str(error))
                return False
            else:
                break
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(asdict(Holder.this_process())).encode(), 0)
        return True


def _is_sqlite(database_url: str) -> bool:
    return make_url(database_url).get_backend_name() == "sqlite"


def _lock_path(database_url: str) -> Path:
    if _is_sqlite(database_url):
        file = Path(make_url(database_url).database or "").resolve()
        return file.with_name(f"{file.name}.lock")
    name = hashlib.sha256(masked(database_url).encode()).hexdigest()[:16]
    return _temporary_folder() / f"{name}.lock"


def _temporary_folder() -> Path:
    user = "" if sys.platform == "win32" else os.getuid()
    return Path(tempfile.gettempdir(), f"waybill-{user}")


def _open(path: Path) -> int | None:
    """Opens or creates the lock's file; None if that is impossible, or if its folder belongs to another user."""
    if sys.platform == "win32":
        return None
    try:
        if path.parent == _temporary_folder():
            path.parent.mkdir(mode=0o700, exist_ok=True)
            if path.parent.lstat().st_uid != os.getuid():
                return None
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError:
        return None


def _read_holder(descriptor: int) -> Holder | None:
    try:
        return Holder(**json.loads(os.pread(descriptor, 4096, 0)))
    except (ValueError, TypeError):  # its process has not written it yet
        return None


def _explanation(database: str | None, holder: Holder | None) -> str:
    rule = "with BROADCAST_URL=memory:// a push reaches only the clients of one process"
    if holder is not None and holder.is_fellow_worker:
        return f"this server was started with several workers, but {rule}: run one worker (--workers, WEB_CONCURRENCY)"
    who = "another process" if holder is None else f"process {holder.pid}"
    return f"{database} is served by {who} already, and {rule}: stop that one, or set DATABASE_URL to another database"
