"""Whom to send to: the selectors of `Clients`."""

from collections.abc import Iterable, Sequence
from typing import Generic

from .proxies import C, ClientProxy, Sender
from .recipients import AnyRecipients, Connections, Everyone, Groups, Users


def _several(values: Iterable[str]) -> tuple[str, ...]:
    if isinstance(values, str):
        raise TypeError(f"{values!r} is one string; give a list, such as [{values!r}]")
    return tuple(values)


class HubClients(Generic[C]):
    """`Clients` outside a hub, where there is no caller. Selectors of several raise TypeError for one string."""

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
