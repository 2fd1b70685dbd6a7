"""The hub server of one process: its hubs, connections and clock, and the backplane to other processes."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Collection, Coroutine, Mapping, Sequence
from typing import Any

from broadcaster import Broadcast

from ..backplane.base import Backplane
from ..backplane.envelopes import Envelope, GroupEnvelope
from ..calls.injection import Overrides
from ..connection.served_hub import Served, ServedHub
from ..eager import EagerRunner
from ..endings import SERVER_STOPS
from ..errors import HubDefinitionError
from ..hub.base import Hub
from ..hub.context import HubContext
from ..hub.filters import FilterSource, HubFilter
from ..hub.proxies import C
from ..options import HubOptions
from ..outgoing.outbox import Outbox
from ..principal import Authenticate, UserIdProvider
from ..protocols.base import HubProtocol
from ..redaction import server_logs_redacted
from .connection_table import ConnectionTable
from .shutdown_signals import goodbye_before_shutdown

logger = logging.getLogger(__name__)

HEARTBEAT = 1.0
"""Seconds from one check of every connection to the next."""

GOODBYE = 5.0
"""Seconds that hubs and clients have to finish when the server stops."""


class SignalR:
    """The hub server, made by `add_signalr` and kept at `app.state.signalr`. It serves inside of `running`."""

    def __init__(
        self,
        *,
        authenticate: Authenticate,
        broadcast: Broadcast,
        options: HubOptions,
        filters: Sequence[FilterSource],
        protocols: Sequence[HubProtocol],
        user_id_provider: UserIdProvider,
        overrides: Overrides,
    ) -> None:
        self.authenticate = authenticate
        self.options = options
        self.filters = filters
        self.user_id_provider = user_id_provider
        self.overrides = overrides
        self.protocols: Mapping[str, HubProtocol] = {protocol.name: protocol for protocol in protocols}
        self.backplane = Backplane(broadcast)
        self.outbox = Outbox()
        self.table = ConnectionTable()
        self.connections: set[Served] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._all_gone = asyncio.Event()
        self._all_gone.set()
        self.draining = False
        self._patience: asyncio.TimerHandle | None = None
        self.loop: asyncio.AbstractEventLoop
        self.runner: EagerRunner
        self._hubs: dict[type[Hub[Any]], ServedHub] = {}
        self._by_name: dict[str, ServedHub] = {}

    def add_hub(
        self, hub: type[Hub[Any]], options: HubOptions | None, filters: Sequence[FilterSource] = ()
    ) -> ServedHub:
        """The runtime of a hub, the same for each of its paths. Raises HubDefinitionError."""
        own = None if options is None else options.inherit(self.options)
        all_filters: tuple[Any, ...] = (*self.filters, *filters)
        for one in all_filters:
            if not (isinstance(one, HubFilter) or (isinstance(one, type) and issubclass(one, HubFilter))):
                raise HubDefinitionError(f"{hub.__name__}: {one!r} is not a filter; derive one from HubFilter")
        self._warn_of_unknown_protocols(hub, own or self.options)
        known = self._hubs.get(hub)
        if known is not None:
            if own is not None and own != known.options:
                raise HubDefinitionError(f"{hub.__name__} is already mapped with other options")
            if filters and all_filters != known.filters:
                raise HubDefinitionError(f"{hub.__name__} is already mapped with other filters")
            return known
        runtime = ServedHub(self, hub, own or self.options, all_filters)
        name = runtime.manager.hub_name
        if name in self._by_name:
            raise HubDefinitionError(f"another hub is named {name}: in other processes, only names tell hubs apart")
        self._hubs[hub] = self._by_name[name] = runtime
        return runtime

    def _warn_of_unknown_protocols(self, hub: type[Hub[Any]], options: HubOptions) -> None:
        """Such a name is logged and not refused, because ASP.NET Core accepts it."""
        unknown = (options.supported_protocols or frozenset()) - self.protocols.keys()
        if unknown:
            named, known = (", ".join(map(repr, sorted(names))) for names in (unknown, self.protocols))
            logger.warning("%s: supported_protocols names %s, but this server has %s", hub.__name__, named, known)

    @property
    def hubs(self) -> Collection[ServedHub]:
        """Every mapped hub."""
        return self._hubs.values()

    def context(self, hub: type[Hub[C]]) -> HubContext[C]:
        """The way to a hub's clients from services and background tasks. Raises LookupError if it is not mapped."""
        return self.runtime(hub).context()

    def runtime(self, hub: type[Hub[Any]]) -> ServedHub:
        """What all connections of a mapped hub share. Raises LookupError if it is not mapped."""
        runtime = self._hubs.get(hub)
        if runtime is None:
            raise LookupError(f"{hub.__name__} is not mapped: call map_hub(app, path, {hub.__name__}) first")
        return runtime

    def now(self) -> float:
        """The time of the event loop's clock, in seconds."""
        return self.loop.time()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Serves until the block is left, then says goodbye to every client."""
        self.loop = asyncio.get_running_loop()
        self.outbox.start(self.loop)
        self.runner = EagerRunner(self.loop)
        self.draining = False
        await self.backplane.start(self._from_elsewhere)
        heartbeat = asyncio.create_task(self._beat(), name="signalr heartbeat")
        try:
            with (
                server_logs_redacted(),
                goodbye_before_shutdown(self.drain, self._until_all_gone),
            ):
                yield
        finally:
            heartbeat.cancel()
            await self.say_goodbye()
            if self._patience is not None:
                self._patience.cancel()
                self._patience = None
            await self.backplane.stop()

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Starts a task, and keeps a reference to it until it ends."""
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def opened(self, connection: Served) -> None:
        """Adds a connection to those that the heartbeat checks; while the server stops, ends it at once."""
        self.connections.add(connection)
        self._all_gone.clear()
        if self.draining:
            self.loop.call_soon(connection.end, SERVER_STOPS)

    def closed(self, connection: Served) -> None:
        """Removes a connection, after its hub has said goodbye."""
        self.connections.discard(connection)
        if not self.connections:
            self._all_gone.set()

    def drain(self) -> None:
        """Takes no more connections and closes the open ones, inviting the clients to reconnect.

        After `GOODBYE` seconds, the sockets of hubs that have not finished are closed: most web servers wait for the
        last socket before they stop the application.
        """
        self.draining = True
        for connection in tuple(self.connections):
            connection.end(SERVER_STOPS)
        self._patience = self._patience or self.loop.call_later(GOODBYE, self._hang_up)

    def _hang_up(self) -> None:
        for connection in tuple(self.connections):
            connection.close_socket()

    async def say_goodbye(self) -> None:
        """Drains, waits for the clients to go, and cancels what hubs still do: `GOODBYE` seconds at most for each."""
        self.drain()
        await self._until_all_gone()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=GOODBYE)
        await self.runner.aclose()

    async def _until_all_gone(self) -> None:
        """Returns when every hub has said goodbye, and `GOODBYE` seconds after `drain` at the latest."""
        assert self._patience is not None  # noqa: S101 - `drain` sets it
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(self._patience.when()):
                await self._all_gone.wait()

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT)
            now = self.now()
            self.table.beat(now)
            for connection in tuple(self.connections):
                try:
                    connection.beat(now)
                except Exception:
                    logger.exception("The heartbeat of one connection failed")

    def _from_elsewhere(self, envelope: Envelope) -> None:
        runtime = self._by_name.get(envelope.hub)
        if runtime is None:
            return
        if isinstance(envelope, GroupEnvelope):
            runtime.manager.change_local_group(envelope)
        else:
            runtime.manager.deliver(envelope)
