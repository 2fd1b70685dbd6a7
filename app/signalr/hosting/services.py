"""What a path can serve, a hub or a handler of raw connections, and how a connection to it is made."""

from collections.abc import Callable, Sequence
from typing import Protocol

from starlette.requests import HTTPConnection

from ..authorization import HubResource, Requirement, requirements_of
from ..connection.connection import HubConnection
from ..connection.served_hub import ServedHub
from ..principal import ClaimsPrincipal
from ..raw.receiver import RawReceiver, ServedHandler
from ..transports.base import Receiver


class OpenConnection(Receiver, Protocol):
    """What the requests of a path need of a connection: `HubConnection` and `RawReceiver` have it."""

    on_closed: Callable[[], None] | None

    @property
    def is_stateful(self) -> bool: ...
    @property
    def can_resume(self) -> bool: ...


class Service(Protocol):
    """What is served at a path."""

    @property
    def resource(self) -> HubResource:
        """What policies of `@authorize` are asked about."""

    @property
    def requirements(self) -> Sequence[Requirement]:
        """What `@authorize` demands."""

    def connect(
        self,
        connection_id: str,
        user: ClaimsPrincipal,
        http: HTTPConnection,
        *,
        reconnect_window: float | None,
        expires_at: float | None,
    ) -> OpenConnection:
        """A new connection, which has no transport yet."""


class HubService:
    """A hub at a path; one hub at several paths has one runtime."""

    def __init__(self, runtime: ServedHub) -> None:
        self.runtime = runtime
        self.resource = HubResource(runtime.hub.__name__)
        self.requirements = requirements_of(runtime.hub)

    def connect(
        self,
        connection_id: str,
        user: ClaimsPrincipal,
        http: HTTPConnection,
        *,
        reconnect_window: float | None,
        expires_at: float | None,
    ) -> OpenConnection:
        """With a `reconnect_window`, in seconds, the client may ask for stateful reconnect in its handshake."""
        return HubConnection(
            self.runtime, connection_id, user, http, reconnect_window=reconnect_window, expires_at=expires_at
        )


class RawService:
    """A handler of raw connections at a path."""

    def __init__(self, served: ServedHandler) -> None:
        self._served = served
        self.resource = HubResource(served.name)
        self.requirements = requirements_of(served.handler)

    def connect(
        self,
        connection_id: str,
        user: ClaimsPrincipal,
        http: HTTPConnection,
        *,
        reconnect_window: float | None,
        expires_at: float | None,
    ) -> OpenConnection:
        """There is no stateful reconnect: it is part of the hub protocol."""
        return RawReceiver(self._served, connection_id, user, http, expires_at=expires_at)
