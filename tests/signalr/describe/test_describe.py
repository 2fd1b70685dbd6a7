"""What a description says of a hub."""

from typing import Any, Protocol

import pytest
from fastapi import FastAPI

from app.signalr import Client, Hub, HubDefinitionError, map_hub
from app.signalr.describe import Description, Event, HubDescription, Method, describe, mapped_hubs
from tests.signalr.describe.depot import Depot, Vault


@pytest.fixture(scope="module")
def description() -> Description:
    return describe({"/depot": Depot, "/vault": Vault})


@pytest.fixture
def depot(description: Description) -> HubDescription:
    return description.hubs[0]


def method(hub: HubDescription, name: str) -> Method:
    (found,) = (method for method in hub.methods if method.name == name)
    return found


def event(hub: HubDescription, name: str) -> Event:
    (found,) = (event for event in hub.events if event.name == name)
    return found


def reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def test_the_mapped_hubs_of_an_application() -> None:
    app = FastAPI()
    map_hub(app, "/depot/", Depot)
    map_hub(app, "other", Depot)
    assert mapped_hubs(app) == {"/depot": Depot, "/other": Depot}


def test_a_hub_has_its_path_text_and_methods(depot: HubDescription) -> None:
    assert (depot.name, depot.path, depot.text) == ("Depot", "/depot", "Takes parcels.\n\nAnd gives them back.")
    names = {method.name for method in depot.methods}
    assert names == {"Store", "Forget", "Count", "Load", "Both", "Whatever", "Place", "Close"}
    assert method(depot, "Store").text == "Stores a parcel."


def test_what_is_injected_is_not_an_argument(depot: HubDescription) -> None:
    assert [parameter.name for parameter in method(depot, "Store").parameters] == ["parcel", "default"]
    assert [parameter.name for parameter in method(depot, "Forget").parameters] == ["parcelIds"]


def test_uploads_stand_where_they_were_declared(depot: HubDescription) -> None:
    parameters = method(depot, "Load").parameters
    assert [(parameter.name, parameter.is_upload) for parameter in parameters] == [
        ("truck", False),
        ("parcels", True),
        ("last", False),
        ("notes", True),
    ]
    assert [parameter.schema for parameter in parameters] == [
        {"type": "string"},
        reference("Parcel-Input"),
        {"type": "boolean"},
        {"type": "string"},
    ]


def test_results(depot: HubDescription) -> None:
    assert method(depot, "Store").result == reference("Parcel-Output")
    assert method(depot, "Forget").result is None
    assert method(depot, "Whatever").result == {}
    assert not method(depot, "Store").is_stream


def test_streams_are_described_by_their_items(depot: HubDescription) -> None:
    for name, item in (("Count", {"type": "integer"}), ("Both", reference("Tree"))):
        assert method(depot, name).is_stream
        assert method(depot, name).result == item


def test_who_may_call(description: Description) -> None:
    depot, vault = description.hubs
    assert (depot.is_authorized, vault.is_authorized) == (False, True)
    assert [one.name for one in depot.methods if one.is_authorized] == ["Close"]
    assert method(vault, "Open").is_authorized


def test_events_are_what_the_client_s_protocol_declares(depot: HubDescription) -> None:
    assert [event.name for event in depot.events] == ["Arrived", "Confirm", "all-done"]
    assert event(depot, "all-done").signatures == ((),)
    assert event(depot, "all-done").result is None


def test_an_overloaded_event_has_each_shape(depot: HubDescription) -> None:
    arrived = event(depot, "Arrived")
    assert arrived.text == "The whole parcel, or its number."
    assert [[parameter.name for parameter in signature] for signature in arrived.signatures] == [
        ["parcel", "at"],
        ["parcelId"],
    ]
    assert arrived.signatures[0][0].schema == reference("Parcel-Output")
    assert arrived.signatures[0][1].schema == {"type": "string", "format": "date-time"}


def test_an_event_that_asks_has_an_answer(depot: HubDescription) -> None:
    confirm = event(depot, "Confirm")
    assert confirm.result == {"type": "boolean"}
    assert [parameter.is_optional for parameter in confirm.signatures[0]] == [False, True]


def test_an_untyped_hub_declares_no_events(description: Description) -> None:
    assert description.hubs[1].events == ()


def test_what_is_received_may_leave_out_defaults_and_what_is_sent_never_does(description: Description) -> None:
    received, sent = description.schemas["Parcel-Input"], description.schemas["Parcel-Output"]
    assert received["required"] == ["parcelId", "shape"]
    assert sent["required"] == ["parcelId", "shape", "colour", "note", "labels"]


def test_what_is_never_written_is_not_described_as_sent(description: Description) -> None:
    assert "secret" in description.schemas["Parcel-Input"]["properties"]
    assert "secret" not in description.schemas["Parcel-Output"]["properties"]


def test_a_model_that_looks_the_same_both_ways_is_defined_once(description: Description) -> None:
    assert {"Tree", "Colour", "Range"} <= description.schemas.keys()


def test_declared_fields_are_described_as_the_protocol_writes_them(description: Description) -> None:
    assert description.schemas["Place"]["properties"] == {
        "postCode": {"type": "string"},
        "price": {"type": "number"},
        "photo": {"type": "string", "contentEncoding": "base64", "default": ""},
    }


def test_schemas_are_in_draft_7(description: Description) -> None:
    parcel, box = description.schemas["Parcel-Output"], description.schemas["Box-Output"]
    assert parcel["properties"]["shape"]["discriminator"] == "kind"
    assert box["properties"]["sideLengths"] == {
        "type": "array",
        "items": [{"type": "number"}] * 3,
        "additionalItems": False,
        "minItems": 3,
        "maxItems": 3,
    }


class NotAModel:
    pass


def test_a_result_without_a_schema_is_named() -> None:
    class Wrong(Hub):
        async def get_it(self) -> NotAModel:
            return NotAModel()

    with pytest.raises(HubDefinitionError, match=r"Wrong.GetIt returns: .*NotAModel.* has no JSON Schema"):
        describe({"/": Wrong})


def test_an_event_with_an_argument_that_has_no_place_is_named() -> None:
    class Listener(Client, Protocol):
        async def told(self, *values: int) -> None: ...

    class Wrong(Hub[Listener]):
        pass

    with pytest.raises(HubDefinitionError, match=r"Listener.told: 'values' cannot be sent to a client"):
        describe({"/": Wrong})


def test_a_stream_of_anything_is_one_of_unknown_items() -> None:
    class Loose(Hub):
        async def items(self):  # type: ignore[no-untyped-def]  # what a hub without hints looks like
            yield 1

        async def give(self, value) -> Any:  # type: ignore[no-untyped-def]  # the same for an argument
            return value

    give, items = describe({"/": Loose}).hubs[0].methods
    assert (items.is_stream, items.result) == (True, {})
    assert give.parameters[0].schema == {}
