"""`-h`, `--help` and `--version`, which every command takes."""

from collections.abc import Iterator

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from app import __version__
from app.cli import cli
from tests.cli.support import run


def commands(group: TyperGroup, *path: str) -> Iterator[tuple[str, ...]]:
    """The words of every command and group."""
    yield path
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from commands(command, *path, name)
        else:
            yield *path, name


def every_command() -> list[tuple[str, ...]]:
    root = get_command(cli)
    assert isinstance(root, TyperGroup)
    return list(commands(root))


@pytest.mark.parametrize("words", every_command(), ids=" ".join)
def test_every_command_explains_itself(words: tuple[str, ...]) -> None:
    short, long = run(*words, "-h"), run(*words, "--help")
    assert short.exit_code == long.exit_code == 0
    assert short.stdout == long.stdout
    assert f"Usage: {' '.join(['waybill', *words])} [OPTIONS]" in short.stdout
    assert "--version" in short.stdout


@pytest.mark.parametrize("option", ["--version", "-V"])
@pytest.mark.parametrize("words", every_command(), ids=" ".join)
def test_every_command_tells_the_version(words: tuple[str, ...], option: str) -> None:
    result = run(*words, option)
    assert result.exit_code == 0
    assert result.stdout.startswith(f"waybill {__version__} (Python 3.")
    assert result.stderr == ""
