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
    """Hashes and verifies passwords, at most two at a time: each takes the configured memory for a while."""

    def __init__(self, *, time_cost: int = 3, memory_kib: int = 65536, parallelism: int = 4) -> None:
        self._hasher = PasswordHash((Argon2Hasher(time_cost, memory_kib, parallelism),))
        self._few = anyio.CapacityLimiter(_AT_ONCE)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Hashing at the cost that these settings ask for."""
        return cls(
            time_cost=settings.argon2_time_cost,
            memory_kib=settings.argon2_memory_kib,
            parallelism=settings.argon2_parallelism,
        )

    async def hash(self, password: str) -> str:
        """The encoded hash, with its parameters and a fresh salt."""
        return await run_sync(self._hasher.hash, password, limiter=self._few)

    async def verify(self, password: str, encoded: str | None) -> tuple[bool, str | None]:
        """Whether the password fits, and a new hash to store if the old one is weaker than now configured.

        ``encoded`` is None for an account that does not exist; that takes as long as a wrong password.
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
