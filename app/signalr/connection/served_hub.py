"""Everything that the connections of one hub share."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from ..backplane.base import Backplane
from ..calls.dispatcher import HubDispatcher
from ..calls.injection import Overrides
from ..eager import EagerRunner, Work
from ..hub.base import Hub
from ..hub.client_type import client_type
from ..hub.context import HubContext
from ..hub.filters import FilterSource
from ..hub.proxies import proxy_type
from ..members.manager import HubLifetimeManager
from ..messages import Ping
from ..options import HubOptions
from ..outgoing.encoded import Encoded
from ..outgoing.outbox import Outbox
from ..principal import ClaimsPrincipal, UserIdProvider
from ..protocols.base import HubProtocol

if TYPE_CHECKING:
    from .connection import HubConnection

logger = logging.getLogger(__name__)


class HubHost(Protocol):
    """What a server offers to each of its hubs."""

    protocols: Mapping[str, HubProtocol]
    outbox: Outbox
    backplane: Backplane
    overrides: Overrides
    user_id_provider: UserIdProvider
    runner: EagerRunner
    loop: asyncio.AbstractEventLoop

    def now(self) -> float: ...
    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]: ...
    def opened(self, connection: "HubConnection") -> None: ...
    def closed(self, connection: "HubConnection") -> None: ...


class ServedHub:
    """One hub type of a server: its options, its methods, its connections."""

    def __init__(
        self, server: HubHost, hub: type[Hub[Any]], options: HubOptions, filters: Sequence[FilterSource]
    ) -> None:
        self.hub = hub
        self.options = options
        self.filters = tuple(filters)
        self.protocols: Mapping[str, HubProtocol] = {
            name: protocol
            for name, protocol in server.protocols.items()
            if options.supported_protocols is None or name in options.supported_protocols
        }
        self.outbox = server.outbox
        self._server = server
        self._proxy = proxy_type(client_type(hub))
        self._pings = {
            protocol: Encoded(protocol.encode(Ping()), binary=protocol.binary) for protocol in self.protocols.values()
        }
        self.manager = HubLifetimeManager(
            f"{hub.__module__}.{hub.__qualname__}", self.protocols.values(), server.backplane, self.outbox
        )
        self.dispatcher = HubDispatcher(
            hub,
            self.manager,
            self._proxy,
            filters,
            detailed_errors=options.enable_detailed_errors,
            overrides=server.overrides,
        )

    def context(self) -> HubContext[Any]:
        """The way to this hub's clients from outside."""
        return HubContext(self.manager, self._proxy)

    def now(self) -> float:
        """The server's clock, in seconds; it only ever goes forward."""
        return self._server.now()

    def soon(self, callback: Callable[[], object]) -> None:
        """Calls back in the next loop turn."""
        self._server.loop.call_soon(callback)

    def later(self, delay: float, callback: Callable[[], None]) -> None:
        """Calls back in `delay` seconds."""
        self._server.loop.call_later(delay, callback)

    def start(self, work: Work) -> None:
        """Runs a coroutine in place up to its first wait, and the rest beside everything else."""
        self._server.runner.start(work)

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Runs a coroutine as a task that can be cancelled."""
        return self._server.spawn(work)

    def opened(self, connection: "HubConnection") -> None:
        """Has the heartbeat look after a connection."""
        self._server.opened(connection)

    def closed(self, connection: "HubConnection") -> None:
        """The connection is over, its hub included."""
        self._server.closed(connection)

    def ping(self, protocol: HubProtocol) -> Encoded:
        """The same bytes for every connection."""
        return self._pings[protocol]

    def identify(self, user: ClaimsPrincipal) -> str | None:
        """What `clients.user(id)` knows a connection of this user by."""
        return self._server.user_id_provider(user)

    def log_cut_off(self, connection_id: str, why: str) -> None:
        """A client that had to go; it may come back, and whoever runs the server may want to know."""
        logger.warning("%s: connection %s was cut off: %s", self.hub.__name__, connection_id, why)

    def log_failure(self, what: str, error: BaseException | None) -> None:
        """A fault on this side of the wire, with its traceback."""
        logger.error("%s: %s", self.hub.__name__, what, exc_info=error)
