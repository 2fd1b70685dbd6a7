"""Password hashing with argon2id, away from the event loop."""

import secrets
from functools import cached_property
from typing import Self

import anyio
from anyio.to_thread import run_sync
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from app.config.settings import Settings

_AT_ONCE = 2


class Passwords:
    """Hashes and verifies passwords, at most two at a time, because each needs the configured memory meanwhile."""

    def __init__(self, *, time_cost: int = 3, memory_kib: int = 65536, parallelism: int = 4) -> None:
        self._hasher = PasswordHash((Argon2Hasher(time_cost, memory_kib, parallelism),))
        self._few = anyio.CapacityLimiter(_AT_ONCE)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Returns hashing at the cost of these settings."""
        return cls(
            time_cost=settings.argon2_time_cost,
            memory_kib=settings.argon2_memory_kib,
            parallelism=settings.argon2_parallelism,
        )

    async def hash(self, password: str) -> str:
        """Returns the encoded hash, with its parameters and a fresh salt."""
        return await run_sync(self._hasher.hash, password, limiter=self._few)

    async def verify(self, password: str, encoded: str | None) -> tuple[bool, str | None]:
        """Returns whether the password fits, and a new hash to store if the old one is weaker than configured.

        `encoded` is None if there is no account that may sign in; that takes as long as a wrong password.
        """
        return await run_sync(self._verify, password, encoded, limiter=self._few)

    def _verify(self, password: str, encoded: str | None) -> tuple[bool, str | None]:
        if encoded is None:
            self._hasher.verify(password, self._nobodys)
            return False, None
        return self._hasher.verify_and_update(password, encoded)

    @cached_property
    def _nobodys(self) -> str:
        return self._hasher.hash(secrets.token_urlsafe())
