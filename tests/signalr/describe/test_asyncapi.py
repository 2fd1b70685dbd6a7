"""The AsyncAPI document: what the specification demands, and what the messages look like."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from app.signalr.describe import describe, to_asyncapi
from tests.signalr.describe.depot import Depot, Vault

Json = dict[str, Any]

# What the specification allows in each object, as far as this document has it; required members first.
INFO = ({"title", "version"}, {"description"})
SERVER = ({"host", "protocol"}, {"pathname"})
CHANNEL = ({"address", "messages"}, {"title", "description", "servers", "bindings", "externalDocs"})
OPERATION = ({"action", "channel"}, {"title", "summary", "description", "messages", "reply", "security"})
REPLY = ({"channel", "messages"}, set[str]())
MESSAGE = ({"payload"}, {"name", "correlationId"})
KEY = re.compile(r"[A-Za-z0-9._-]+")


@pytest.fixture(scope="module")
def document() -> Json:
    description = describe({"/depot": Depot, "/vault": Vault, "/vault/too": Vault})
    document = to_asyncapi(
        description, title="Depots", version="1.2.3", about="Parcels", server_url="wss://example.org/base/"
    )
    # As a reader gets it.
    parsed: Json = json.loads(json.dumps(document))
    return parsed


def resolve(document: Json, reference: Json) -> Json:
    assert reference.keys() == {"$ref"}
    found = document
    for part in reference["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return found


def references(value: Any) -> Iterator[Json]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield {"$ref": value["$ref"]}
        for part in value.values():
            yield from references(part)
    elif isinstance(value, list):
        for part in value:
            yield from references(part)


def check(found: Json, shape: tuple[set[str], set[str]]) -> None:
    required, optional = shape
    assert required <= found.keys() <= required | optional


def payload(document: Json, message: str) -> Json:
    found: Json = document["components"]["messages"][message]["payload"]
    return found


def test_every_object_has_what_the_specification_asks_for(document: Json) -> None:
    assert document["asyncapi"] == "3.0.0"
    assert document["defaultContentType"] == "application/json"
    check(document["info"], INFO)
    for objects, shape in (
        (document["servers"], SERVER),
        (document["channels"], CHANNEL),
        (document["operations"], OPERATION),
        (document["components"]["messages"], MESSAGE),
    ):
        assert objects
        for name, found in objects.items():
            assert KEY.fullmatch(name)
            check(found, shape)
    assert document["components"].keys() == {"schemas", "messages", "securitySchemes"}
    assert all(KEY.fullmatch(name) for name in document["components"]["schemas"])


def test_every_reference_leads_somewhere(document: Json) -> None:
    for reference in references(document):
        assert resolve(document, reference)


def test_operations_use_messages_of_their_own_channel(document: Json) -> None:
    for operation in document["operations"].values():
        parts = [operation, *([operation["reply"]] if "reply" in operation else [])]
        for part in parts:
            assert part["channel"] == operation["channel"]
            assert part["messages"]
            for message in part["messages"]:
                assert message["$ref"].startswith(f"{part['channel']['$ref']}/messages/")
        for part in parts[1:]:
            check(part, REPLY)


def test_the_server_is_where_it_was_asked_for(document: Json) -> None:
    assert document["servers"] == {"hubs": {"host": "example.org", "protocol": "wss", "pathname": "/base"}}


def test_a_server_at_the_root_has_no_path() -> None:
    document = to_asyncapi(describe({}), title="", version="", about="", server_url="ws://localhost:8000/")
    assert document["servers"] == {"hubs": {"host": "localhost:8000", "protocol": "ws"}}


def test_a_hub_is_a_channel_at_each_of_its_paths(document: Json) -> None:
    addresses = {name: channel["address"] for name, channel in document["channels"].items()}
    assert addresses == {"Depot": "/depot", "Vault": "/vault", "Vault2": "/vault/too"}
    assert document["channels"]["Depot"]["description"].startswith("Takes parcels.")
    assert "POST /depot/negotiate" in document["channels"]["Depot"]["description"]


def test_methods_are_received_and_events_are_sent(document: Json) -> None:
    actions = {name: operation["action"] for name, operation in document["operations"].items()}
    assert actions["Depot.Store.call"] == actions["Vault2.Open.call"] == "receive"
    assert actions["Depot.Arrived.event"] == actions["Depot.all-done.event"] == "send"


def test_a_call(document: Json) -> None:
    call = payload(document, "Depot.Store.call")
    assert call["required"] == ["type", "target", "arguments"]
    assert call["properties"]["type"] == {"const": 1}
    assert call["properties"]["target"] == {"const": "Store"}
    assert call["properties"]["arguments"] == {
        "type": "array",
        "items": [
            {"title": "parcel", "allOf": [{"$ref": "#/components/schemas/Parcel-Input"}]},
            {"title": "default", "allOf": [{"type": "integer"}]},
        ],
        "additionalItems": False,
        "minItems": 2,
        "maxItems": 2,
    }


def test_its_answer(document: Json) -> None:
    reply = document["operations"]["Depot.Store.call"]["reply"]
    assert reply["messages"] == [{"$ref": "#/channels/Depot/messages/Store.completion"}]
    completion = payload(document, "Depot.Store.completion")
    assert completion["properties"]["type"] == {"const": 3}
    assert completion["properties"]["result"] == {"$ref": "#/components/schemas/Parcel-Output"}
    assert completion["not"] == {"required": ["result", "error"]}
    assert payload(document, "Depot.Forget.completion")["properties"]["result"] == {"type": "null"}


def test_a_stream_is_answered_with_items_and_a_completion_without_a_result(document: Json) -> None:
    call = payload(document, "Depot.Count.call")
    assert call["properties"]["type"] == {"const": 4}
    assert "invocationId" in call["required"]
    reply = document["operations"]["Depot.Count.call"]["reply"]
    assert [message["$ref"].rpartition(".")[2] for message in reply["messages"]] == ["item", "completion"]
    assert payload(document, "Depot.Count.item")["properties"]["item"] == {"type": "integer"}
    assert payload(document, "Depot.Count.completion")["properties"]["result"] == {"type": "null"}


def test_uploads_are_messages_of_the_call_and_no_arguments(document: Json) -> None:
    operation = document["operations"]["Depot.Load.call"]
    kinds = [message["$ref"].partition("Load.")[2] for message in operation["messages"]]
    assert kinds == ["call", "upload.parcels", "upload.notes"]
    call = payload(document, "Depot.Load.call")
    assert [item["title"] for item in call["properties"]["arguments"]["items"]] == ["truck", "last"]
    assert call["properties"]["streamIds"]["minItems"] == call["properties"]["streamIds"]["maxItems"] == 2
    assert "streamIds" in call["required"]
    upload = payload(document, "Depot.Load.upload.parcels")
    assert upload["properties"]["item"] == {"$ref": "#/components/schemas/Parcel-Input"}


def test_an_event_without_arguments(document: Json) -> None:
    event = payload(document, "Depot.all-done.event")
    assert event["properties"]["target"] == {"const": "all-done"}
    assert event["properties"]["arguments"] == {"type": "array", "minItems": 0, "maxItems": 0}
    assert "reply" not in document["operations"]["Depot.all-done.event"]


def test_an_overloaded_event_has_one_of_its_shapes(document: Json) -> None:
    shapes = payload(document, "Depot.Arrived.event")["properties"]["arguments"]["oneOf"]
    assert [[item["title"] for item in shape["items"]] for shape in shapes] == [["parcel", "at"], ["parcelId"]]


def test_an_event_that_asks_is_answered_by_the_client(document: Json) -> None:
    event = payload(document, "Depot.Confirm.event")
    assert "invocationId" in event["required"]
    assert (event["properties"]["arguments"]["minItems"], event["properties"]["arguments"]["maxItems"]) == (1, 2)
    assert document["operations"]["Depot.Confirm.event"]["reply"]["messages"] == [
        {"$ref": "#/channels/Depot/messages/Confirm.answer"}
    ]
    assert payload(document, "Depot.Confirm.answer")["properties"]["result"] == {"type": "boolean"}


def test_what_takes_a_token_says_so(document: Json) -> None:
    guarded = {name for name, operation in document["operations"].items() if "security" in operation}
    assert guarded == {"Depot.Close.call", "Vault.Open.call", "Vault2.Open.call"}
    for scheme in document["operations"]["Vault.Open.call"]["security"]:
        assert resolve(document, scheme)["type"] in {"http", "httpApiKey"}
