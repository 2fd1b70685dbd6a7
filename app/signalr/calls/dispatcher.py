"""An invocation becomes a method call, and its outcome a completion or a stream."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from msgspec import UNSET

from ..authorization import HubResource, admits
from ..awaiting import awaited
from ..errors import ConnectionGoneError, HubError, InvalidDataError, OperationCanceledError, error_text
from ..hub.base import Hub
from ..hub.clients import HubCallerClients
from ..hub.context import GroupKeeper, GroupManager
from ..hub.filters import FilterSource, HubFilter, HubInvocation, HubLifetime, through
from ..hub.proxies import ClientProxy
from ..messages import Completion, StreamInvocation, StreamItem
from .call import Activation, Call
from .injection import Overrides, Resolver, plan
from .methods import HubMethod, HubMethods, check_life_cycle
from .uploads import Upload

logger = logging.getLogger(__name__)

_BINDING = "Failed to invoke '{}' due to an error on the server."


class _Refused(Exception):  # noqa: N818 - an answer to the caller, not an error of the framework
    """A call that ends without a result; the text is for the client."""


class HubDispatcher:
    """Calls the methods of one hub class. Knows no wire: connections bring their protocol along."""

    def __init__(
        self,
        hub: type[Hub[Any]],
        groups: GroupKeeper,
        proxy: type[ClientProxy],
        filters: Sequence[FilterSource],
        *,
        detailed_errors: bool,
        overrides: Overrides,
    ) -> None:
        self.hub = hub
        self.methods = HubMethods(hub)
        check_life_cycle(hub)
        self._groups = GroupManager(groups)
        self._proxy = proxy
        self._filters = [
            (source, plan(source, source.__name__).parameters if isinstance(source, type) else {}) for source in filters
        ]
        self._detailed = detailed_errors
        self._overrides = overrides
        self._constructor = plan(hub, hub.__name__).parameters

    async def invoke(self, call: Call) -> None:
        """Runs one call to its end and answers it, if it has an id. Never raises."""
        identifier = call.invocation.invocation_id
        try:
            result = await self._outcome(call)
            completion = Completion(identifier or "", result)
        except _Refused as refusal:
            completion = Completion(identifier or "", UNSET, str(refusal))
        except asyncio.CancelledError:
            # The client wants no more of a stream, or has gone: either way the end is not an error.
            completion = Completion(identifier or "")
        if identifier is not None:
            call.connection.send_or_fail(completion)

    async def connected(self, activation: Activation) -> None:
        """Runs `on_connected`; what it raises comes through."""

        async def run(hub: Hub[Any], filters: Sequence[HubFilter], _: Resolver) -> None:
            lifetime = HubLifetime(hub.context, hub)
            await through(
                filters,
                lambda f, following: f.on_connected(lifetime, following),
                lambda: awaited(hub.on_connected()),
            )

        await self._with_hub(activation, run)

    async def disconnected(self, activation: Activation, error: BaseException | None) -> None:
        """Runs `on_disconnected`; an exception of it is logged, since no client is left to hear it."""

        async def run(hub: Hub[Any], filters: Sequence[HubFilter], _: Resolver) -> None:
            lifetime = HubLifetime(hub.context, hub)
            await through(
                filters,
                lambda f, following: f.on_disconnected(lifetime, error, following),
                lambda: awaited(hub.on_disconnected(error)),
            )

        try:
            await self._with_hub(activation, run)
        except Exception:
            logger.exception("%s.on_disconnected failed", self.hub.__name__)

    async def _outcome(self, call: Call) -> Any:
        """Returns what the completion carries. Raises _Refused."""
        method = self._find(call)
        arguments = self._bind(call, method)
        try:
            if method.requirements:
                await self._authorize(call, method, arguments)
            _check_kind(call, method)
            if method.uploads or call.uploads:
                _check_uploads(call, method)
            if method.injected or self._constructor or self._filters or method.is_stream or method.uploads:
                return await self._call_with_dependencies(call, method, arguments)
            value = method.call(self._activate(self.hub(), call), *arguments)
            return await value if method.is_coroutine else await awaited(value)
        except (_Refused, KeyboardInterrupt, SystemExit, GeneratorExit):
            raise
        except BaseException as error:
            _let_cancellation_through(error)
            self._log(method, error)
            raise _Refused(error_text(_head(method), error, detailed=self._detailed)) from error

    def _find(self, call: Call) -> HubMethod:
        method = self.methods.find(call.invocation.target)
        if method is None:
            missing = HubError("Method does not exist.")
            raise _Refused(error_text(_BINDING.format(call.invocation.target), missing, detailed=True))
        return method

    def _bind(self, call: Call, method: HubMethod) -> tuple[Any, ...]:
        try:
            return call.connection.protocol.bind(call.invocation.arguments, method.signature)
        except Exception as error:  # a validator of the hub's author may raise anything
            if not isinstance(error, InvalidDataError):
                self._log(method, error)
            raise _Refused(error_text(_BINDING.format(method.name), error, detailed=self._detailed)) from error

    async def _authorize(self, call: Call, method: HubMethod, arguments: Sequence[Any]) -> None:
        resource = HubResource(self.hub.__name__, method.name, arguments)
        if not await admits(method.requirements, call.connection.user, resource):
            raise _Refused(f"Failed to invoke '{method.name}' because user is unauthorized")

    async def _call_with_dependencies(self, call: Call, method: HubMethod, arguments: Sequence[Any]) -> Any:
        """Calls the method through filters, and with everything that it does not get from the client's message."""
        uploads = _uploads(call, method)

        async def run(hub: Hub[Any], filters: Sequence[HubFilter], resolver: Resolver) -> Any:
            injected = await resolver.resolve(method.injected)
            context = HubInvocation(hub.context, hub, method.name, list(arguments))

            async def last() -> Any:
                named = dict(zip(method.arguments, context.arguments, strict=True))
                return await awaited(method.call(hub, **named, **uploads, **injected))

            result = await through(filters, lambda f, following: f.invoke_method(context, following), last)
            return await self._stream(call, method, result) if method.is_stream else result

        return await self._with_hub(call, run)

    async def _stream(self, call: Call, method: HubMethod, stream: Any) -> Any:
        """Sends the items; returns what the completion of a stream carries, which is nothing."""
        if not isinstance(stream, AsyncIterator):
            stream = stream.__aiter__() if hasattr(stream, "__aiter__") else None
        if stream is None:
            raise _Refused(
                f"The value returned by the streaming method '{method.name}' is not a ChannelReader<>"
                " or IAsyncEnumerable<>."
            )
        identifier = call.invocation.invocation_id or ""
        try:
            async for item in stream:
                call.connection.send_or_fail(StreamItem(identifier, item))
                if not await call.connection.has_room():
                    break
        except (Exception, asyncio.CancelledError) as error:
            _let_cancellation_through(error)
            self._log(method, error)
            head = "An error occurred on the server while streaming results."
            raise _Refused(error_text(head, error, detailed=self._detailed)) from error
        finally:
            if hasattr(stream, "aclose"):
                await stream.aclose()
        return UNSET

    async def _with_hub(self, activation: Activation, use: Callable[..., Any]) -> Any:
        """Calls `use` with a hub object, filters and dependencies that live just as long."""
        resolver = Resolver(activation.connection.context, self._overrides)
        try:
            hub = self._activate(self.hub(**await resolver.resolve(self._constructor)), activation)
            filters = [
                source(**await resolver.resolve(needs)) if isinstance(source, type) else source
                for source, needs in self._filters
            ]
            result = await use(hub, filters, resolver)
        except BaseException as error:
            await resolver.aclose(error)
            raise
        await resolver.aclose(None)
        return result

    def _activate(self, hub: Hub[Any], activation: Activation) -> Hub[Any]:
        hub.context = activation.connection.context
        hub.clients = HubCallerClients(activation, self._proxy, activation.connection.id)
        hub.groups = self._groups
        return hub

    def _log(self, method: HubMethod, error: BaseException) -> None:
        # A client that leaves is not a fault.
        if not isinstance(error, (HubError, OperationCanceledError, ConnectionGoneError)):
            logger.error("%s.%s failed", self.hub.__name__, method.name, exc_info=error)


