"""The options that several commands share."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

ReferenceOption = Annotated[
    Path | None,
    typer.Option(
        "--reference",
        exists=True,
        dir_okay=False,
        help="Measure this ASP.NET Core server too; docs/benchmarks.md says what it must answer.",
    ),
]
JsonOption = Annotated[Path | None, typer.Option("--json", dir_okay=False, help="Write every sample to this file.")]
Rounds = Annotated[int, typer.Option(min=1, help="Measured rounds.")]
WarmUp = Annotated[int, typer.Option(min=0, help="Rounds before the measured ones.")]


def peers_option(names: Sequence[str]) -> object:
    """The option that chooses among servers of these names."""
    return typer.Option("--peer", help=f"Measure only this one; may be repeated. One of {', '.join(names)}.")


def chosen(names: Sequence[str] | None, known: Sequence[str], what: str) -> list[str]:
    """The names that were given, or all; each must be a known one."""
    if unknown := sorted(set(names or ()) - set(known)):
        raise typer.BadParameter(f"{unknown[0]!r} is not {what}; choose from {', '.join(known)}")
    return [name for name in known if not names or name in names]
