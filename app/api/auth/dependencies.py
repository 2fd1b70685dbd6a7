"""What guards routes: the principal of a request."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.openapi.models import OAuth2, OAuthFlowPassword, OAuthFlows
from fastapi.security.base import SecurityBase

from app.api.middleware.response_headers import vary_by
from app.api.problems.refusals import sign_in_first, token_not_accepted
from app.auth.bearer import bearer_token
from app.auth.principal import Principal
from app.auth.tokens import InvalidToken, Tokens


class BearerPrincipal(SecurityBase):
    """A dependency that gives the principal of the bearer token, and describes the sign-in for OpenAPI.

    Without a valid token the answer is 401 with the challenge of RFC 6750 section 3. Every answer says
    `Vary: Authorization`. FastAPI's `OAuth2PasswordBearer` would be a second dependency below this one, and each
    costs time in every request.
    """

    def __init__(self, token_url: str) -> None:
        self.model = OAuth2(flows=OAuthFlows(password=OAuthFlowPassword(tokenUrl=token_url)))
        self.scheme_name = "OAuth2PasswordBearer"

    async def __call__(self, request: Request) -> Principal:
        vary_by(request.scope, "Authorization")
        token = bearer_token(request.headers.get("authorization"))
        if token is None:
            raise sign_in_first()
        tokens: Tokens = request.app.state.tokens
        try:
            return tokens.verify(token)
        except InvalidToken:
            raise token_not_accepted() from None


CurrentPrincipal = Annotated[Principal, Depends(BearerPrincipal("auth/token"))]
