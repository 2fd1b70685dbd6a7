"""What a hub method knows about its connection, and how the rest of the application reaches a hub's clients."""

from collections.abc import Callable
from typing import Any, Generic, Protocol

from starlette.requests import HTTPConnection

from ..principal import ClaimsPrincipal
from .clients import HubClients
from .proxies import C, ClientProxy, Sender


class ConnectionView(Protocol):
    """A connection as its hub sees it."""

    id: str
    user: ClaimsPrincipal
    user_identifier: str | None
    http: HTTPConnection

    @property
    def transport_name(self) -> str: ...
    @property
    def is_closing(self) -> bool: ...
    def on_aborted(self, callback: Callable[[], None]) -> None: ...
    def abort(self) -> None: ...


class GroupKeeper(Protocol):
    """Keeps the groups of a hub."""

    async def add_to_group(self, connection_id: str, group: str) -> None: ...
    async def remove_from_group(self, connection_id: str, group: str) -> None: ...


class HubMembers(Sender, GroupKeeper, Protocol):
    """All connections of a hub: they can be sent to and grouped."""


class HubCallerContext:
    """The connection that a hub object serves; the same object for the whole life of the connection."""

    __slots__ = ("_connection", "features", "items")

    def __init__(self, connection: ConnectionView) -> None:
        self._connection = connection
        self.items: dict[Any, Any] = {}
        """Free for the hub's author to use; lives as long as the connection."""
        self.features: dict[type, Any] = {}
        """State that extensions keep for this connection, by type."""

    @property
    def connection_id(self) -> str:
        """Public, unique, not a secret."""
        return self._connection.id

    @property
    def user(self) -> ClaimsPrincipal:
        """The principal of the request that opened the connection."""
        return self._connection.user

    @property
    def user_identifier(self) -> str | None:
        """The id that `clients.user(id)` finds this connection by; None for an anonymous user."""
        return self._connection.user_identifier

    @property
    def transport(self) -> str:
        """`WebSockets`, `ServerSentEvents` or `LongPolling`."""
        return self._connection.transport_name

    @property
    def http(self) -> HTTPConnection:
        """The request that opened the connection: its query, headers, cookies and application."""
        return self._connection.http

    @property
    def aborted(self) -> bool:
        """Whether the connection is over; set before `on_disconnected` runs."""
        return self._connection.is_closing

    def on_aborted(self, callback: Callable[[], None]) -> None:
        """Calls back once the connection is over, or at once if it already is. An exception of `callback` is logged."""
        self._connection.on_aborted(callback)

    def abort(self) -> None:
        """Ends the connection. The client is told not to reconnect by itself."""
        self._connection.abort()


class GroupManager:
    """The groups of a hub. Names are case-sensitive; membership ends with the connection."""

    __slots__ = ("_keeper",)

    def __init__(self, keeper: GroupKeeper) -> None:
        self._keeper = keeper

    async def add(self, connection_id: str, group: str) -> None:
        """Adds a connection to a group; adding it twice, or adding an unknown connection, does nothing."""
        await self._keeper.add_to_group(connection_id, group)

    async def remove(self, connection_id: str, group: str) -> None:
        """Removes a connection from a group, if it is a member."""
        await self._keeper.remove_from_group(connection_id, group)


class HubContext(Generic[C]):
    """Clients and groups of a hub from routes, services and background tasks (`IHubContext` of ASP.NET Core)."""

    __slots__ = ("clients", "groups")

    def __init__(self, members: HubMembers, proxy: type[ClientProxy]) -> None:
        self.clients: HubClients[C] = HubClients(members, proxy)
        self.groups = GroupManager(members)
