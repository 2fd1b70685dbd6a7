"""Authentication of hub connections: turns a bearer token into a principal of the hub framework."""

from starlette.requests import HTTPConnection

from app.auth.bearer import bearer_token
from app.auth.tokens import InvalidToken, Tokens
from app.signalr import ANONYMOUS, AuthenticationError, ClaimsPrincipal


async def authenticate_connection(connection: HTTPConnection) -> ClaimsPrincipal:
    """Returns the caller whom the token proves, or ANONYMOUS if there is no token.

    The token comes from the `Authorization` header, or from `access_token` in the query, because a browser cannot set
    headers on a socket. Raises AuthenticationError if the token is invalid. The error does not say why.
    """
    token = bearer_token(connection.headers.get("authorization")) or connection.query_params.get("access_token")
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
