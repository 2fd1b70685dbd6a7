"""Access tokens: signed JWTs (RFC 9068 style) in and out. The only module that knows the JWT library."""

import hashlib
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Any, Self

from jose import jwk, jwt
from jose.backends.base import Key
from jose.backends.cryptography_backend import CryptographyECKey, CryptographyHMACKey, CryptographyRSAKey
from jose.exceptions import JOSEError

from app.auth.principal import Principal, Role
from app.auth.verified_tokens import VerifiedTokens
from app.config.settings import Settings

ALGORITHM = "HS256"
TOKEN_TYPE = "at+jwt"  # noqa: S105 - the header's media type, not a secret
LEEWAY_SECONDS = 10
_TOKEN_MAX, _HEADER_MAX = 4096, 1024
_REQUIRED = {f"require_{claim}": True for claim in ("exp", "iat", "sub", "aud", "iss", "jti")}
_OPTIONS = {**_REQUIRED, "leeway": LEEWAY_SECONDS, "verify_at_hash": False}
# What the library lets escape when it is fed malformed input, besides its own errors.
_MALFORMED = (JOSEError, ValueError, TypeError, OverflowError, RecursionError, AttributeError, KeyError)

if (jwk.HMACKey, jwk.ECKey, jwk.RSAKey) != (CryptographyHMACKey, CryptographyECKey, CryptographyRSAKey):
    raise ImportError("python-jose must run on the cryptography package: install python-jose[cryptography]")


class InvalidToken(Exception):  # noqa: N818 - says what the value is, as jose and RFC 6750 (invalid_token) do
    """The token proves nothing. The reason is withheld on purpose."""


class Tokens:
    """Issues tokens with the first secret and accepts those of every secret in the ring.

    A token names its key by `kid`, a digest of the secret; an unknown `kid` is refused. `ttl` is in seconds.
    Secrets must have at least 32 random bytes. A token that was verified is remembered until it expires.
    """

    def __init__(self, secrets: Sequence[str], *, issuer: str, audience: str, ttl: int) -> None:
        self._ring = {_key_id(secret): jwk.construct(secret, ALGORITHM) for secret in secrets}
        self._kid = _key_id(secrets[0])
        self._issuer = issuer
        self._audience = audience
        self._verified = VerifiedTokens(LEEWAY_SECONDS)
        self.ttl = ttl

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Returns the tokens that these settings describe."""
        return cls(
            settings.token_secrets(),
            issuer=settings.token_issuer,
            audience=settings.token_audience,
            ttl=settings.token_ttl,
        )

    def issue(self, subject: str, role: Role, name: str = "", *, ttl: int | None = None) -> str:
        """Returns a token for the subject that expires after `ttl` seconds, or after the configured time."""
        now = int(time.time())
        claims = {
            "sub": subject,
            "role": role.value,
            "name": name or subject,
            "iss": self._issuer,
            "aud": self._audience,
            "iat": now,
            "exp": now + (self.ttl if ttl is None else ttl),
            "jti": uuid.uuid4().hex,
        }
        headers = {"kid": self._kid, "typ": TOKEN_TYPE}
        return jwt.encode(claims, self._ring[self._kid], algorithm=ALGORITHM, headers=headers)

    def verify(self, token: object) -> Principal:
        """Returns the principal that the token proves; raises `InvalidToken` for everything else, whatever it is."""
        try:
            compact = _well_formed(token)
            return self._verified.find(compact) or self._verify_anew(compact)
        except _MALFORMED:
            raise InvalidToken from None

    def forget(self, matches: Callable[[Principal], bool]) -> None:
        """Makes the tokens of all principals that match be verified anew.

        Call it when a token ends before its time: what is checked in the verification is then checked again.
        """
        self._verified.forget(matches)

    def _verify_anew(self, token: str) -> Principal:
        key = self._key_of(jwt.get_unverified_header(token))
        claims = jwt.decode(token, key, [ALGORITHM], _OPTIONS, audience=self._audience, issuer=self._issuer)
        principal = _principal(claims)
        self._verified.remember(token, principal)
        return principal

    def _key_of(self, header: dict[str, Any]) -> Key:
        if header["alg"] != ALGORITHM or header["typ"] != TOKEN_TYPE:
            raise ValueError("another kind of token")
        return self._ring[header["kid"]]


def _key_id(secret: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(b"waybill-kid:" + secret.encode()).digest()[:9]).decode()


def _well_formed(token: object) -> str:
    """Returns the compact form, small enough to parse; the library itself parses input of any size and shape."""
    if not isinstance(token, str) or len(token) > _TOKEN_MAX or not token.isascii():
        raise ValueError("not a compact token")
    header, *rest = token.split(".")
    if len(rest) != 2 or len(header) > _HEADER_MAX:
        raise ValueError("not a compact token")
    return token


def _principal(claims: dict[str, Any]) -> Principal:
    issued, expires, subject, name = claims["iat"], claims["exp"], claims["sub"], claims["name"]
    if type(issued) is not int or type(expires) is not int or not isinstance(name, str) or not subject:
        raise TypeError("a claim has the wrong type")
    if issued > time.time() + LEEWAY_SECONDS:
        raise ValueError("issued in the future")
    return Principal(subject=subject, role=Role(claims["role"]), name=name, expires_at=expires)
