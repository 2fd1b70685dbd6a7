"""Password hashing."""

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from app.auth.passwords import Passwords

pytestmark = pytest.mark.anyio


def cheap(time_cost: int = 1) -> Passwords:
    return Passwords(time_cost=time_cost, memory_kib=8, parallelism=1)


async def test_only_the_password_fits_its_hash() -> None:
    passwords = cheap()
    encoded = await passwords.hash("correct horse")
    assert await passwords.verify("correct horse", encoded) == (True, None)
    assert await passwords.verify("correct horse ", encoded) == (False, None)


async def test_hashes_are_argon2id_and_salted() -> None:
    passwords = cheap()
    first, second = await passwords.hash("same"), await passwords.hash("same")
    assert first != second
    assert first.startswith("$argon2id$v=19$m=8,t=1,p=1$")


async def test_a_weaker_hash_is_renewed_with_the_configured_cost() -> None:
    fits, renewed = await cheap(time_cost=2).verify("pw", await cheap(time_cost=1).hash("pw"))
    assert fits
    assert renewed is not None
    assert ",t=2," in renewed


async def test_nobodys_password_is_verified_at_full_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[str] = []
    verify = Argon2Hasher.verify

    def counting(self: Argon2Hasher, password: str | bytes, encoded: str | bytes) -> bool:
        verified.append(str(encoded))
        return verify(self, password, encoded)

    monkeypatch.setattr(Argon2Hasher, "verify", counting)
    assert await cheap().verify("pw", None) == (False, None)
    assert [encoded.startswith("$argon2id$v=19$m=8,t=1,p=1$") for encoded in verified] == [True]
