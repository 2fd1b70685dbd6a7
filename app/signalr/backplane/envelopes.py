"""What processes tell each other about a hub."""

import msgspec

from ..hub.recipients import AnyRecipients


class SendEnvelope(msgspec.Struct, frozen=True, tag="send", gc=False):
    """A message for recipients of a hub, already encoded for every protocol of that hub."""

    hub: str
    recipients: AnyRecipients
    payloads: dict[str, bytes]


class GroupEnvelope(msgspec.Struct, frozen=True, tag="group", gc=False):
    """A membership to change, if the connection lives in the receiving process."""

    hub: str
    connection_id: str
    group: str
    member: bool


Envelope = SendEnvelope | GroupEnvelope
