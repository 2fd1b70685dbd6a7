"""Adding and changing accounts, with the rules that keep the service usable."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

from sqlalchemy import Connection, func, insert, or_, select, update

from app.auth.accounts import ACCOUNTS, Account, all_accounts, by_username, lock_accounts, lock_enabled_admins
from app.auth.errors import (
    AccountError,
    CustomerHasAccountError,
    InvalidAccountError,
    LastAdminError,
    RoleFixedError,
    UnknownAccountError,
    UsernameTakenError,
)
from app.auth.passwords import Passwords
from app.auth.principal import Role
from app.auth.rules import customer_id_flaw, name_flaw, password_flaw, username_flaw
from app.clock import utc_now
from app.db.database import Database

_COMPARED: Final = 5000
"""How many usernames are searched for one that looks like an unknown one."""


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to add. For a customer, `customer_id` says whose orders it sees; others have none."""

    username: str
    role: Role
    display_name: str
    customer_id: str | None = None

    def __post_init__(self) -> None:
        if (flaw := username_flaw(self.username)) is not None:
            raise InvalidAccountError(f"the username {self.username!r} {flaw}")
        if (flaw := name_flaw(self.display_name)) is not None:
            raise InvalidAccountError(f"the name {flaw}")
        if (self.customer_id is not None) != (self.role is Role.CUSTOMER):
            raise InvalidAccountError("an account has a customer id if, and only if, its role is customer")
        if self.customer_id is not None and (flaw := customer_id_flaw(self.customer_id)) is not None:
            raise InvalidAccountError(f"the customer id {flaw}")


class AccountService:
    """Adds and changes the accounts of one database. Every refusal is an `AccountError`."""

    def __init__(self, database: Database, passwords: Passwords) -> None:
        self._database = database
        self._passwords = passwords

    async def all(self) -> list[Account]:
        """Returns every account, by username."""
        return await self._database.query(all_accounts)

    async def get(self, username: str) -> Account:
        """Returns the account with this username; raises `UnknownAccountError`."""
        return await self._database.query(lambda connection: _existing(connection, username))

    async def require_free(self, new: NewAccount) -> None:
        """Raises `UsernameTakenError` or `CustomerHasAccountError` if the account cannot be added."""
        await self._database.query(lambda connection: _require_free(connection, new))

    async def add(self, new: NewAccount, password: str) -> Account:
        """Adds an account that can sign in at once."""
        now = utc_now()
        values = {
            # A customer's account has the customer's id. Every other id is random, so it is never that of a customer.
            "id": new.customer_id or f"u-{secrets.token_hex(8)}",
            "username": new.username,
            "password_hash": await self._hash(password, new.username),
            "role": new.role.value,
            "display_name": new.display_name,
            "created_at": now,
            "password_changed_at": now,
        }

        def work(connection: Connection) -> Account:
            lock_accounts(connection)
            _require_free(connection, new)
            connection.execute(insert(ACCOUNTS).values(values))
            return _existing(connection, new.username)

        return await self._database.write(work)

    async def set_password(self, username: str, password: str) -> Account:
        """Replaces the password; tokens that were issued before stay valid until they expire."""
        encoded = await self._hash(password, username)
        return await self._change(username, lambda *_: {"password_hash": encoded, "password_changed_at": utc_now()})

    async def set_role(self, username: str, role: Role) -> Account:
        """Changes the role, for the tokens that are issued from now on."""

        def change(connection: Connection, account: Account) -> dict[str, Any]:
            if account.role is role:
                return {}
            if Role.CUSTOMER in {account.role, role}:
                raise RoleFixedError(account.username, account.role, role)
            _require_another_admin(connection, account)
            return {"role": role.value}

        return await self._change(username, change)

    async def disable(self, username: str) -> Account:
        """Keeps the account from signing in; tokens that were issued before stay valid until they expire."""

        def change(connection: Connection, account: Account) -> dict[str, Any]:
            if not account.is_enabled:
                return {}
            _require_another_admin(connection, account)
            return {"disabled_at": utc_now()}

        return await self._change(username, change)

    async def enable(self, username: str) -> Account:
        """Allows the account to sign in again, with the password that it had."""
        return await self._change(username, lambda *_: {"disabled_at": None})

    async def _hash(self, password: str, username: str) -> str:
        if (flaw := password_flaw(password, username)) is not None:
            raise InvalidAccountError(f"the password {flaw}")
        return await self._passwords.hash(password)

    async def _change(self, username: str, change: Callable[[Connection, Account], dict[str, Any]]) -> Account:
        """Writes the columns that `change` returns for the account, and returns the account as it is then."""

        def work(connection: Connection) -> Account:
            account = _existing(connection, username)
            if values := change(connection, account):
                connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == account.id).values(values))
            return _existing(connection, username)

        return await self._database.write(work)


def _existing(connection: Connection, username: str) -> Account:
    account = by_username(connection, username)
    if account is None:
        raise UnknownAccountError(username, _similar(connection, username))
    return account


def _similar(connection: Connection, username: str) -> list[str]:
    known = connection.scalars(select(ACCOUNTS.c.username).order_by(ACCOUNTS.c.username).limit(_COMPARED))
    by_lower_case = {name.lower(): name for name in known}
    return [by_lower_case[name] for name in get_close_matches(username.lower(), by_lower_case, n=2)]


def _require_free(connection: Connection, new: NewAccount) -> None:
    same_name = func.lower(ACCOUNTS.c.username) == new.username.lower()
    query = select(ACCOUNTS.c.id, ACCOUNTS.c.username)
    for row in connection.execute(query.where(or_(same_name, ACCOUNTS.c.id == new.customer_id))):
        raise _clash(new, row.id, row.username)


def _clash(new: NewAccount, account_id: str, username: str) -> AccountError:
    if username.lower() == new.username.lower():
        return UsernameTakenError(username)
    return CustomerHasAccountError(account_id, username)


def _require_another_admin(connection: Connection, account: Account) -> None:
    """Raises `LastAdminError` if the account is the only admin who can sign in.

    The lock makes two admins who disable each other at the same time wait for one another.
    """
    if account.role is Role.ADMIN and account.is_enabled and lock_enabled_admins(connection) == [account.id]:
        raise LastAdminError(account.username)
