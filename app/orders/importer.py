"""Imports a file of marketplace orders. Every good row is imported once, even if the file is imported again."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.exc import IntegrityError

from app.db.database import Database
from app.orders.history import PastOrder, record_history
from app.orders.marketplace_csv import BadRow, HeaderError, read_orders
from app.orders.statements import ORDERS

BATCH = 500
_KNOWN_REFERENCES = select(ORDERS.c.reference).where(ORDERS.c.reference.in_(bindparam("references", expanding=True)))


class ImportFileError(Exception):
    """The file cannot be read, or is not a file of orders. Nothing was imported."""


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """How many of the file's rows have been handled."""

    done: int
    total: int


@dataclass(slots=True)
class ImportReport:
    """What became of the rows: imported now, skipped because their order id is known, or bad, with the reason."""

    imported: int = 0
    skipped_existing: int = 0
    bad_rows: list[BadRow] = field(default_factory=list)


async def import_orders(
    database: Database, path: Path, progress: Callable[[ImportProgress], None] = lambda _: None
) -> ImportReport:
    """Imports a file in transactions of `BATCH` orders. If one fails, the earlier ones stay committed.

    Raises ImportFileError for a file that cannot be read or whose header does not fit. Calls `progress` before
    the first transaction and after each one.
    """
    orders, bad_rows = await asyncio.to_thread(_read, path)
    report = ImportReport(bad_rows=bad_rows)
    total = len(orders) + len(bad_rows)
    progress(ImportProgress(len(bad_rows), total))
    for start in range(0, len(orders), BATCH):
        batch = orders[start : start + BATCH]
        imported = await _store(database, batch)
        report.imported += imported
        report.skipped_existing += len(batch) - imported
        progress(ImportProgress(len(bad_rows) + start + len(batch), total))
    return report


def _read(path: Path) -> tuple[list[PastOrder], list[BadRow]]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ImportFileError(f"{path} cannot be read: {error.strerror}") from error
    try:
        return _sorted_out(read_orders(data))
    except HeaderError as error:
        raise ImportFileError(f"{path} is not a file of orders: {error}") from error


def _sorted_out(rows: Iterable[tuple[int, PastOrder | BadRow]]) -> tuple[list[PastOrder], list[BadRow]]:
    orders: list[PastOrder] = []
    bad: list[BadRow] = []
    lines: dict[str | None, int] = {}
    for line, row in rows:
        if isinstance(row, BadRow):
            bad.append(row)
        elif (first := lines.setdefault(row.wanted.reference, line)) != line:
            bad.append(BadRow(line, f"order_id: the same as in line {first}"))
        else:
            orders.append(row)
    return orders, bad


async def _store(database: Database, batch: Sequence[PastOrder]) -> int:
    try:
        return await _store_new(database, batch)
    except IntegrityError:
        # Another process stored one of these orders after we looked. The second attempt sees it.
        return await _store_new(database, batch)


async def _store_new(database: Database, batch: Sequence[PastOrder]) -> int:
    references = [order.wanted.reference for order in batch]
    # Two imports on PostgreSQL that insert the same references must not wait for each other crosswise.
    in_sequence = sorted(batch, key=lambda order: order.wanted.reference or "")

    def work(connection: Connection) -> int:
        known = set(connection.scalars(_KNOWN_REFERENCES, {"references": references}))
        new = [order for order in in_sequence if order.wanted.reference not in known]
        if new:
            record_history(connection, new)
        return len(new)

    return await database.write(work)
