"""The `Authorization` header of a request with a bearer token (RFC 6750 section 2.1)."""

_SCHEME = "bearer"


def bearer_token(authorization: str | None) -> str | None:
    """Returns the token inside the header, which may be empty; None without the header and for other schemes."""
    scheme, _, token = (authorization or "").partition(" ")
    return token.strip(" ") if scheme.lower() == _SCHEME else None
