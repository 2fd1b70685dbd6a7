"""What the connections of one hub share: options, methods, members, and the server that they live in."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, Protocol

from ..backplane.base import Backplane
from ..calls.dispatcher import HubDispatcher
from ..calls.injection import Overrides
from ..eager import EagerRunner, Work
from ..endings import Ending
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

logger = logging.getLogger(__name__)


class Served(Protocol):
    """An open connection, as its server sees it."""

    def beat(self, now: float) -> None:
        """Called once a second."""

    def end(self, ending: Ending) -> None:
        """Begins the end of the connection."""

    def close_socket(self) -> None:
        """Closes the socket now, whether or not the end of the connection is complete."""


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
    def opened(self, connection: Served) -> None: ...
    def closed(self, connection: Served) -> None: ...


class ServedHub:
    """One hub class, as a server serves it on all of its paths."""

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
        """Returns the hub context, which sends to this hub's clients from outside."""
        return HubContext(self.manager, self._proxy)

    def now(self) -> float:
        """Returns the time of the server's monotonic clock, in seconds."""
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

    def opened(self, connection: Served) -> None:
        """Has the heartbeat look after a connection."""
        self._server.opened(connection)

    def closed(self, connection: Served) -> None:
        """Forgets a connection: it is over, and its hub has said goodbye."""
        self._server.closed(connection)

    def ping(self, protocol: HubProtocol) -> Encoded:
        """Returns an encoded ping, the same bytes for every connection."""
        return self._pings[protocol]

    def identify(self, user: ClaimsPrincipal) -> str | None:
        """Returns the id that `clients.user(id)` finds a connection of this user by."""
        return self._server.user_id_provider(user)

    def log_cut_off(self, connection_id: str, why: str) -> None:
        """Tells the operator that a client was cut off; it may come back."""
        logger.warning("%s: connection %s was cut off: %s", self.hub.__name__, connection_id, why)

    def log_failure(self, what: str, error: BaseException | None) -> None:
        """Logs a fault of the server or of a hub, with its traceback."""
        logger.error("%s: %s", self.hub.__name__, what, exc_info=error)
