"""An invocation becomes a method call, and its outcome a completion."""

import inspect
import logging
from typing import TYPE_CHECKING, Any

from msgspec import UNSET

from app.signalr.authorization import HubResource, admits
from app.signalr.clients import ClientProxy, HubCallerClients
from app.signalr.context import GroupManager
from app.signalr.errors import HubError, InvalidDataError, error_text
from app.signalr.hub import Hub
from app.signalr.injection import Overrides, Resolver, injected_parameters
from app.signalr.messages import Completion, Invocation, StreamInvocation
from app.signalr.methods import HubMethod, HubMethods

if TYPE_CHECKING:
    from app.signalr.connection import HubConnection
    from app.signalr.manager import HubLifetimeManager

logger = logging.getLogger(__name__)


class _Refused(Exception):  # noqa: N818 - not an error of ours: the caller's answer
    """An invocation that ends before its method runs; the text is for the client."""


class HubDispatcher:
    """Calls the methods of one hub class. Knows no wire: connections bring their protocol along."""

    def __init__(
        self,
        hub: type[Hub[Any]],
        manager: "HubLifetimeManager",
        proxy: type[ClientProxy],
        *,
        detailed_errors: bool,
        overrides: Overrides,
    ) -> None:
        self.hub = hub
        self.methods = HubMethods(hub)
        self._manager = manager
        self._groups = GroupManager(manager)
        self._proxy = proxy
        self._detailed = detailed_errors
        self._overrides = overrides
        self._constructor = injected_parameters(hub, hub.__name__)

    async def invoke(self, connection: "HubConnection", invocation: Invocation) -> None:
        """Runs one invocation to its end and answers it, if it has an id. Never raises."""
        try:
            result = await self._outcome(connection, invocation)
        except _Refused as refusal:
            completion = Completion(invocation.invocation_id or "", UNSET, str(refusal))
        else:
            completion = Completion(invocation.invocation_id or "", result)
        if invocation.invocation_id is not None:
            connection.send_or_fail(completion)

    async def connected(self, connection: "HubConnection") -> None:
        """Runs `on_connected`; what it raises comes through."""
        await self._with_hub(connection, lambda hub, _: hub.on_connected())

    async def disconnected(self, connection: "HubConnection", error: BaseException | None) -> None:
        """Runs `on_disconnected`; an exception of it is logged, since nobody is left to hear it."""
        try:
            await self._with_hub(connection, lambda hub, _: hub.on_disconnected(error))
        except Exception:
            logger.exception("%s.on_disconnected failed", self.hub.__name__)

    async def _outcome(self, connection: "HubConnection", invocation: Invocation) -> Any:
        method, arguments = self._bind(connection, invocation)
        resource = HubResource(self.hub.__name__, method.name, arguments)
        if method.requirements and not await admits(method.requirements, connection.user, resource):
            raise _Refused(f"Failed to invoke '{method.name}' because user is unauthorized")
        if isinstance(invocation, StreamInvocation):
            raise _Refused(
                f"The client attempted to invoke the non-streaming '{method.name}' method with a streaming invocation."
            )
        head = f"An unexpected error occurred invoking '{method.name}' on the server."
        if invocation.stream_ids:
            surplus = HubError(f"Client sent {len(invocation.stream_ids)} stream(s), Hub method expects 0.")
            raise _Refused(error_text(head, surplus, detailed=True))
        try:
            return await self._call(connection, method, arguments)
        except Exception as error:
            if not isinstance(error, HubError):
                logger.exception("%s.%s failed", self.hub.__name__, method.name)
            raise _Refused(error_text(head, error, detailed=self._detailed)) from error

    def _bind(self, connection: "HubConnection", invocation: Invocation) -> tuple[HubMethod, tuple[Any, ...]]:
        method = self.methods.find(invocation.target)
        head = "Failed to invoke '{}' due to an error on the server."
        if method is None:
            missing = HubError("Method does not exist.")
            raise _Refused(error_text(head.format(invocation.target), missing, detailed=True))
        try:
            return method, connection.protocol.bind(invocation.arguments, method.signature)
        except InvalidDataError as error:
            raise _Refused(error_text(head.format(method.name), error, detailed=self._detailed)) from error

    async def _call(self, connection: "HubConnection", method: HubMethod, arguments: tuple[Any, ...]) -> Any:
        if not method.injected and not self._constructor:
            return await _awaited(method.call(self._activate(self.hub(), connection), *arguments))

        async def call(hub: Hub[Any], resolver: Resolver) -> Any:
            injected = await resolver.resolve(method.injected)
            named = dict(zip(method.arguments, arguments, strict=True))
            return await _awaited(method.call(hub, **named, **injected))

        return await self._with_hub(connection, call)

    async def _with_hub(self, connection: "HubConnection", use: Any) -> Any:
        """Calls `use(hub, resolver)` with a hub object and dependencies that live just as long."""
        resolver = Resolver(connection.context, self._overrides)
        try:
            hub = self.hub(**await resolver.resolve(self._constructor))
            result = await use(self._activate(hub, connection), resolver)
        except BaseException as error:
            await resolver.aclose(error)
            raise
        await resolver.aclose(None)
        return result

    def _activate(self, hub: Hub[Any], connection: "HubConnection") -> Hub[Any]:
        hub.context = connection.context
        hub.clients = HubCallerClients(self._manager, self._proxy, connection.id)
        hub.groups = self._groups
        return hub


async def _awaited(value: Any) -> Any:
    return await value if inspect.isawaitable(value) else value
