"""Tokens: what is issued is accepted, and nothing else is, whatever it is."""

import json
import time
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jose import jwt

from app.auth.principal import Role
from app.auth.tokens import ALGORITHM, LEEWAY_SECONDS, TOKEN_TYPE, InvalidToken, Tokens

SECRET = "kXo1cN0sZr8Wv2mQe7Ty4Ua9Hb3Lp6Jd5Gf"
OTHER = "Qz7Rw2Ld9Xk4Vb1Nm6Tp3Hs8Yc5Jf0Ga2Ue"


def make(*secrets: str, issuer: str = "waybill", audience: str = "waybill", ttl: int = 3600) -> Tokens:
    return Tokens(secrets or (SECRET,), issuer=issuer, audience=audience, ttl=ttl)


TOKENS = make()
GOOD = TOKENS.issue("ada", Role.CUSTOMER, "Ada")
HEADER = jwt.get_unverified_header(GOOD)
CLAIMS = jwt.get_unverified_claims(GOOD)
IN_AN_HOUR = int(time.time()) + 3600


def signed(header: dict[str, Any], claims: dict[str, Any], secret: str = SECRET) -> str:
    """A token whose signature is right, with these and no other claims."""
    algorithm = header.get("alg", ALGORITHM)
    signing = algorithm if algorithm in {"HS256", "HS512"} else ALGORITHM
    return jwt.encode(claims, secret, signing, headers=header)


def without(values: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key != name}


def segment(value: object) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def assert_refused(token: object, tokens: Tokens = TOKENS) -> None:
    with pytest.raises(InvalidToken) as caught:
        tokens.verify(token)
    assert str(caught.value) == ""


def test_an_issued_token_proves_its_principal() -> None:
    principal = TOKENS.verify(TOKENS.issue("ada", Role.STAFF, "Ada L.", ttl=60))
    assert (principal.subject, principal.role, principal.name) == ("ada", Role.STAFF, "Ada L.")
    assert abs(principal.expires_at - time.time() - 60) < 5


def test_the_header_and_claims_are_complete() -> None:
    assert HEADER.keys() == {"alg", "typ", "kid"}
    assert (HEADER["alg"], HEADER["typ"]) == ("HS256", "at+jwt")
    assert CLAIMS.keys() == {"sub", "role", "name", "iss", "aud", "iat", "exp", "jti"}


def test_every_token_has_an_id_of_its_own() -> None:
    ids = {jwt.get_unverified_claims(TOKENS.issue("ada", Role.CUSTOMER))["jti"] for _ in range(10)}
    assert len(ids) == 10


def test_signing_it_again_by_hand_is_accepted() -> None:
    """The refusals below are due to what they change, not to how they are made."""
    assert TOKENS.verify(signed(HEADER, CLAIMS)).subject == "ada"


@pytest.mark.parametrize("claim", ["sub", "role", "name", "iss", "aud", "iat", "exp", "jti"])
def test_no_claim_may_be_missing(claim: str) -> None:
    assert_refused(signed(HEADER, without(CLAIMS, claim)))


@pytest.mark.parametrize(
    "changes",
    [
        {"sub": ""},
        {"sub": 7},
        {"role": "root"},
        {"role": ["admin"]},
        {"name": None},
        {"iss": "someone"},
        {"aud": "elsewhere"},
        {"aud": []},
        {"exp": 1},
        {"exp": None},
        {"exp": []},
        {"exp": float("inf")},
        {"exp": str(2**31)},
        {"exp": True},
        pytest.param({"iat": IN_AN_HOUR}, id="iat in an hour"),
        {"iat": "1"},
        {"iat": float("nan")},
        pytest.param({"nbf": IN_AN_HOUR}, id="nbf in an hour"),
    ],
    ids=str,
)
def test_a_wrong_claim_is_refused(changes: dict[str, Any]) -> None:
    assert_refused(signed(HEADER, CLAIMS | changes))


