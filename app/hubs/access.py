"""Who opens a hub: the bearer token of the socket, as a principal that the hub framework understands."""

from starlette.requests import HTTPConnection

from app.auth.tokens import InvalidToken, Tokens
from app.signalr import ANONYMOUS, AuthenticationError, ClaimsPrincipal

_SCHEME = "bearer"


async def authenticate_connection(connection: HTTPConnection) -> ClaimsPrincipal:
    """The caller by `Authorization`, or by `access_token` in the query where a browser can set no header.

    ANONYMOUS without a token. Raises AuthenticationError for one that is not valid, without saying why.
    """
    token = _bearer_token(connection)
    if token is None:
        return ANONYMOUS
    tokens: Tokens = connection.app.state.tokens
    try:
        principal = tokens.verify(token)
    except InvalidToken:
        raise AuthenticationError("The access token is invalid or has expired.") from None
    return ClaimsPrincipal(
        identifier=principal.subject,
        roles=frozenset({principal.role}),
        claims={"sub": principal.subject, "role": principal.role, "name": principal.name},
        expires_at=principal.expires_at,
    )


def _bearer_token(connection: HTTPConnection) -> str | None:
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == _SCHEME and token:
        return token.strip()
    return connection.query_params.get("access_token")
