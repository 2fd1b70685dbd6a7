"""An AsyncAPI 3.0 document of hubs: a channel each, operations both ways, and the messages of the JSON protocol.

https://www.asyncapi.com/docs/reference/specification/v3.0.0
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from . import wire_messages
from .description import Description, Event, HubDescription, Method
from .json_schema import Schema

Json = dict[str, Any]

_TRANSPORT = """\
SignalR: `POST {path}/negotiate?negotiateVersion=1`, then WebSockets, Server-Sent Events or long polling. Each message
is a JSON object that ends with U+001E. The client begins with the handshake `{{"protocol":"json","version":1}}`, which
the server answers with `{{}}`. Pings, acknowledgements and the closing message are left out here.
"""
_PROTOCOL = {
    "description": "The SignalR hub protocol",
    "url": "https://github.com/dotnet/aspnetcore/blob/main/src/SignalR/docs/specs/HubProtocol.md",
}
_CREDENTIALS: Mapping[str, Json] = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "The token in the `Authorization` header."},
    "accessToken": {
        "type": "httpApiKey",
        "name": "access_token",
        "in": "query",
        "description": "The same token in the query, where a browser can set no header.",
    },
}


def to_asyncapi(description: Description, *, title: str, version: str, about: str, server_url: str) -> Json:
    """The document, ready for JSON, seen from the server: it receives what clients call and sends events.

    `server_url` is where clients find the hubs' paths, such as `wss://example.org/base`.
    """
    channels: Json = {}
    operations: Json = {}
    messages: Json = {}
    for hub in description.hubs:
        channel = _unused(_key(hub.name), channels)
        own = dict(_messages(hub))
        channels[channel] = _channel(hub) | {
            "messages": {key: {"$ref": f"#/components/messages/{channel}.{key}"} for key in own}
        }
        messages |= {f"{channel}.{key}": message for key, message in own.items()}
        operations |= {f"{channel}.{key}": operation for key, operation in _operations(channel, hub)}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": title, "version": version, "description": about},
        "defaultContentType": "application/json",
        "servers": {"hubs": _server(server_url)},
        "channels": channels,
        "operations": operations,
        "components": {
            "schemas": dict(description.schemas),
            "messages": messages,
            "securitySchemes": dict(_CREDENTIALS),
        },
    }


def _server(url: str) -> Json:
    parts = urlsplit(url)
    path = {"pathname": parts.path.rstrip("/")} if parts.path.strip("/") else {}
    return {"host": parts.netloc, "protocol": parts.scheme} | path


def _unused(name: str, taken: Iterable[str]) -> str:
    """`name`, with a number behind it if a channel has that name already: a hub may have several paths."""
    names = [name, *(f"{name}{number}" for number in range(2, len(list(taken)) + 2))]
    return next(name for name in names if name not in taken)


def _key(name: str) -> str:
    """A name in the letters that AsyncAPI allows for keys."""
    return re.sub(r"[^\w.-]", "_", name, flags=re.ASCII)


def _channel(hub: HubDescription) -> Json:
    return {
        "address": hub.path,
        "title": hub.name,
        "description": "\n\n".join(filter(None, (hub.text, _TRANSPORT.format(path=hub.path)))),
        "servers": [{"$ref": "#/servers/hubs"}],
        "bindings": {"ws": {"method": "GET", "bindingVersion": "0.1.0"}},
        "externalDocs": _PROTOCOL,
    }


def _messages(hub: HubDescription) -> Iterator[tuple[str, Json]]:
    for method in hub.methods:
        yield _named(
            "call", method.name, wire_messages.call(method.name, method.parameters, is_stream=method.is_stream)
        )
        for upload in method.parameters:
            if upload.is_upload:
                yield _named(f"upload.{upload.name}", method.name, wire_messages.stream_item(upload.schema))
        if method.is_stream and method.result is not None:
            yield _named("item", method.name, wire_messages.stream_item(method.result))
        yield _named("completion", method.name, wire_messages.completion(None if method.is_stream else method.result))
    for event in hub.events:
        is_answered = event.result is not None
        yield _named("event", event.name, wire_messages.event(event.name, event.signatures, is_answered=is_answered))
        if is_answered:
            yield _named("answer", event.name, wire_messages.completion(event.result))


def _named(kind: str, name: str, payload: Schema) -> tuple[str, Json]:
    return f"{_key(name)}.{kind}", {
        "name": f"{name}.{kind}",
        "payload": payload,
        "correlationId": {"location": "$message.payload#/invocationId"},
    }


def _operations(channel: str, hub: HubDescription) -> Iterator[tuple[str, Json]]:
    for method in hub.methods:
        yield f"{_key(method.name)}.call", _call(channel, method)
    for event in hub.events:
        yield f"{_key(event.name)}.event", _push(channel, event) | _security(hub.is_authorized)


def _call(channel: str, method: Method) -> Json:
    sent = ["call", *(f"upload.{parameter.name}" for parameter in method.parameters if parameter.is_upload)]
    answers = ["item", "completion"] if method.is_stream else ["completion"]
    return {
        "action": "receive",
        **_told(channel, method.name, method.text, sent),
        "reply": _part(channel, method.name, answers),
        **_security(method.is_authorized),
    }


def _push(channel: str, event: Event) -> Json:
    reply = {} if event.result is None else {"reply": _part(channel, event.name, ["answer"])}
    return {"action": "send", **_told(channel, event.name, event.text, ["event"]), **reply}


def _told(channel: str, name: str, text: str, kinds: Iterable[str]) -> Json:
    words = {"summary": text.splitlines()[0], "description": text} if text else {}
    return {"title": name, **words, **_part(channel, name, kinds)}


def _part(channel: str, name: str, kinds: Iterable[str]) -> Json:
    own = f"#/channels/{channel}"
    return {"channel": {"$ref": own}, "messages": [{"$ref": f"{own}/messages/{_key(name)}.{kind}"} for kind in kinds]}


def _security(is_authorized: bool) -> Json:
    if not is_authorized:
        return {}
    return {"security": [{"$ref": f"#/components/securitySchemes/{name}"} for name in _CREDENTIALS]}
