"""The user of a connection, as far as the framework has to know."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import HTTPConnection


@dataclass(frozen=True, slots=True)
class ClaimsPrincipal:
    """The caller of a request. `identifier` is what `clients.user(id)` compares, case-sensitively."""

    identifier: str | None = None
    roles: frozenset[str] = frozenset()
    claims: Mapping[str, Any] = field(default_factory=dict)
    expires_at: float | None = None
    """When the credentials expire, in seconds since the epoch; None if they do not."""
    is_authenticated: bool = True


ANONYMOUS = ClaimsPrincipal(is_authenticated=False)

Authenticate = Callable[[HTTPConnection], Awaitable[ClaimsPrincipal]]
"""Finds the caller of a request to a hub: ANONYMOUS without credentials, AuthenticationError for bad ones."""


async def nobody(_: HTTPConnection) -> ClaimsPrincipal:
    """Returns ANONYMOUS: the `Authenticate` of an application without users."""
    return ANONYMOUS


UserIdProvider = Callable[[ClaimsPrincipal], str | None]
"""Returns the id that `clients.user(id)` finds a user by, or None. Called once for each connection."""


def user_identifier(user: ClaimsPrincipal) -> str | None:
    """Returns the principal's own identifier: the default `UserIdProvider`."""
    return user.identifier
