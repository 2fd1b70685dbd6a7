"""Bearer tokens: JSON Web Tokens with HS256, without any leeway of clocks."""

import time
from typing import Any

from jose import JWTError, jwt
from starlette.requests import HTTPConnection

from app.signalr import ANONYMOUS, AuthenticationError, ClaimsPrincipal

_KEY = "the key of the recorded surface, and of nothing else"
_NAME_IDENTIFIER = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier"


def issue(subject: str, seconds: int, role: str | None) -> str:
    """A token that ends in so many seconds, or ended so many seconds ago."""
    claims: dict[str, Any] = {"sub": subject, "exp": int(time.time()) + seconds}
    if role is not None:
        claims["role"] = role
    token: str = jwt.encode(claims, _KEY, algorithm="HS256")
    return token


async def authenticate(connection: HTTPConnection) -> ClaimsPrincipal:
    """The caller by the query's `access_token`, else by the header. Raises AuthenticationError for a bad token."""
    scheme, _, credentials = connection.headers.get("authorization", "").partition(" ")
    token = connection.query_params.get("access_token") or (credentials if scheme.lower() == "bearer" else "")
    if not token:
        return ANONYMOUS
    claims = _verified(token)
    role = claims.get("role")
    return ClaimsPrincipal(
        identifier=claims["sub"],
        roles=frozenset([role] if role else []),
        claims={_NAME_IDENTIFIER: claims["sub"], **claims},
        expires_at=float(claims["exp"]),
    )


def _verified(token: str) -> dict[str, Any]:
    try:
        claims: dict[str, Any] = jwt.decode(token, _KEY, algorithms=["HS256"], options={"verify_exp": False})
    except JWTError as error:
        well_formed = token.count(".") == 2
        raise AuthenticationError("The signature key was not found" if well_formed else "") from error
    if claims["exp"] <= time.time():  # to the moment, which the library knows by the second only
        ended = time.strftime("%m/%d/%Y %H:%M:%S", time.gmtime(claims["exp"]))
        raise AuthenticationError(f"The token expired at '{ended}'")
    return claims
