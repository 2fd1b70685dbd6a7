"""All connections of one hub in this process: groups, users, and sending to any set of them."""

from collections.abc import Iterable
from itertools import chain
from typing import Any, Protocol

from ..backplane.base import Backplane
from ..backplane.envelopes import GroupEnvelope, SendEnvelope
from ..calls.caller import Caller
from ..calls.client_results import PendingResults
from ..errors import ConnectionGoneError, InvalidOperationError
from ..hub.recipients import AnyRecipients, Connections, Everyone, Groups, Users
from ..messages import HubMessage, Invocation
from ..outgoing.buffered_writer import BufferedWriter
from ..outgoing.encoded import Encoded
from ..outgoing.outbox import Outbox
from ..outgoing.writer import ClientWriter
from ..protocols.base import HubProtocol, SingleValue

REFERENCE = 8
"""Bytes that a message costs in the queue of one more receiver."""


class Member(Caller, Protocol):
    """A connection as the manager sees it."""

    groups: dict[str, None]
    writer: ClientWriter | BufferedWriter


class OutgoingMessage:
    """A message on its way to many: encoded once for each protocol that one of its receivers speaks."""

    __slots__ = ("_encoded", "_message")

    def __init__(self, message: HubMessage | None, encoded: dict[str, Encoded] | None = None) -> None:
        self._message = message
        self._encoded = encoded or {}

    def for_protocol(self, protocol: HubProtocol) -> Encoded | None:
        """None when another process sent it and did not know this protocol."""
        encoded = self._encoded.get(protocol.name)
        if encoded is None and self._message is not None:
            encoded = Encoded(protocol.encode(self._message), binary=protocol.binary, counted=True)
            self._encoded[protocol.name] = encoded
        return encoded

    def payloads(self, protocols: Iterable[HubProtocol]) -> dict[str, bytes]:
        """The encodings for these protocols, by their names."""
        encoded = {protocol.name: self.for_protocol(protocol) for protocol in protocols}
        return {name: one.payload for name, one in encoded.items() if one is not None}

    @property
    def size(self) -> int:
        """Bytes of all encodings that were made."""
        return sum([len(encoded.payload) for encoded in self._encoded.values()])


