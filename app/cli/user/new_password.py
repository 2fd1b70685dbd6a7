"""Where the commands get a new password from: the terminal, standard input or chance, but never an argument.

Other users of the machine can read the arguments of a process, and shells keep them in their history.
"""

import secrets
import sys
from typing import Annotated, Final

import typer

from app.auth.rules import PASSWORD_MAX, password_flaw
from app.cli.console import CommandFailed, out, say

StdinOption = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]
GenerateOption = Annotated[
    bool, typer.Option("--generate", help="Make a random password and print it, once and alone, on standard output.")
]

_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # without letters and digits that look alike
_GROUPS, _GROUP_LENGTH = 4, 5
_UTF8_MAX: Final = 4
_WRONG_USAGE: Final = 2


def new_password(username: str, *, from_stdin: bool, generate: bool) -> str:
    """Returns a password that keeps the rules, or raises `CommandFailed`.

    A generated one has 99 random bits; print it with `reveal` once it is stored.
    """
    if from_stdin and generate:
        raise CommandFailed("--password-stdin and --generate exclude each other: give one of them", _WRONG_USAGE)
    if generate:
        return _generated()
    if from_stdin:
        return _from_stdin(username)
    if not sys.stdin.isatty():
        raise CommandFailed(
            "there is no terminal to ask for the password: pass it on standard input with --password-stdin, or let "
            "--generate make one",
            _WRONG_USAGE,
        )
    return _asked(username)


def reveal(password: str) -> None:
    """Prints a generated password on standard output."""
    out.print(password, markup=False)


def _generated() -> str:
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS))
    return "-".join(groups)


def _from_stdin(username: str) -> str:
    if sys.stdin.isatty():
        raise CommandFailed(
            "--password-stdin reads a pipe or a file; without it, the terminal asks for the password", _WRONG_USAGE
        )
    given = sys.stdin.buffer.read(PASSWORD_MAX * _UTF8_MAX + 3)  # and a line break, and a byte too many
    try:
        password = given.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise CommandFailed("the password on standard input is not UTF-8 text, or is far too long") from None
    if (flaw := password_flaw(password, username)) is not None:
        raise CommandFailed(f"the password {flaw}")
    return password


def _asked(username: str) -> str:
    while True:
        password: str = typer.prompt("Password", hide_input=True, err=True)
        if (flaw := password_flaw(password, username)) is not None:
            say(f"This password {flaw}.")
        elif password != typer.prompt("The same again", hide_input=True, err=True):
            say("The two passwords differ.")
        else:
            return password
