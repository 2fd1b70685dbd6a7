"""`waybill user add`."""

from typing import Annotated

import typer

from app.auth.account_service import AccountService, NewAccount
from app.auth.errors import CustomerHasAccountError, UsernameTakenError
from app.auth.principal import Role
from app.auth.rules import is_text
from app.cli.console import CommandFailed, say
from app.cli.user.accounts import UsernameArgument, with_accounts, with_database
from app.cli.user.new_password import GenerateOption, StdinOption, new_password, reveal
from app.config.settings import Settings
from app.db.database import Database
from app.orders.store import customer_names

_WRONG_USAGE = 2


def add(
    username: UsernameArgument,
    *,
    role: Annotated[Role, typer.Option(help="What the account may do.", show_default=False)],
    name: Annotated[
        str | None, typer.Option(help="The name that people see.", show_default="the customer's name, or USERNAME")
    ] = None,
    customer_id: Annotated[
        str | None,
        typer.Option(help="Whose orders a customer sees.", show_default="USERNAME, if there is that customer"),
    ] = None,
    password_stdin: StdinOption = False,
    generate: GenerateOption = False,
) -> None:
    """Add an account. Asks for the password, unless --password-stdin or --generate is given."""
    if customer_id is not None and role is not Role.CUSTOMER:
        raise CommandFailed(
            f"--customer-id is for --role customer; a {role} sees every customer's orders", _WRONG_USAGE
        )
    customer = (customer_id or username) if role is Role.CUSTOMER else None
    known_as = _customer_name(customer)
    if customer is not None and customer_id is None and known_as is None:
        raise CommandFailed(
            f"there is no customer {customer}: say whose orders the account sees with --customer-id (an id that no "
            "order has yet is allowed there)"
        )
    new = NewAccount(username, role, name or known_as or username, customer)
    _require_free(new)  # before anybody thinks of a password
    password = new_password(username, from_stdin=password_stdin, generate=generate)
    with_accounts(lambda accounts: accounts.add(new, password))
    say(f"Added {username} with the role {role}.")
    if customer is not None:
        say(_what_a_customer_sees(customer, known_as))
    if generate:
        reveal(password)


def _require_free(new: NewAccount) -> None:
    async def work(accounts: AccountService) -> None:
        await accounts.require_free(new)

    try:
        with_accounts(work)
    except UsernameTakenError as error:
        hint = f"change that account with `waybill user password {error.username}`, or `waybill user -h`"
        raise CommandFailed(f"{error}: choose another, or {hint}") from None
    except CustomerHasAccountError as error:
        raise CommandFailed(f"{error}: name another customer with --customer-id") from None


def _customer_name(customer_id: str | None) -> str | None:
    if customer_id is None:
        return None
    ids = [customer_id] if is_text(customer_id) else []  # a database refuses to look for the rest

    async def work(database: Database, _: Settings) -> str | None:
        return (await database.query(lambda connection: customer_names(connection, ids))).get(customer_id)

    return with_database(work)


def _what_a_customer_sees(customer_id: str, known_as: str | None) -> str:
    if known_as is None:
        return f"There is no customer {customer_id} yet: the account will see the orders that are placed for that id."
    return f"The account sees the orders of the customer {customer_id} ({known_as})."