class HubLifetimeManager:
    """The connections of one hub type; two hubs never share connections, groups or users."""

    def __init__(self, hub_name: str, protocols: Iterable[HubProtocol], backplane: Backplane, outbox: Outbox) -> None:
        self.hub_name = hub_name
        self._protocols = {protocol.name: protocol for protocol in protocols}
        self._backplane = backplane
        self._outbox = outbox
        self.results = PendingResults()
        self._connections: dict[str, Member] = {}
        # Dictionaries without values: sets that keep their order, so that a fan-out is the same every time.
        self._groups: dict[str, dict[Member, None]] = {}
        self._users: dict[str, dict[Member, None]] = {}

    @property
    def connections(self) -> Iterable[Member]:
        """The connections of this process that have shaken hands and not ended."""
        return self._connections.values()

    def register(self, connection: Member) -> None:
        """Makes a connection addressable."""
        self._connections[connection.id] = connection
        if connection.user_identifier is not None:
            self._users.setdefault(connection.user_identifier, {})[connection] = None

    def unregister(self, connection: Member) -> None:
        """Forgets a connection and its memberships."""
        self._connections.pop(connection.id, None)
        self.results.disconnected(connection)
        for group in connection.groups:
            _leave(self._groups, group, connection)
        connection.groups.clear()
        if connection.user_identifier is not None:
            _leave(self._users, connection.user_identifier, connection)

    async def send(self, recipients: AnyRecipients, message: Invocation) -> None:
        """Sends to all recipients, here and elsewhere; see `Client.send`."""
        if isinstance(recipients, Groups) and recipients.several and "" in recipients.names:
            served = recipients.names[: recipients.names.index("")]
            await self.send(Groups(served), message)
            raise InvalidOperationError("Cannot send to an empty group name.")
        outgoing = OutgoingMessage(message)
        single = recipients if isinstance(recipients, Connections) and recipients.single else None
        is_local = isinstance(recipients, Connections) and self._connections.keys() >= set(recipients.ids)
        payloads: dict[str, bytes] = {}
        if not (is_local and single):
            # What one protocol cannot write is sent by none, so encoding comes first.
            spoken = {one.protocol for one in self._select(recipients)} if is_local else self._protocols.values()
            payloads = outgoing.payloads(spoken)
        held = self._deliver(recipients, outgoing)
        if not is_local:
            await self._backplane.publish(SendEnvelope(self.hub_name, recipients, payloads))
        await self._outbox.give_way(held)
        if single is not None:
            # One sender and one receiver: here the fast may wait for the slow.
            connection = self._connections.get(single.ids[0])
            if connection is not None:
                await connection.writer.has_room()

    async def invoke(
        self, recipients: AnyRecipients, message: Invocation, value: SingleValue, timeout_s: float | None
    ) -> Any:
        """Asks one connection for a result; see `Client.invoke`."""
        if not isinstance(recipients, Connections) or not recipients.single:
            raise InvalidOperationError("InvokeAsync only works with Single clients.")
        connection = self._connections.get(recipients.ids[0])
        if connection is None:
            raise ConnectionGoneError(f"Connection '{recipients.ids[0]}' does not exist.")
        return await self.results.ask(connection, message, value, timeout_s)

    def deliver(self, envelope: SendEnvelope) -> None:
        """Hands a message of another process to the recipients that live here."""
        encoded = {
            name: Encoded(payload, binary=self._protocols[name].binary, counted=True)
            for name, payload in envelope.payloads.items()
            if name in self._protocols
        }
        self._deliver(envelope.recipients, OutgoingMessage(None, encoded))

    async def add_to_group(self, connection_id: str, group: str) -> None:
        """Adds a connection, wherever it lives."""
        await self._change_group(GroupEnvelope(self.hub_name, connection_id, group, member=True))

    async def remove_from_group(self, connection_id: str, group: str) -> None:
        """Removes a connection, wherever it lives."""
        await self._change_group(GroupEnvelope(self.hub_name, connection_id, group, member=False))

    async def _change_group(self, change: GroupEnvelope) -> None:
        if not self.change_local_group(change):
            await self._backplane.publish(change)

    def change_local_group(self, change: GroupEnvelope) -> bool:
        """Whether the connection lives here; one that is going away joins nothing any more."""
        connection = self._connections.get(change.connection_id)
        if connection is None:
            return False
        if change.member:
            self._groups.setdefault(change.group, {})[connection] = None
            connection.groups[change.group] = None
        else:
            connection.groups.pop(change.group, None)
            _leave(self._groups, change.group, connection)
        return True

    def _deliver(self, recipients: AnyRecipients, outgoing: OutgoingMessage) -> int:
        """Returns what the outbox has to hold for it: each encoding once, and a reference for each receiver."""
        protocol: HubProtocol | None = None
        encoded: Encoded | None = None
        held = 0
        for connection in self._select(recipients):
            if connection.protocol is not protocol:
                protocol = connection.protocol
                encoded = outgoing.for_protocol(protocol)
            if encoded is not None:
                connection.writer.send(encoded)
                held += REFERENCE
        return held + outgoing.size

    def _select(self, recipients: AnyRecipients) -> Iterable[Member]:
        match recipients:
            case Everyone(excluded):
                return _without(self._connections.values(), excluded)
            case Connections(ids=ids):
                found = [self._connections.get(identifier) for identifier in dict.fromkeys(ids)]
                return [connection for connection in found if connection is not None]
            case Groups(names=(name,), excluded=excluded):
                return _without(self._groups.get(name, ()), excluded)
            case Groups(names=names, excluded=excluded):
                return chain.from_iterable(_without(self._groups.get(name, ()), excluded) for name in names)
            case Users(ids):
                return chain.from_iterable(self._users.get(identifier, ()) for identifier in dict.fromkeys(ids))


def _without(connections: Iterable[Member], excluded: tuple[str, ...]) -> Iterable[Member]:
    if not excluded:
        return connections
    ids = frozenset(excluded)
    return [connection for connection in connections if connection.id not in ids]


def _leave(index: dict[str, dict[Member, None]], key: str, connection: Member) -> None:
    members = index.get(key)
    if members is not None:
        members.pop(connection, None)
        if not members:
            del index[key]