@pytest.mark.parametrize(
    "changes", [{"kid": "other"}, {"kid": None}, {"kid": []}, {"typ": "JWT"}, {"alg": "HS512"}, {"alg": 5}], ids=str
)
def test_a_wrong_header_is_refused(changes: dict[str, Any]) -> None:
    assert_refused(signed(HEADER | changes, CLAIMS))


def test_the_algorithm_none_is_refused() -> None:
    assert_refused(f"{segment(HEADER | {'alg': 'none'})}.{segment(CLAIMS)}.")


def test_a_changed_or_missing_signature_is_refused() -> None:
    body, _, signature = GOOD.rpartition(".")
    assert_refused(f"{body}.{signature[:-4]}AAAA")
    assert_refused(f"{body}.")


def test_a_token_ends_with_its_time() -> None:
    now = int(time.time())
    assert_refused(signed(HEADER, CLAIMS | {"iat": now - 100, "exp": now - LEEWAY_SECONDS - 2}))


def test_an_unknown_secret_is_refused_even_under_a_known_key_id() -> None:
    assert_refused(make(OTHER).issue("ada", Role.ADMIN))
    assert_refused(signed(HEADER, CLAIMS, OTHER))


def test_a_retired_secret_verifies_but_signs_no_more() -> None:
    rotated = make(OTHER, SECRET)
    assert rotated.verify(GOOD).subject == "ada"
    assert_refused(rotated.issue("ada", Role.CUSTOMER), TOKENS)


def test_issuer_and_audience_must_fit() -> None:
    assert_refused(GOOD, make(issuer="another"))
    assert_refused(GOOD, make(audience="another"))


def test_the_secret_is_never_read_as_a_key_set() -> None:
    """The library takes a secret that is JSON for a set of keys, unless it is handed a key object."""
    secret = '["aaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbb"]'
    tokens = make(secret)
    forged = signed(
        {"kid": jwt.get_unverified_header(tokens.issue("a", Role.STAFF))["kid"], "typ": TOKEN_TYPE}, CLAIMS, "a" * 20
    )
    assert tokens.verify(tokens.issue("a", Role.STAFF)).subject == "a"
    assert_refused(forged, tokens)


ANYTHING = st.one_of(st.none(), st.integers(), st.binary(), st.text(), st.lists(st.text()), st.floats())
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
)
SEGMENTS = st.one_of(
    st.text(alphabet=st.characters(max_codepoint=0x2FF)), JSON.map(segment), st.sampled_from(GOOD.split("."))
)
NESTED = urlsafe_b64encode(b"[" * 700).decode().rstrip("=")


@given(ANYTHING)
@example("\ud800.a.b")
@example("." * 100_000)
@example(f"{NESTED}.{NESTED}.{NESTED}")
@example(f"{urlsafe_b64encode(b'[' * 100_000).decode()}.e30.e30")
def test_whatever_is_not_a_token_is_invalid(token: object) -> None:
    assert_refused(token)


@given(st.lists(SEGMENTS, min_size=1, max_size=5).map(".".join).filter(lambda token: token != GOOD))
def test_whatever_has_the_shape_of_a_token_is_invalid(token: str) -> None:
    assert_refused(token)


@given(st.dictionaries(st.sampled_from(sorted(CLAIMS)), JSON, min_size=1))
def test_signed_nonsense_is_invalid_or_a_principal(changes: dict[str, Any]) -> None:
    """An owner of the secret can sign anything. Even then, `verify` raises nothing but `InvalidToken`."""
    try:
        principal = TOKENS.verify(signed(HEADER, CLAIMS | changes))
    except InvalidToken:
        return
    assert isinstance(principal.expires_at, int)
    assert principal.subject


@given(st.integers(0, len(GOOD) - 1), st.characters(max_codepoint=0x17F))
def test_no_character_of_a_token_may_change(index: int, character: str) -> None:
    changed = GOOD[:index] + character + GOOD[index + 1 :]
    last_of_a_segment = index + 1 == len(GOOD) or GOOD[index + 1] == "."
    if changed == GOOD or last_of_a_segment:  # the last character's low bits belong to no byte
        return
    assert_refused(changed)
