"""What the commands print: results on stdout, everything else on stderr."""

from rich.console import Console
from rich.markup import escape

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


class CommandFailed(Exception):  # noqa: N818 - an outcome, not a defect
    """The command cannot do what was asked. The text is one line for people; `code` is the exit code."""

    def __init__(self, text: str, code: int = 1) -> None:
        super().__init__(text)
        self.code = code


def say(text: str) -> None:
    """Prints a line about what is going on."""
    err.print(text, markup=False)


def fail(text: str) -> None:
    """Prints a line about what went wrong."""
    err.print(f"[bold red]waybill:[/] {escape(text)}")
