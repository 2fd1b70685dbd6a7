"""Sending to any set of a hub's clients, in this process and in the others."""

from collections.abc import Collection, Iterable
from typing import Any

from ..backplane.base import Backplane
from ..backplane.envelopes import GroupEnvelope, SendEnvelope
from ..calls.client_results import PendingResults
from ..errors import ConnectionGoneError, InvalidOperationError
from ..hub.recipients import AnyRecipients, Connections, Groups
from ..messages import Invocation
from ..outgoing.encoded import Encoded
from ..outgoing.outbox import Outbox
from ..outgoing.outgoing_message import OutgoingMessage
from ..protocols.base import HubProtocol, SingleValue
from .registry import Member, Registry

REFERENCE = 8
"""Bytes that a message costs in the queue of one more receiver."""


class HubLifetimeManager:
    """The connections of one hub type; two hubs never share connections, groups or users."""

    def __init__(self, hub_name: str, protocols: Iterable[HubProtocol], backplane: Backplane, outbox: Outbox) -> None:
        self.hub_name = hub_name
        self._protocols = {protocol.name: protocol for protocol in protocols}
        self._backplane = backplane
        self._outbox = outbox
        self._registry = Registry()
        self.results = PendingResults()

    @property
    def connections(self) -> Collection[Member]:
        """The connections of this process that have shaken hands and not ended."""
        return self._registry.members

    def register(self, connection: Member) -> None:
        """Makes a connection addressable."""
        self._registry.add(connection)

    def unregister(self, connection: Member) -> None:
        """Forgets a connection, its memberships, and what it was asked."""
        self._registry.remove(connection)
        self.results.disconnected(connection)

    # Sending

    async def send(self, recipients: AnyRecipients, message: Invocation) -> None:
        """Sends to all recipients, here and elsewhere; see `Client.send`."""
        outgoing = OutgoingMessage(message)
        match recipients:
            case Connections(ids=(identifier,), single=True) if (member := self._registry.find(identifier)) is not None:
                await self._send_to_one(member, outgoing)
            case Connections(ids=ids) if self._registry.has_all(ids):
                await self._send_here(recipients, outgoing)
            case Groups(names=names, several=True) if "" in names:
                await self._send_everywhere(Groups(names[: names.index("")]), outgoing)
                raise InvalidOperationError("Cannot send to an empty group name.")
            case _:
                await self._send_everywhere(recipients, outgoing)

    async def _send_to_one(self, member: Member, outgoing: OutgoingMessage) -> None:
        """One sender and one receiver: here the fast may wait for the slow."""
        encoded = outgoing.for_protocol(member.protocol)
        if encoded is not None:
            member.writer.send(encoded)
        await self._outbox.give_way(REFERENCE + outgoing.size)
        await member.writer.has_room()

    async def _send_here(self, recipients: AnyRecipients, outgoing: OutgoingMessage) -> None:
        # If one protocol cannot write the message, nobody gets it: encoding comes first.
        outgoing.payloads({member.protocol for member in self._registry.select(recipients)})
        await self._outbox.give_way(self._deliver(recipients, outgoing))

    async def _send_everywhere(self, recipients: AnyRecipients, outgoing: OutgoingMessage) -> None:
        payloads = outgoing.payloads(self._protocols.values())
        held = self._deliver(recipients, outgoing)
        await self._backplane.publish(SendEnvelope(self.hub_name, recipients, payloads))
        await self._outbox.give_way(held)

    def deliver(self, envelope: SendEnvelope) -> None:
        """Hands a message of another process to the recipients that live here."""
        encoded = {
            name: Encoded(payload, binary=self._protocols[name].binary, counted=True)
            for name, payload in envelope.payloads.items()
            if name in self._protocols
        }
        self._deliver(envelope.recipients, OutgoingMessage(None, encoded))

    def _deliver(self, recipients: AnyRecipients, outgoing: OutgoingMessage) -> int:
        """Queues a message for the recipients that live here.

        Returns the bytes that are held for it: each encoding once, and a reference for each receiver.
        """
        protocol: HubProtocol | None = None
        encoded: Encoded | None = None
        held = 0
        for member in self._registry.select(recipients):
            if member.protocol is not protocol:
                protocol = member.protocol
                encoded = outgoing.for_protocol(protocol)
            if encoded is not None:
                member.writer.send(encoded)
                held += REFERENCE
        return held + outgoing.size

    # Asking

    async def invoke(
        self, recipients: AnyRecipients, message: Invocation, value: SingleValue, timeout_s: float | None
    ) -> Any:
        """Asks one connection for a result; see `Client.invoke`."""
        if not isinstance(recipients, Connections) or not recipients.single:
            raise InvalidOperationError("InvokeAsync only works with Single clients.")
        connection = self._registry.find(recipients.ids[0])
        if connection is None:
            raise ConnectionGoneError(f"Connection '{recipients.ids[0]}' does not exist.")
        return await self.results.ask(connection, message, value, timeout_s)

    # Groups

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
        """Changes a group if the connection lives here, and returns whether it does.

        A connection that is going away has been unregistered, so it joins nothing any more.
        """
        member = self._registry.find(change.connection_id)
        if member is None:
            return False
        if change.member:
            self._registry.join(member, change.group)
        else:
            self._registry.leave(member, change.group)
        return True