def _head(method: HubMethod) -> str:
    return f"An unexpected error occurred invoking '{method.name}' on the server."


def _check_kind(call: Call, method: HubMethod) -> None:
    """Raises _Refused for a streaming call of a plain method, and the other way round."""
    streams = isinstance(call.invocation, StreamInvocation)
    if method.is_stream and not streams:
        raise _Refused(
            f"The client attempted to invoke the streaming '{method.name}' method with a non-streaming invocation."
        )
    if streams and not method.is_stream:
        raise _Refused(
            f"The client attempted to invoke the non-streaming '{method.name}' method with a streaming invocation."
        )


def _check_uploads(call: Call, method: HubMethod) -> None:
    """Raises _Refused when the client has opened more or fewer uploads than the method takes."""
    sent, wanted = len(call.uploads), len(method.uploads)
    if sent != wanted:
        mismatch = HubError(f"Client sent {sent} stream(s), Hub method expects {wanted}.")
        raise _Refused(error_text(_head(method), mismatch, detailed=True))


def _uploads(call: Call, method: HubMethod) -> dict[str, Upload]:
    """Returns the uploads by the names of the parameters that take them."""
    pairs = zip(method.uploads.items(), call.uploads, strict=True)
    return {name: upload.expect(value) for (name, value), upload in pairs}


def _let_cancellation_through(error: BaseException) -> None:
    """Raises `error` if it tells the running task to end.

    A cancellation that a hub method caught from a task that it waited for is an error like any other.
    """
    task = asyncio.current_task()
    if isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling():
        raise error
