"""Who may use a path: the user of a request, what `@authorize` demands, and the origin of a page."""

from collections.abc import Collection, Sequence
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import Response

from ..authorization import HubResource, Requirement, admits
from ..errors import AuthenticationError
from ..principal import ANONYMOUS, Authenticate, ClaimsPrincipal
from .refusals import Refused


class Admission:
    """Decides about every request of one path, before anything else is done with it."""

    def __init__(
        self,
        authenticate: Authenticate,
        requirements: Sequence[Requirement],
        resource: HubResource,
        allowed_origins: frozenset[str] | None,
    ) -> None:
        self._authenticate = authenticate
        self._requirements = requirements
        self._resource = resource
        self._allowed_origins = allowed_origins

    async def admit(self, http: HTTPConnection) -> ClaimsPrincipal:
        """The user of a request. Raises Refused with 401 or 403 for one that `@authorize` does not admit."""
        challenge = "Bearer"
        try:
            user = await self._authenticate(http)
        except AuthenticationError as error:
            # A bad token counts as no token: a path that is open to everybody serves its owner too.
            user = ANONYMOUS
            description = f', error_description="{error.description}"' if error.description else ""
            challenge = f'Bearer error="invalid_token"{description}'
        if await admits(self._requirements, user, self._resource):
            return user
        if user.is_authenticated:
            raise Refused(Response(status_code=403))
        raise Refused(Response(status_code=401, headers={"WWW-Authenticate": challenge}))

    def check_origin(self, http: HTTPConnection) -> None:
        """Raises Refused with 403 for a WebSocket that a page of a foreign origin opens."""
        origin = http.headers.get("origin")
        if origin is None or self._allowed_origins is None or origin in self._allowed_origins:
            return
        if origin.partition("://")[2] != http.headers.get("host"):
            raise Refused(Response(status_code=403))


def origins(allowed: Collection[str] | None) -> frozenset[str] | None:
    """Origins as browsers send them. Raises TypeError for one string, ValueError for what is not an origin."""
    if allowed is None:
        return None
    if isinstance(allowed, str):
        raise TypeError(f"allowed_origins is {allowed!r}; give a list of origins, such as [{allowed!r}]")
    for origin in allowed:
        parts = urlsplit(origin)
        if not parts.netloc or origin != f"{parts.scheme}://{parts.netloc}":
            raise ValueError(f"allowed_origins: {origin!r} is not an origin; one looks like https://example.org:8443")
    return frozenset(allowed)
