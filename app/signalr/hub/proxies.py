"""The receivers of a call as objects: `Client`, and the proxies that are made from what a hub's clients understand."""

import inspect
from functools import cache
from typing import Any, Generic, Protocol, get_type_hints, overload

from typing_extensions import TypeVar

from ..binding.arguments import Value
from ..errors import HubDefinitionError
from ..messages import Invocation
from ..naming import wire_name
from .recipients import AnyRecipients

R = TypeVar("R")


class Client(Protocol):
    """One or more receivers. Derive a Protocol from it to declare what a hub's clients understand:

    `class OrderClient(Client, Protocol)` with `async def order_shipped(self, event: OrderEvent) -> None: ...` makes
    `clients.group(g).order_shipped(event)` checkable, and sends `OrderShipped`.
    """

    async def send(self, target: str, *arguments: Any) -> None:
        """Calls `target` on every receiver, without waiting for any of them.

        Returns when the bytes are on their way; it is not an error if there is no receiver. Raises TypeError or
        ValueError for an argument that cannot be written, and then nothing is sent.
        """

    @overload
    async def invoke(self, target: str, *arguments: Any, timeout_s: float | None = None) -> Any: ...
    @overload
    async def invoke(self, target: str, *arguments: Any, result_type: type[R], timeout_s: float | None = None) -> R: ...
    @overload
    async def invoke(self, target: str, *arguments: Any, result_type: Any, timeout_s: float | None = None) -> Any: ...
    async def invoke(self, target: str, *arguments: Any, result_type: Any = Any, timeout_s: float | None = None) -> Any:
        """Calls `target` on one client and waits for its answer, checked against `result_type`.

        Raises ClientResultError (the client's error, a wrong type, or no answer within `timeout_s` seconds; None waits
        as long as the connection lives), ConnectionGoneError, or InvalidOperationError for more than one receiver
        and inside `on_connected`.
        """


C = TypeVar("C", bound=Client, default=Client)


class Sender(Protocol):
    """Sends to the connections of a hub; what proxies use."""

    async def send(self, recipients: AnyRecipients, message: Invocation) -> None:
        """Sends to all recipients, here and in other processes."""

    async def invoke(
        self, recipients: AnyRecipients, message: Invocation, value: Value, timeout_s: float | None
    ) -> Any:
        """Asks the one recipient for a result."""


class ClientProxy:
    """The `Client` of one set of recipients."""

    __slots__ = ("_recipients", "_sender")

    def __init__(self, sender: Sender, recipients: AnyRecipients) -> None:
        self._sender = sender
        self._recipients = recipients

    async def send(self, target: str, *arguments: Any) -> None:
        await self._sender.send(self._recipients, Invocation(target, arguments))

    async def invoke(self, target: str, *arguments: Any, result_type: Any = Any, timeout_s: float | None = None) -> Any:
        message = Invocation(target, arguments)
        return await self._sender.invoke(self._recipients, message, Value(result_type), timeout_s)


def proxy_type(client: type) -> type[ClientProxy]:
    """Returns a proxy class with the methods that `client` declares; each sends, or asks for the declared result.

    Raises HubDefinitionError for a declaration that would hide `send` or `invoke`, and for keyword-only parameters.
    """
    methods: dict[str, Any] = {"__slots__": ()}
    for base in client.__mro__:
        if base in (Client, Protocol, Generic, object):
            continue
        for name, member in vars(base).items():
            if name in ("send", "invoke"):
                raise HubDefinitionError(f"{base.__name__}.{name} hides the method of that name of every client")
            if inspect.isfunction(member) and not name.startswith("_") and name not in methods:
                methods[name] = _proxy_method(wire_name(member, name), member)
    return type(f"{client.__name__}Proxy", (ClientProxy,), methods)


def _proxy_method(target: str, declared: Any) -> Any:
    returns = get_type_hints(declared, include_extras=True).get("return")
    signature = inspect.signature(declared)
    if named := [name for name, parameter in signature.parameters.items() if parameter.kind is parameter.KEYWORD_ONLY]:
        raise HubDefinitionError(f"{declared.__qualname__}: {named[0]!r} is keyword-only; arguments are positional")
    expected = len(signature.parameters) - 1

    def in_order(proxy: ClientProxy, arguments: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, ...]:
        """The arguments as they are sent, defaults included. Raises TypeError as the declared method would."""
        if not named and len(arguments) == expected:
            return arguments
        bound = signature.bind(proxy, *arguments, **named)
        bound.apply_defaults()
        if bound.kwargs:
            raise TypeError(f"{declared.__qualname__}: {', '.join(bound.kwargs)} cannot be sent by name")
        return bound.args[1:]

    async def send_target(self: ClientProxy, *arguments: Any, **named: Any) -> None:
        await self.send(target, *in_order(self, arguments, named))

    @cache
    def answer() -> Value:
        return Value(returns)

    async def invoke_target(self: ClientProxy, *arguments: Any, **named: Any) -> Any:
        message = Invocation(target, in_order(self, arguments, named))
        return await self._sender.invoke(self._recipients, message, answer(), None)

    return send_target if returns in (None, type(None)) else invoke_target
