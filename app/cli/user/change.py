"""`waybill user password`, `role`, `disable` and `enable`."""

from typing import Annotated

import typer

from app.auth.principal import Role
from app.cli.console import say
from app.cli.user.accounts import UsernameArgument, say_when_tokens_end, with_accounts
from app.cli.user.new_password import GenerateOption, StdinOption, new_password, reveal


def password(username: UsernameArgument, password_stdin: StdinOption = False, generate: GenerateOption = False) -> None:
    """Set a new password. Asks for it, unless --password-stdin or --generate is given."""
    with_accounts(lambda accounts: accounts.get(username))  # before anybody thinks of a password
    chosen = new_password(username, from_stdin=password_stdin, generate=generate)
    with_accounts(lambda accounts: accounts.set_password(username, chosen))
    say(f"{username} has a new password.")
    say_when_tokens_end(username)
    if generate:
        reveal(chosen)


def role(
    username: UsernameArgument,
    role: Annotated[Role, typer.Argument(help="The new role.", show_default=False)],
) -> None:
    """Give an account another role: staff, admin or service. A customer's account keeps its role."""
    with_accounts(lambda accounts: accounts.set_role(username, role))
    say(f"{username} has the role {role}.")
    say_when_tokens_end(username)


def disable(username: UsernameArgument) -> None:
    """Keep an account from signing in. Nothing is deleted, and `enable` undoes it."""
    with_accounts(lambda accounts: accounts.disable(username))
    say(f"{username} cannot sign in any more.")
    say_when_tokens_end(username)


def enable(username: UsernameArgument) -> None:
    """Allow a disabled account to sign in again, with the password that it had."""
    with_accounts(lambda accounts: accounts.enable(username))
    say(f"{username} can sign in.")
