"""The lock that lets one process serve a database."""

import errno
import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.config.logging import route_to_stdlib
from app.db.serving_lock import AlreadyServed, Holder, ServingLock
from tests.support.paths import ROOT

PROGRAM = """
import sys
from app.db.serving_lock import ServingLock

with ServingLock(sys.argv[1]).held():
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another_process(url: str) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the lock until it is killed."""
    command = [sys.executable, "-c", PROGRAM, url]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def test_it_ends_with_its_process_even_with_kill_9(database_url: str) -> None:
    lock = ServingLock(database_url)
    with another_process(database_url) as process:
        with pytest.raises(AlreadyServed) as refusal, lock.held():
            pass
        assert refusal.value.holder == Holder(process.pid, os.getpid())
        assert lock.holder() == Holder(process.pid, os.getpid())
        process.kill()
        process.wait()
        assert lock.holder() is None
        with lock.held():
            pass


def test_a_block_inside_another_adds_nothing(database_url: str) -> None:
    lock, other = ServingLock(database_url), ServingLock(database_url)
    with lock.held():
        with lock.held():
            pass
        with pytest.raises(AlreadyServed), other.held():
            pass
    with other.held():
        pass


def test_every_name_of_a_file_meets_the_same_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "real.db")
    monkeypatch.chdir(tmp_path)
    with ServingLock(f"sqlite:///{tmp_path}/real.db").held():
        for name in ("link.db", "real.db", f"{tmp_path}/link.db"):
            assert ServingLock(f"sqlite:///{name}").holder() == Holder.this_process()


def test_two_databases_have_two_locks(tmp_path: Path) -> None:
    with ServingLock(f"sqlite:///{tmp_path}/one.db").held(), ServingLock(f"sqlite:///{tmp_path}/two.db").held():
        pass
    with ServingLock("postgresql://u:a@h/one").held(), ServingLock("postgresql://u:a@h/two").held():
        pass


def test_a_changed_password_is_the_same_database_and_is_not_shown() -> None:
    other = ServingLock("postgresql://u:new-hush@h/d")
    with (
        ServingLock("postgresql://u:old-hush@h/d").held(),
        pytest.raises(AlreadyServed, match=f"u:...@h/d is served by process {os.getpid()} already"),
        other.held(),
    ):
        pass


def test_looking_creates_no_file(tmp_path: Path) -> None:
    assert ServingLock(f"sqlite:///{tmp_path}/absent.db").holder() is None
    assert list(tmp_path.iterdir()) == []


def test_where_no_file_can_be_created_nothing_is_locked(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with ServingLock(f"sqlite:///{tmp_path}/file/waybill.db").held():
        pass


def test_a_file_that_somebody_has_damaged_names_no_process(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/waybill.db"
    with ServingLock(url).held():
        (tmp_path / "waybill.db.lock").write_text("[]")
        with pytest.raises(AlreadyServed, match="is served by another process already"), ServingLock(url).held():
            pass


def test_where_files_cannot_be_locked_a_warning_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def unsupported(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    route_to_stdlib()
    monkeypatch.setattr(fcntl, "flock", unsupported)
    with ServingLock(f"sqlite:///{tmp_path}/waybill.db").held():
        pass
    [record] = caplog.records
    assert record.levelname == "WARNING"
    assert "No locks available" in record.getMessage()
