"""Databases of equal content: one template that is migrated and filled once, and a copy of it for each service."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Protocol

from benchmarks.orders.seed import TableRows
from benchmarks.process import PROJECT, BenchmarkError

SECRET = "the secret of a service that lives for one measurement"


ShipByHand = Callable[[Iterable[int]], list[float]]
"""Ships these seeded orders, one transaction each; returns the milliseconds that each COMMIT took."""


class Databases(Protocol):
    """A template and its copies, on one kind of database whose commits are durable."""

    @property
    def kind(self) -> str:
        """`sqlite` or `postgresql`."""

    @property
    def template(self) -> str:
        """The address of the template, as it is written in `DATABASE_URL`."""

    def fill(self, tables: Iterable[TableRows]) -> None:
        """Adds rows to the template, which must have been migrated. Nobody may use it afterwards."""

    def copy(self) -> str:
        """The address of a new copy of the template."""

    def committing(self) -> AbstractContextManager[ShipByHand]:
        """One connection to a new copy, which ships orders by SQL alone."""


def run_waybill(*arguments: str, database_url: str) -> str:
    """Runs a command of `waybill` and returns what it printed. Raises BenchmarkError when it fails."""
    environment = {**os.environ, **settings(database_url)}
    command = [sys.executable, "-m", "app", *arguments]
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchmarkError(f"`waybill {arguments[0]}` failed: {(done.stderr or done.stdout).strip()}")
    return done.stdout


def settings(database_url: str) -> dict[str, str]:
    """The environment of the service: production, with this database."""
    return {
        "DATABASE_URL": database_url,
        "BROADCAST_URL": "memory://",
        "WAYBILL_ENVIRONMENT": "production",
        "WAYBILL_SECRET_KEY": SECRET,
        "WAYBILL_DEMO": "false",
        "WAYBILL_LOG_LEVEL": "info",
        "WAYBILL_LOG_FORMAT": "json",
    }
