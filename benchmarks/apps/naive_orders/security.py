"""The user of a request, by the bearer token."""

import os
from typing import Annotated

import jwt
from fastapi import Depends, HTTPException, status
from fastapi.security import OAuth2PasswordBearer
from jwt.exceptions import InvalidTokenError
from pydantic import BaseModel

SECRET_KEY = os.environ["SECRET_KEY"]
ALGORITHM = "HS256"
NAME = "waybill"
"""The issuer and the audience."""

oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")


class User(BaseModel):
    """Who asks."""

    sub: str
    role: str
    name: str

    @property
    def is_staff(self) -> bool:
        return self.role != "customer"


def user_of(token: str) -> User:
    """The user of a token. Raises InvalidTokenError."""
    payload = jwt.decode(token, SECRET_KEY, algorithms=[ALGORITHM], issuer=NAME, audience=NAME)
    return User.model_validate(payload)


async def get_current_user(token: Annotated[str, Depends(oauth2_scheme)]) -> User:
    """The user, or 401."""
    try:
        return user_of(token)
    except InvalidTokenError:
        raise HTTPException(
            status_code=status.HTTP_401_UNAUTHORIZED,
            detail="Could not validate credentials",
            headers={"WWW-Authenticate": "Bearer"},
        ) from None


CurrentUser = Annotated[User, Depends(get_current_user)]


async def get_current_staff(user: CurrentUser) -> User:
    """The user if it is one of the staff, or 403."""
    if not user.is_staff:
        raise HTTPException(status_code=status.HTTP_403_FORBIDDEN, detail="Only staff can do this")
    return user


CurrentStaff = Annotated[User, Depends(get_current_staff)]
