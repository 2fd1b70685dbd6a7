"""Whom to send to: the selectors of `Clients`, and the proxies that they return."""

import inspect
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Generic, Protocol, get_type_hints, overload

from msgspec import Struct
from typing_extensions import TypeVar

from app.signalr.binding import Value
from app.signalr.errors import HubDefinitionError
from app.signalr.messages import Invocation
from app.signalr.naming import wire_name


class Recipients(Struct, frozen=True, tag=True, gc=False):
    """A set of connections of one hub, meaningful in every process."""


class Everyone(Recipients, frozen=True, gc=False):
    """All connections but the excluded ones."""

    excluded: tuple[str, ...] = ()


class Connections(Recipients, frozen=True, gc=False):
    """The connections with these ids, each once; `single` when one was asked for, and only that can be invoked."""

    ids: tuple[str, ...]
    single: bool = False


class Groups(Recipients, frozen=True, gc=False):
    """The members of these groups; a member of two of them receives twice."""

    names: tuple[str, ...]
    excluded: tuple[str, ...] = ()
    several: bool = False


class Users(Recipients, frozen=True, gc=False):
    """Every connection of these users, each once."""

    ids: tuple[str, ...]


AnyRecipients = Everyone | Connections | Groups | Users


R = TypeVar("R")


class Client(Protocol):
    """One or more receivers. Derive a Protocol from it to declare what a hub's clients understand:

    `class OrderClient(Client, Protocol)` with `async def order_shipped(self, event: OrderEvent) -> None: ...` makes
    `clients.group(g).order_shipped(event)` checkable, and sends `OrderShipped`.
    """

    async def send(self, target: str, *arguments: Any) -> None:
        """Calls `target` on every receiver, without waiting for any of them.

        Returns when the bytes are on their way; nobody receiving is no error. Raises TypeError or ValueError for an
        argument that cannot be written, and then nothing is sent.
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
    """What a proxy needs of the connections of a hub."""

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
    """A proxy with a method for each that `client` declares: it sends, or asks for a declared result.

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


def _several(values: Iterable[str]) -> tuple[str, ...]:
    if isinstance(values, str):
        raise TypeError(f"{values!r} is one string; give a list, such as [{values!r}]")
    return tuple(values)


class HubClients(Generic[C]):
    """`Clients` from outside a hub: there is no caller. What takes several ids or names refuses a string: TypeError."""

    __slots__ = ("_proxy", "_sender")

    def __init__(self, sender: Sender, proxy: type[ClientProxy]) -> None:
        self._sender = sender
        self._proxy = proxy

    def _to(self, recipients: AnyRecipients) -> C:
        return self._proxy(self._sender, recipients)  # type: ignore[return-value]  # made from C's own declarations

    @property
    def all(self) -> C:
        """Every connection of the hub."""
        return self._to(Everyone())

    def all_except(self, connection_ids: Iterable[str]) -> C:
        """Every connection but these."""
        return self._to(Everyone(_several(connection_ids)))

    def client(self, connection_id: str) -> C:
        """One connection."""
        return self._to(Connections((connection_id,), single=True))

    def clients(self, connection_ids: Iterable[str]) -> C:
        """These connections, each once."""
        return self._to(Connections(_several(connection_ids)))

    def group(self, name: str) -> C:
        """The members of a group."""
        return self._to(Groups((name,)))

    def groups(self, names: Sequence[str]) -> C:
        """The members of each group; a member of two of them receives twice.

        An empty name raises InvalidOperationError from the sending, after the groups before it were served.
        """
        return self._to(Groups(_several(names), several=True))

    def group_except(self, name: str, connection_ids: Iterable[str]) -> C:
        """The members of a group but these connections."""
        return self._to(Groups((name,), _several(connection_ids)))

    def user(self, user_id: str) -> C:
        """Every connection of a user."""
        return self._to(Users((user_id,)))

    def users(self, user_ids: Iterable[str]) -> C:
        """Every connection of these users, each once."""
        return self._to(Users(_several(user_ids)))


class HubCallerClients(HubClients[C]):
    """`Clients` inside a hub method."""

    __slots__ = ("_caller",)

    def __init__(self, sender: Sender, proxy: type[ClientProxy], caller: str) -> None:
        super().__init__(sender, proxy)
        self._caller = caller

    @property
    def caller(self) -> C:
        """The connection whose call this is."""
        return self.client(self._caller)

    @property
    def others(self) -> C:
        """Every connection but the caller's."""
        return self.all_except((self._caller,))

    def others_in_group(self, name: str) -> C:
        """The members of a group but the caller."""
        return self.group_except(name, (self._caller,))
