"""What the sign-in endpoints answer."""

from typing import Literal

from pydantic import BaseModel

from app.api.camel_model import CamelModel
from app.auth.principal import Role


class TokenRead(BaseModel):
    """An OAuth2 access token response (RFC 6749 section 5.1); its keys are the standard's snake_case."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - the scheme, not a secret
    expires_in: int


class PrincipalRead(CamelModel):
    """The account that a token belongs to."""

    subject: str
    name: str
    role: Role
