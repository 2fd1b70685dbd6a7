"""Signing in, and who one is signed in as."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.security import OAuth2PasswordRequestForm

from app.api.auth.dependencies import CurrentPrincipal
from app.api.auth.schemas import PrincipalRead, TokenRead
from app.api.problems import ProblemError, problem_responses
from app.api.problems.refusals import database_unavailable, invalid, sign_in_first, token_not_accepted
from app.auth.accounts import Users
from app.auth.tokens import Tokens

router = APIRouter(prefix="/auth", tags=["auth"])


def _invalid_grant() -> ProblemError:
    """RFC 6749 section 5.2. The answer does not tell whether the username exists."""
    return ProblemError(
        400,
        "The username or the password is wrong.",
        slug="invalid-grant",
        members={"error": "invalid_grant"},
        headers={"Cache-Control": "no-store"},
    )


_SIGN_IN = problem_responses(_invalid_grant(), invalid([("password", "is missing")]), database_unavailable())
_ME = problem_responses(sign_in_first(), token_not_accepted())


@router.post(
    "/token",
    operation_id="createToken",
    summary="Sign in",
    responses=_SIGN_IN,
)
async def create_token(
    request: Request, response: Response, form: Annotated[OAuth2PasswordRequestForm, Depends()]
) -> TokenRead:
    """Exchange a username and password for a bearer token (OAuth2 password grant, RFC 6749 section 4.3)."""
    response.headers["Cache-Control"] = "no-store"
    users: Users = request.app.state.users
    tokens: Tokens = request.app.state.tokens
    account = await users.authenticate(form.username, form.password)
    if account is None:
        raise _invalid_grant()
    token = tokens.issue(account.id, account.role, account.display_name)
    return TokenRead(access_token=token, expires_in=tokens.ttl)


@router.get("/me", operation_id="getMe", summary="Who am I?", responses=_ME)
async def me(principal: CurrentPrincipal) -> PrincipalRead:
    """The account that the bearer token belongs to."""
    return PrincipalRead(subject=principal.subject, name=principal.name, role=principal.role)
