"""`waybill import`: orders from the file of another system."""

import asyncio
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from app.cli.console import CommandFailed, err, out, say
from app.config.settings import Settings, load_settings
from app.db.database import Database
from app.db.schema_version import require_current_schema
from app.orders.importer import ImportFileError, ImportProgress, ImportReport, import_orders

_UNREADABLE = 2


def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="Marketplace orders, one per line.")],
) -> None:
    """Import orders from a CSV file. Lists bad rows and imports the others. Importing a file again adds nothing.

    The exit code is 2 if the file cannot be read, and 1 if all of its rows are bad.
    """
    try:
        report = asyncio.run(_import(load_settings(), file))
    except ImportFileError as error:
        raise CommandFailed(str(error), _UNREADABLE) from None
    _tell(report)
    if report.bad_rows and not report.imported and not report.skipped_existing:
        raise CommandFailed("no row of the file could be imported")


async def _import(settings: Settings, file: Path) -> ImportReport:
    database = Database(settings.database_url)
    try:
        await require_current_schema(database)
        with ExitStack() as shown:
            bar = _progress_bar()
            task = bar.add_task("Importing")

            def show(progress: ImportProgress) -> None:
                if not bar.live.is_started:  # the first progress shows that the file can be read
                    shown.enter_context(bar)
                bar.update(task, completed=progress.done, total=progress.total)

            return await import_orders(database, file, show)
    finally:
        await database.dispose()


def _progress_bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=err)


def _tell(report: ImportReport) -> None:
    if report.bad_rows:
        table = Table("Line", "Why it was not imported", box=None, header_style="bold")
        for row in report.bad_rows:
            table.add_row(str(row.line), escape(row.reason))
        err.print(table)
    out.print(f"{report.imported} imported, {report.skipped_existing} there already, {len(report.bad_rows)} bad")
    if report.imported:
        say("A customer can sign in with an account: `waybill user add USERNAME --role customer --customer-id ID`.")
