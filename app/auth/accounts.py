"""Accounts: finding, adding and signing in."""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select, update

from app.auth.passwords import Passwords
from app.auth.principal import Role
from app.db.database import Database
from app.db.tables.accounts import UserAccount

_USERNAME_MAX = 64


_BY_USERNAME = select(UserAccount.id, UserAccount.password_hash, UserAccount.role, UserAccount.display_name).where(
    UserAccount.username == bindparam("username")
)


@dataclass(frozen=True, slots=True)
class Account:
    """One account. `id` is the subject of its tokens and, for a customer, the customer's id."""

    id: str
    password_hash: str
    role: Role
    display_name: str


class Users:
    """The accounts of one database."""

    def __init__(self, database: Database, passwords: Passwords) -> None:
        self._database = database
        self._passwords = passwords

    async def authenticate(self, username: str, password: str) -> Account | None:
        """The account whose username and password these are, or None.

        An unknown username takes as long as a wrong password. A hash made with weaker parameters than those
        now configured is replaced on the way.
        """
        account = await self._find(username)
        fits, renewed = await self._passwords.verify(password, account.password_hash if account else None)
        if account is None or not fits:
            return None
        if renewed is not None:
            statement = update(UserAccount).where(UserAccount.id == account.id).values(password_hash=renewed)
            await self._database.write(lambda connection: connection.execute(statement).close())
        return account

    async def _find(self, username: str) -> Account | None:
        if len(username) > _USERNAME_MAX or "\0" in username:  # PostgreSQL has no text with NUL in it
            return None
        return await self._database.query(lambda connection: by_username(connection, username))


def by_username(connection: Connection, username: str) -> Account | None:
    """Returns the account with exactly this username, or None."""
    row = connection.execute(_BY_USERNAME, {"username": username}).one_or_none()
    return None if row is None else Account(row.id, row.password_hash, Role(row.role), row.display_name)
