"""A message on its way to many clients: encoded once for each protocol that one of them speaks."""

from collections.abc import Iterable

from ..messages import HubMessage
from ..protocols.base import HubProtocol
from .encoded import Encoded


class OutgoingMessage:
    """One message for any number of receivers, in the encodings that they need."""

    __slots__ = ("_encoded", "_message")

    def __init__(self, message: HubMessage | None, encoded: dict[str, Encoded] | None = None) -> None:
        """Without a `message`, the encodings are all that there is: another process has made them."""
        self._message = message
        self._encoded = encoded or {}

    def for_protocol(self, protocol: HubProtocol) -> Encoded | None:
        """Returns the encoding, or None when another process sent the message and did not know this protocol."""
        encoded = self._encoded.get(protocol.name)
        if encoded is None and self._message is not None:
            encoded = Encoded(protocol.encode(self._message), binary=protocol.binary, counted=True)
            self._encoded[protocol.name] = encoded
        return encoded

    def payloads(self, protocols: Iterable[HubProtocol]) -> dict[str, bytes]:
        """Returns the encodings for these protocols, by their names. Raises TypeError or ValueError."""
        encoded = {protocol.name: self.for_protocol(protocol) for protocol in protocols}
        return {name: one.payload for name, one in encoded.items() if one is not None}

    @property
    def size(self) -> int:
        """Bytes of all encodings that were made."""
        return sum([len(encoded.payload) for encoded in self._encoded.values()])
