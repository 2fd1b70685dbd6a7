"""What a hub protocol makes of a value."""

import json
from typing import Any

import msgspec

from app.signalr.messages import Completion
from app.signalr.protocols.json import JsonHubProtocol
from app.signalr.protocols.messagepack import MessagePackHubProtocol


def in_json(value: Any, protocol: JsonHubProtocol | None = None) -> Any:
    """What a client of the JSON protocol reads of a result."""
    return json.loads((protocol or JsonHubProtocol()).encode(Completion("1", value))[:-1])["result"]


def in_messagepack(value: Any, protocol: MessagePackHubProtocol | None = None) -> Any:
    """What a client of the MessagePack protocol reads of a result."""
    encoded = (protocol or MessagePackHubProtocol()).encode(Completion("1", value))
    prefix = next(index for index, byte in enumerate(encoded) if byte < 0x80) + 1
    return msgspec.msgpack.decode(encoded[prefix:])[4]
