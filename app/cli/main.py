"""The `waybill` command with all its subcommands."""

import typer

from app.cli.commands import CONTEXT, Command, RootGroup, common_options
from app.cli.demo import demo
from app.cli.doctor import doctor
from app.cli.hubs import hubs
from app.cli.importing import import_file
from app.cli.migrate import migrate
from app.cli.openapi import openapi
from app.cli.serve import serve
from app.cli.token import token
from app.cli.user import user

cli = typer.Typer(
    cls=RootGroup,
    name="waybill",
    help="Order tracking with live push.",
    epilog="Settings come from the environment and from the file .env; .env.example describes all of them.",
    context_settings=CONTEXT,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
cli.callback()(common_options)
cli.command(cls=Command)(serve)
cli.command(cls=Command)(migrate)
cli.command(cls=Command)(demo)
cli.add_typer(user)
cli.command(cls=Command)(token)
cli.command("import", cls=Command)(import_file)
cli.command(cls=Command)(hubs)
cli.command(cls=Command)(openapi)
cli.command(cls=Command)(doctor)


def main() -> None:
    """Runs the command line of this process."""
    cli(prog_name="waybill")
