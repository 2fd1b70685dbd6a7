"""Who a connection belongs to, as far as the framework must know."""

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
    """When the credentials end, in seconds since the epoch; None is never."""
    is_authenticated: bool = True


ANONYMOUS = ClaimsPrincipal(is_authenticated=False)

Authenticate = Callable[[HTTPConnection], Awaitable[ClaimsPrincipal]]
"""Finds the caller of a request to a hub; ANONYMOUS without credentials. Raises AuthenticationError for bad ones."""


async def nobody(_: HTTPConnection) -> ClaimsPrincipal:
    """The `Authenticate` of an application without users."""
    return ANONYMOUS


UserIdProvider = Callable[[ClaimsPrincipal], str | None]
"""What `clients.user(id)` knows a user by; asked once for each connection, None for the anonymous."""


def user_identifier(user: ClaimsPrincipal) -> str | None:
    """The `UserIdProvider` of an application that has no other wishes."""
    return user.identifier
