"""Who may open a hub, and who may call a method: `@authorize` on either."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, overload

from .awaiting import awaited
from .principal import ClaimsPrincipal

_ATTRIBUTE = "__signalr_authorize__"
T = TypeVar("T", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class HubResource:
    """The target of a check. `method` is None when a connection is being opened."""

    hub: str
    method: str | None = None
    arguments: Sequence[Any] = ()


Policy = Callable[[ClaimsPrincipal, HubResource], bool | Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Requirement:
    """Asks for an authenticated user, in one of `roles` if any are given, whom `policy` admits if there is one."""

    roles: frozenset[str] = frozenset()
    policy: Policy | None = None

    async def admits(self, user: ClaimsPrincipal, resource: HubResource) -> bool:
        if not user.is_authenticated or (self.roles and not self.roles & user.roles):
            return False
        if self.policy is None:
            return True
        return bool(await awaited(self.policy(user, resource)))


@overload
def authorize(target: T, /) -> T: ...
@overload
def authorize(*, roles: Iterable[str] = (), policy: Policy | None = None) -> Callable[[T], T]: ...
def authorize(
    target: T | None = None, /, *, roles: Iterable[str] = (), policy: Policy | None = None
) -> T | Callable[[T], T]:
    """Admits only authenticated users, to a hub class or a hub method; several decorators must all agree.

    A hub answers every request of a refused user with 401 or 403; a method answers the call with an error. Raises
    TypeError if `roles` is one string.
    """
    if isinstance(roles, str):
        raise TypeError(f"authorize(roles={roles!r}): give a list of roles, such as [{roles!r}]")
    requirement = Requirement(frozenset(roles), policy)

    def mark(marked: T) -> T:
        setattr(marked, _ATTRIBUTE, (*vars(marked).get(_ATTRIBUTE, ()), requirement))
        return marked

    return mark if target is None else mark(target)


def requirements_of(target: object) -> tuple[Requirement, ...]:
    """Returns what `@authorize` demands of the callers of a hub class, its bases included, or of a method."""
    marked = target.__mro__ if isinstance(target, type) else (target,)
    return tuple([requirement for one in marked for requirement in vars(one).get(_ATTRIBUTE, ())])


async def admits(requirements: Iterable[Requirement], user: ClaimsPrincipal, resource: HubResource) -> bool:
    """Returns whether every requirement admits the user."""
    for requirement in requirements:
        if not await requirement.admits(user, resource):
            return False
    return True
