"""Runs commands in this process."""

from typer.testing import CliRunner, Result

from app.cli import cli


def run(*arguments: str, stdin: str | bytes | None = None) -> Result:
    """What the command printed and its exit code; a defect raises here."""
    result = CliRunner().invoke(cli, arguments, input=stdin, prog_name="waybill")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def one_line(result: Result) -> str:
    """The only thing that a failed command said."""
    assert result.exit_code == 1, result.output
    assert result.stdout == ""
    [line] = result.stderr.splitlines()
    return line.removeprefix("waybill: ")
