"""Accounts: finding, adding and signing in."""

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.passwords import Passwords
from app.db.database import Database
from app.db.tables.accounts import UserAccount

_USERNAME_MAX = 64


class Users:
    """The accounts of one database."""

    def __init__(self, database: Database, passwords: Passwords) -> None:
        self._database = database
        self._passwords = passwords

    async def authenticate(self, username: str, password: str) -> UserAccount | None:
        """The account whose username and password these are, or None.

        An unknown username takes as long as a wrong password. A hash made with weaker parameters than those
        now configured is replaced on the way.
        """
        account = await self._find(username)
        fits, renewed = await self._passwords.verify(password, account.password_hash if account else None)
        if account is None or not fits:
            return None
        if renewed is not None:
            async with self._database.transaction() as session:
                await session.execute(
                    update(UserAccount).where(UserAccount.id == account.id).values(password_hash=renewed)
                )
        return account

    async def _find(self, username: str) -> UserAccount | None:
        if len(username) > _USERNAME_MAX or "\0" in username:  # PostgreSQL has no text with NUL in it
            return None
        async with self._database.reading() as session:
            return await by_username(session, username)


async def by_username(session: AsyncSession, username: str) -> UserAccount | None:
    """The account with exactly this username, or None."""
    found = await session.scalars(select(UserAccount).where(UserAccount.username == username))
    return found.one_or_none()
