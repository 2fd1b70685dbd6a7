"""Accounts: what one is, how they are found, and signing in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, text, update

from app.auth.passwords import Passwords
from app.auth.principal import Role
from app.auth.rules import USERNAME_MAX, is_text
from app.db.database import Database
from app.db.tables.accounts import UserAccount
from app.db.upsert import table_of

ACCOUNTS = table_of(UserAccount)

_ALL = select(ACCOUNTS).order_by(ACCOUNTS.c.username)
_BY_USERNAME = select(ACCOUNTS).where(ACCOUNTS.c.username == bindparam("username"))
_ENABLED_ADMINS = select(ACCOUNTS.c.id).where(ACCOUNTS.c.role == Role.ADMIN, ACCOUNTS.c.disabled_at.is_(None))
_LOCK = text(f"LOCK TABLE {ACCOUNTS.name} IN SHARE ROW EXCLUSIVE MODE")


@dataclass(frozen=True, slots=True)
class Account:
    """One account. `id` is the subject of its tokens and, for a customer, the customer's id.

    An account with a `disabled_at` cannot sign in.
    """

    id: str
    username: str
    password_hash: str
    role: Role
    display_name: str
    created_at: datetime
    password_changed_at: datetime
    disabled_at: datetime | None

    @property
    def is_enabled(self) -> bool:
        """Whether the account can sign in."""
        return self.disabled_at is None


class Users:
    """Signs people in with the accounts of one database."""

    def __init__(self, database: Database, passwords: Passwords) -> None:
        self._database = database
        self._passwords = passwords

    async def authenticate(self, username: str, password: str) -> Account | None:
        """Returns the account whose username and password these are, or None.

        An unknown username and a disabled account take as long as a wrong password. A hash made with weaker
        parameters than those now configured is replaced on the way.
        """
        account = await self._database.query(lambda connection: by_username(connection, username))
        if account is not None and not account.is_enabled:
            account = None
        fits, renewed = await self._passwords.verify(password, account.password_hash if account else None)
        if account is None or not fits:
            return None
        if renewed is not None:
            # Only what was verified is replaced: the password may have been changed since.
            verified = ACCOUNTS.c.id == account.id, ACCOUNTS.c.password_hash == account.password_hash
            statement = update(ACCOUNTS).where(*verified).values(password_hash=renewed)
            await self._database.write(lambda connection: connection.execute(statement).close())
        return account


def by_username(connection: Connection, username: str) -> Account | None:
    """Returns the account with exactly this username, or None."""
    if len(username) > USERNAME_MAX or not is_text(username):  # PostgreSQL refuses to look for some of these
        return None
    row = connection.execute(_BY_USERNAME, {"username": username}).one_or_none()
    return None if row is None else _account(row)


def all_accounts(connection: Connection) -> list[Account]:
    """Returns every account, by username."""
    return [_account(row) for row in connection.execute(_ALL)]


def has_admin(connection: Connection) -> bool:
    """Returns whether an admin can sign in."""
    return connection.execute(_ENABLED_ADMINS.limit(1)).first() is not None


def lock_accounts(connection: Connection) -> None:
    """Makes every other unit of work that adds or changes accounts wait until this one ends.

    No constraint keeps usernames apart that differ in case only. On SQLite, only one unit of work writes at a time.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK).close()


def lock_enabled_admins(connection: Connection) -> list[str]:
    """Returns the ids of the admins who can sign in, and keeps other units of work from changing them."""
    return list(connection.scalars(_ENABLED_ADMINS.order_by(ACCOUNTS.c.id).with_for_update()))


def _account(row: Row[Any]) -> Account:
    return Account(
        id=row.id,
        username=row.username,
        password_hash=row.password_hash,
        role=Role(row.role),
        display_name=row.display_name,
        created_at=row.created_at,
        password_changed_at=row.password_changed_at,
        disabled_at=row.disabled_at,
    )
