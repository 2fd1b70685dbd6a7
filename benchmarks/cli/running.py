"""How a command runs: progress while it measures, then the table, or the reason why there is none."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from benchmarks.process import BenchmarkError, allow_many_sockets
from benchmarks.results import OnStep, Report, write_json

_SPARE_FILES = 200
_WIDTH = 160
"""Columns of a table that is not printed to a terminal."""


def run(
    measure: Callable[[OnStep], Report],
    *,
    steps: int,
    sockets: int,
    json_file: Path | None,
    table: Callable[[Report], Table] = Report.table,
) -> None:
    """Measures with a progress line, prints the table and writes the samples; ends with 1 and a reason on failure."""
    out, err = Console(), Console(stderr=True)
    if not out.is_terminal:
        out.width = _WIDTH
    try:
        allow_many_sockets(sockets + _SPARE_FILES)
        with _progress(err, steps) as on_step:
            report = measure(on_step)
    except BenchmarkError as error:
        err.print(f"[bold red]benchmarks:[/] {error}", highlight=False, soft_wrap=True)
        raise typer.Exit(1) from error
    out.print(table(report))
    if json_file is not None:
        write_json(json_file, report)


@contextmanager
def _progress(console: Console, steps: int) -> Iterator[OnStep]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    # Drawn when a step begins and not in between: the drawing must not take time from the server.
    with Progress(*columns, console=console, auto_refresh=False, transient=True) as progress:
        task = progress.add_task("starting", total=steps, completed=-1)

        def on_step(what: str) -> None:
            progress.update(task, description=what, advance=1)
            progress.refresh()

        yield on_step
