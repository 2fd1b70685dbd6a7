"""What guards routes: the principal of a request, and the roles that may go on."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, HTTPException, Request, status
from fastapi.security import OAuth2PasswordBearer

from app.auth.principal import Principal, Role
from app.auth.tokens import InvalidToken, Tokens

_bearer = OAuth2PasswordBearer(tokenUrl="auth/token", auto_error=False)


async def current_principal(request: Request, token: Annotated[str | None, Depends(_bearer)]) -> Principal:
    """The principal of the bearer token; 401 with the challenge of RFC 6750 section 3 without a good one."""
    if token is None:
        raise _unauthorized("Send a bearer token from POST /auth/token.", "Bearer")
    tokens: Tokens = request.app.state.tokens
    try:
        return tokens.verify(token)
    except InvalidToken:
        raise _unauthorized("The bearer token is invalid or has expired.", 'Bearer error="invalid_token"') from None


CurrentPrincipal = Annotated[Principal, Depends(current_principal)]


def require_role(*roles: Role) -> Callable[[Principal], Awaitable[Principal]]:
    """A dependency that lets these roles pass and answers 403 to the others."""
    allowed = ", ".join(roles)

    async def principal_with_role(principal: CurrentPrincipal) -> Principal:
        if principal.role not in roles:
            detail = f"This takes one of the roles {allowed}; yours is {principal.role}."
            raise HTTPException(status.HTTP_403_FORBIDDEN, detail)
        return principal

    return principal_with_role


def _unauthorized(detail: str, challenge: str) -> HTTPException:
    return HTTPException(status.HTTP_401_UNAUTHORIZED, detail, {"WWW-Authenticate": challenge})
