"""The command line of the benchmarks: one command for each scenario."""

import signal
import sys

import typer

from benchmarks.cli.hub_commands import echo_command, fanout_command, idle_command
from benchmarks.cli.order_commands import pages_command, requests_command, ship_command

cli = typer.Typer(
    help="What pushes and requests cost the server, beside the same written in other ways.",
    no_args_is_help=True,
    add_completion=False,
)
cli.command("fanout")(fanout_command)
cli.command("echo")(echo_command)
cli.command("idle")(idle_command)
cli.command("requests")(requests_command)
cli.command("ship")(ship_command)
cli.command("pages")(pages_command)


def main() -> None:
    """The entry point."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # ends the servers too
    cli(prog_name="python -m benchmarks", args=sys.argv[1:])
