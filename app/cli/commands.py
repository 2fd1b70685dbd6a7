"""How every command and group behaves: `-h`, `--version`, and errors in one line."""

import platform
from typing import Annotated, Any, Final

import typer
from typer.core import TyperCommand, TyperGroup

from app import __version__
from app.auth.errors import AccountError
from app.cli.console import CommandFailed, fail, out
from app.config.settings import SettingsError
from app.db.errors import CommitOutcomeUnknown, DatabaseUnavailable
from app.db.schema_version import SchemaMismatch
from app.db.serving_lock import AlreadyServed

CONTEXT: Final[dict[str, Any]] = {"help_option_names": ["-h", "--help"]}
"""The context settings of the whole command line; subcommands inherit them."""

_INTERRUPTED: Final = 130


def _print_version(wanted: bool) -> None:
    if wanted:
        out.print(f"waybill {__version__} (Python {platform.python_version()})")
        raise typer.Exit


def common_options(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", "-V", callback=_print_version, is_eager=True, expose_value=False, help="Show the version."
        ),
    ] = False,
) -> None:
    """Declares the options of the root command, which every other command takes too."""


class Command(TyperCommand):
    """A command that also takes the options of the root command."""

    def get_params(self, ctx: Any) -> list[Any]:
        return _with_common_options(ctx, super().get_params(ctx))


class Group(TyperGroup):
    """A group of commands that also takes the options of the root command."""

    def get_params(self, ctx: Any) -> list[Any]:
        return _with_common_options(ctx, super().get_params(ctx))


def _with_common_options(ctx: Any, own: list[Any]) -> list[Any]:
    *options, help_option = own
    common = [option for option in ctx.find_root().command.params if option not in own]
    return [*options, *common, help_option]


class RootGroup(TyperGroup):
    """The root command. It tells expected errors in one line each; only a defect shows a traceback."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except CommandFailed as error:
            fail(str(error))
            raise typer.Exit(error.code) from None
        except (AccountError, AlreadyServed, SchemaMismatch) as error:
            fail(str(error))
        except DatabaseUnavailable as error:
            fail(f"the database cannot be reached ({error}): check DATABASE_URL, or run `waybill doctor`")
        except CommitOutcomeUnknown as error:
            fail(f"the connection was lost during the commit ({error}): look whether the change was made")
        except SettingsError as error:
            for line in str(error).splitlines():
                fail(line)
        except KeyboardInterrupt:
            raise typer.Exit(_INTERRUPTED) from None
        raise typer.Exit(1)
