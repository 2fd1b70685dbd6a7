"""A verified token is remembered: for as long as it is valid, within bounds, and until it is told to be forgotten."""

import time
from datetime import UTC, datetime, tzinfo
from typing import Any

import pytest
from jose import jwt

from app.auth.principal import Principal, Role
from app.auth.tokens import LEEWAY_SECONDS, InvalidToken, Tokens
from app.auth.verified_tokens import VerifiedTokens

EXPIRES = 2_000_000_000


def principal(subject: str = "ada", expires_at: int = EXPIRES) -> Principal:
    return Principal(subject=subject, role=Role.CUSTOMER, name=subject, expires_at=expires_at)


@pytest.fixture
def tokens() -> Tokens:
    return Tokens(["kXo1cN0sZr8Wv2mQe7Ty4Ua9Hb3Lp6Jd5Gf"], issuer="waybill", audience="waybill", ttl=3600)


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tokens that the JWT library was asked about."""
    asked: list[str] = []
    decode: Any = jwt.decode

    def noting(token: str, *args: Any, **options: Any) -> Any:
        asked.append(token)
        return decode(token, *args, **options)

    monkeypatch.setattr(jwt, "decode", noting)
    return asked


def set_clock(monkeypatch: pytest.MonkeyPatch, moment: float) -> None:
    """Set the clock that the service reads and the one that the JWT library reads."""

    class Frozen(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Frozen":
            return cls.fromtimestamp(moment, tz)

    monkeypatch.setattr(time, "time", lambda: moment)
    monkeypatch.setattr("jose.jwt.datetime", Frozen)


def test_a_token_is_decoded_once(tokens: Tokens, decoded: list[str]) -> None:
    first, second = tokens.issue("ada", Role.STAFF), tokens.issue("ada", Role.STAFF)
    principals = [tokens.verify(token) for token in (first, second, first, second, first)]
    assert decoded == [first, second]
    assert principals[0] is principals[2] is principals[4]
    assert [one.subject for one in principals] == ["ada"] * 5


def test_a_refused_token_is_decoded_each_time(tokens: Tokens, decoded: list[str]) -> None:
    forged = f"{tokens.issue('ada', Role.ADMIN).rpartition('.')[0]}.AAAA"
    for _ in range(3):
        with pytest.raises(InvalidToken):
            tokens.verify(forged)
    assert decoded == [forged] * 3


def test_a_remembered_token_does_not_vouch_for_another_with_its_claims(tokens: Tokens) -> None:
    good = tokens.issue("ada", Role.CUSTOMER)
    tokens.verify(good)
    for changed in (good[:-4] + "AAAA", good + "A", good.rpartition(".")[0] + "."):
        with pytest.raises(InvalidToken):
            tokens.verify(changed)


@pytest.mark.parametrize("late", [-1, 0, 0.9, 1, 2])
def test_a_remembered_token_expires_exactly_when_an_unknown_one_does(
    tokens: Tokens, monkeypatch: pytest.MonkeyPatch, late: float
) -> None:
    token = tokens.issue("ada", Role.CUSTOMER)
    expires = tokens.verify(token).expires_at
    set_clock(monkeypatch, expires + LEEWAY_SECONDS + late)
    stranger = Tokens(["kXo1cN0sZr8Wv2mQe7Ty4Ua9Hb3Lp6Jd5Gf"], issuer="waybill", audience="waybill", ttl=3600)

    def accepted(by: Tokens) -> bool:
        try:
            by.verify(token)
        except InvalidToken:
            return False
        return True

    assert accepted(tokens) == accepted(stranger) == (late < 1)
    assert accepted(tokens) == (late < 1)


def test_forgotten_tokens_are_decoded_anew(tokens: Tokens, decoded: list[str]) -> None:
    adas, bobs = tokens.issue("ada", Role.CUSTOMER), tokens.issue("bob", Role.CUSTOMER)
    for token in (adas, bobs):
        tokens.verify(token)
    tokens.forget(lambda principal: principal.subject == "ada")
    for token in (adas, bobs):
        tokens.verify(token)
    assert decoded == [adas, bobs, adas]


def test_the_memory_is_bounded_and_keeps_what_is_used() -> None:
    memory = VerifiedTokens(LEEWAY_SECONDS, generation=10)
    memory.remember("busy", principal("busy"))
    for number in range(1000):
        memory.remember(f"token {number}", principal(f"subject {number}"))
        assert memory.find("busy") == principal("busy")
        assert len(memory) <= 20
    assert memory.find("token 0") is None
    assert memory.find("token 999") == principal("subject 999")


def test_forgetting_reaches_both_generations() -> None:
    memory = VerifiedTokens(LEEWAY_SECONDS, generation=2)
    for number in range(4):
        memory.remember(f"token {number}", principal("ada" if number % 2 else "bob"))
    memory.forget(lambda principal: principal.subject == "ada")
    assert [memory.find(f"token {number}") is None for number in range(4)] == [False, True, False, True]


def test_no_token_is_kept_in_the_memory() -> None:
    memory = VerifiedTokens(LEEWAY_SECONDS)
    memory.remember("a-very-secret-token", principal())
    assert "a-very-secret-token" not in repr(vars(memory))


def test_an_expired_token_is_dropped() -> None:
    memory = VerifiedTokens(LEEWAY_SECONDS)
    memory.remember("token", principal(expires_at=int(datetime.now(UTC).timestamp()) - LEEWAY_SECONDS - 2))
    assert len(memory) == 1
    assert memory.find("token") is None
    assert len(memory) == 0
