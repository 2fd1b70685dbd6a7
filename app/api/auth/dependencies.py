"""What guards routes: the principal of a request, and the roles that may use a route."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request
from fastapi.openapi.models import OAuth2, OAuthFlowPassword, OAuthFlows
from fastapi.security.base import SecurityBase

from app.api.problems import ProblemError
from app.api.problems.refusals import sign_in_first, token_not_accepted
from app.auth.principal import Principal, Role
from app.auth.tokens import InvalidToken, Tokens


class BearerPrincipal(SecurityBase):
    """A dependency that gives the principal of the bearer token, and describes the sign-in for OpenAPI.

    Without a valid token the answer is 401 with the challenge of RFC 6750 section 3. FastAPI's
    `OAuth2PasswordBearer` would be a second dependency below this one, and each costs time in every request.
    """

    def __init__(self, token_url: str) -> None:
        self.model = OAuth2(flows=OAuthFlows(password=OAuthFlowPassword(tokenUrl=token_url)))
        self.scheme_name = "OAuth2PasswordBearer"

    async def __call__(self, request: Request) -> Principal:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise sign_in_first()
        tokens: Tokens = request.app.state.tokens
        try:
            return tokens.verify(token)
        except InvalidToken:
            raise token_not_accepted() from None


CurrentPrincipal = Annotated[Principal, Depends(BearerPrincipal("auth/token"))]


def require_role(*roles: Role) -> Callable[[Principal], Awaitable[Principal]]:
    """Returns a dependency that passes these roles and answers 403 to the others."""
    allowed = ", ".join(roles)

    async def principal_with_role(principal: CurrentPrincipal) -> Principal:
        if principal.role not in roles:
            raise ProblemError(403, f"This takes one of the roles {allowed}; yours is {principal.role}.")
        return principal

    return principal_with_role
