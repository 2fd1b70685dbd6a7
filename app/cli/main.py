"""The commands, and how they end when something is wrong."""

from typing import Any

import typer
from typer.core import TyperGroup

from app.cli.console import CommandFailed, fail
from app.cli.demo import demo
from app.cli.doctor import doctor
from app.cli.hubs import hubs
from app.cli.importing import import_file
from app.cli.migrate import migrate
from app.cli.openapi import openapi
from app.cli.serve import serve
from app.cli.token import token
from app.config.settings import SettingsError
from app.db.errors import CommitOutcomeUnknown, DatabaseUnavailable
from app.db.schema_version import SchemaMismatch

_INTERRUPTED = 130


class _Commands(TyperGroup):
    """Tells the mistakes of people and the state of the world in a line; a traceback is for defects only."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except CommandFailed as error:
            fail(str(error))
            raise typer.Exit(error.code) from None
        except SchemaMismatch as error:
            fail(str(error))
        except DatabaseUnavailable as error:
            fail(f"the database cannot be reached ({error}): check DATABASE_URL, or run `waybill doctor`")
        except CommitOutcomeUnknown as error:
            fail(
                f"the connection to the database was lost during the commit ({error}): "
                "the change may or may not have been made, so look before you run the command again"
            )
        except SettingsError as error:
            for line in str(error).splitlines():
                fail(line)
        except KeyboardInterrupt:
            raise typer.Exit(_INTERRUPTED) from None
        raise typer.Exit(1)


cli = typer.Typer(
    cls=_Commands,
    name="waybill",
    help="Order tracking with live push.",
    epilog="Settings come from the environment and from .env; .env.example describes them all.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
cli.command()(serve)
cli.command()(migrate)
cli.command()(demo)
cli.command()(token)
cli.command("import")(import_file)
cli.command()(hubs)
cli.command()(openapi)
cli.command()(doctor)


def main() -> None:
    """Run the command line of this process."""
    cli(prog_name="waybill")
