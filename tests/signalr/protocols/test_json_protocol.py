"""JSON: messages in both directions, and input that is not a message."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import UNSET

from app.signalr.errors import InvalidDataError
from app.signalr.messages import (
    Ack,
    CancelInvocation,
    Close,
    Completion,
    HubMessage,
    Invocation,
    Ping,
    Sequence,
    StreamInvocation,
    StreamItem,
)
from app.signalr.protocols.json import JsonHubProtocol

protocol = JsonHubProtocol()

READABLE: list[tuple[str, HubMessage]] = [
    ('{"type":1,"target":"T","arguments":[]}', Invocation("T", b"[]")),
    ('{"type":1,"invocationId":"0","target":"T","arguments":[1, "a"]}', Invocation("T", b'[1, "a"]', "0")),
    ('{"type":1,"invocationId":"","target":"T","arguments":[]}', Invocation("T", b"[]")),
    ('{"type":1,"target":"T","arguments":[],"streamIds":["2","3"]}', Invocation("T", b"[]", None, ("2", "3"))),
    ('{"type":1,"headers":{"a":"b"},"target":"T","arguments":[]}', Invocation("T", b"[]", headers={"a": "b"})),
    ('{"type":2,"invocationId":"4","item":{"a":1}}', StreamItem("4", b'{"a":1}')),
    ('{"type":2,"invocationId":"4","item":null}', StreamItem("4", b"null")),
    ('{"type":3,"invocationId":"0","result":42}', Completion("0", b"42")),
    ('{"type":3,"invocationId":"0","result":null}', Completion("0", b"null")),
    ('{"type":3,"invocationId":"0"}', Completion("0")),
    ('{"type":3,"invocationId":"0","error":"no"}', Completion("0", UNSET, "no")),
    ('{"type":4,"invocationId":"4","target":"T","arguments":[3]}', StreamInvocation("T", b"[3]", "4")),
    (
        '{"type":4,"invocationId":"4","target":"T","arguments":[],"streamIds":["5"]}',
        StreamInvocation("T", b"[]", "4", ("5",)),
    ),
    ('{"type":5,"invocationId":"4"}', CancelInvocation("4")),
    ('{"type":6}', Ping()),
    ('{"type":7}', Close()),
    ('{"type":7,"error":"bye","allowReconnect":true}', Close("bye", allow_reconnect=True)),
    ('{"type":8,"sequenceId":300}', Ack(300)),
    ('{"type":9,"sequenceId":5}', Sequence(5)),
]

WRITTEN: list[tuple[HubMessage, str]] = [
    (Invocation("Notify", ("hi",)), '{"type":1,"target":"Notify","arguments":["hi"]}'),
    (Invocation("Add", (40, 2), "s1"), '{"type":1,"invocationId":"s1","target":"Add","arguments":[40,2]}'),
    (
        Invocation("T", (), "0", ("2",), {"a": "b"}),
        '{"type":1,"headers":{"a":"b"},"invocationId":"0","target":"T","arguments":[],"streamIds":["2"]}',
    ),
    (StreamInvocation("Count", (3,), "4"), '{"type":4,"invocationId":"4","target":"Count","arguments":[3]}'),
    (StreamItem("4", 1), '{"type":2,"invocationId":"4","item":1}'),
    (StreamItem("4", None), '{"type":2,"invocationId":"4","item":null}'),
    (Completion("0", 42), '{"type":3,"invocationId":"0","result":42}'),
    (Completion("0", None), '{"type":3,"invocationId":"0","result":null}'),
    (Completion("0"), '{"type":3,"invocationId":"0"}'),
    (Completion("0", UNSET, "no"), '{"type":3,"invocationId":"0","error":"no"}'),
    (CancelInvocation("4"), '{"type":5,"invocationId":"4"}'),
    (Ping(), '{"type":6}'),
    (Close(), '{"type":7}'),
    (Close("Connection closed with an error."), '{"type":7,"error":"Connection closed with an error."}'),
    (Close(None, allow_reconnect=True), '{"type":7,"allowReconnect":true}'),
    (Close("bye", allow_reconnect=True), '{"type":7,"error":"bye","allowReconnect":true}'),
    (Ack(300), '{"type":8,"sequenceId":300}'),
    (Sequence(5), '{"type":9,"sequenceId":5}'),
]


@pytest.mark.parametrize(("text", "message"), READABLE)
def test_what_clients_send(text: str, message: HubMessage) -> None:
    assert protocol.parse(text.encode()) == message


@pytest.mark.parametrize(("message", "text"), WRITTEN)
def test_what_the_server_writes(message: HubMessage, text: str) -> None:
    assert protocol.encode(message) == text.encode() + b"\x1e"


@pytest.mark.parametrize(("text", "message"), READABLE)
def test_the_order_of_properties_is_free(text: str, message: HubMessage) -> None:
    members = [f"{json.dumps(name)}:{_member(text, name)}" for name in json.loads(text)]
    reordered = "{" + ",".join(reversed(members)) + "}"
    assert protocol.parse(reordered.encode()) == message


def _member(text: str, name: str) -> str:
    """The value of a member, spelt as it is."""
    start = text.index(f'"{name}":') + len(name) + 3
    _, end = json.JSONDecoder().raw_decode(text, start)
    return text[start:end]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"a":null,"type":6,"b":{"c":[1,{"d":2}]},"e":1.5,"f":true}', id="unknown properties"),
        pytest.param(' {\r\n "type"\t:6 } ', id="white space"),
        pytest.param('{"type":6}xyz', id="text behind the object"),
        pytest.param('{"\\u0074ype":6}', id="escaped name"),
        pytest.param('{"type":1,"type":6}', id="a property twice"),
        pytest.param('{"type":6,"sequenceId":null}', id="null for a number that is not needed"),
        pytest.param('{"type":6,"x":' + "[" * 63 + "]" * 63 + "}", id="64 levels"),
        pytest.param('{"type":6,"x":"' + "[" * 100 + '"}', id="brackets in a string"),
        pytest.param('{"type":6,"x":"\\"' + "[" * 100 + '"}', id="brackets behind an escaped quote"),
        pytest.param('{"type":6,"x":[' + ",".join(["[]"] * 100) + "]}", id="many arrays side by side"),
    ],
)
def test_what_is_put_up_with(text: str) -> None:
    assert protocol.parse(text.encode()) == Ping()


@pytest.mark.parametrize("kind", ["0", "10", "42", "-1", "2147483647"])
def test_unknown_types_are_skipped(kind: str) -> None:
    assert protocol.parse(f'{{"type":{kind}}}'.encode()) is None


NO_INTEGER = "Either the JSON value is not in a supported format, or is out of bounds for"
HALF_A_PAIR = "Cannot read incomplete UTF-16 JSON text as string with missing low surrogate."

ERRORS: list[tuple[str, str]] = [
    ("", "Error reading JSON."),
    ("hello", "Error reading JSON."),
    ('{"type":1,', "Error reading JSON."),
    ('{"type":6,}', "Error reading JSON."),
    ('{"type":6,"x":"\n"}', "Error reading JSON."),
    ('{"type":6,"x":NaN}', "Error reading JSON."),
    ('{"type":6,"x":01}', "Error reading JSON."),
    ("{'type':6}", "Error reading JSON."),
    ('\ufeff{"type":6}', "Error reading JSON."),
    ('{"type":6,"x":' + "[" * 64 + "]" * 64 + "}", "Error reading JSON."),
    ('{"type":6,"x":' + "[" * 5000, "Error reading JSON."),
    ("1e", "Error reading JSON."),
    ("[" * 5000, "Unexpected JSON Token Type 'Array'. Expected a JSON Object."),
    ("true", "Unexpected JSON Token Type 'True'. Expected a JSON Object."),
    ("[1]", "Unexpected JSON Token Type 'Array'. Expected a JSON Object."),
    ("6", "Unexpected JSON Token Type 'Number'. Expected a JSON Object."),
    ('"a"', "Unexpected JSON Token Type 'String'. Expected a JSON Object."),
    ("{}", "Missing required property 'type'."),
    ('{"Type":6}', "Missing required property 'type'."),
    ('{"type":1,"arguments":[]}', "Missing required property 'target'."),
    ('{"type":1,"target":"T"}', "Missing required property 'arguments'."),
    ('{"type":4,"target":"T","arguments":[]}', "Missing required property 'invocationId'."),
    ('{"type":4,"invocationId":"","target":"T","arguments":[]}', "Missing required property 'invocationId'."),
    ('{"type":2,"item":1}', "Missing required property 'invocationId'."),
    ('{"type":2,"invocationId":"","item":1}', "Missing required property 'invocationId'."),
    ('{"type":2,"invocationId":"1"}', "Missing required property 'item'."),
    ('{"type":3}', "Missing required property 'invocationId'."),
    ('{"type":3,"invocationId":""}', "Missing required property 'invocationId'."),
    ('{"type":5}', "Missing required property 'invocationId'."),
    ('{"type":5,"invocationId":""}', "Missing required property 'invocationId'."),
    ('{"type":8,"sequenceId":null}', "Missing required property 'sequenceId'."),
    ('{"type":8}', "Missing required property 'sequenceId'."),
    ('{"type":9}', "Missing required property 'sequenceId'."),
    (
        '{"type":3,"invocationId":"1","result":null,"error":"x"}',
        "The 'error' and 'result' properties are mutually exclusive.",
    ),
    ('{"type":"6"}', "Expected 'type' to be of type Number."),
    ('{"type":null}', "Expected 'type' to be of type Number."),
    ('{"type":true}', "Expected 'type' to be of type Number."),
    ('{"type":1,"target":1,"arguments":[]}', "Expected 'target' to be of type String."),
    ('{"type":1,"target":null,"arguments":[]}', "Expected 'target' to be of type String."),
    ('{"type":1,"target":"T","arguments":{}}', "Expected 'arguments' to be of type Array."),
    ('{"type":1,"target":"T","arguments":null}', "Expected 'arguments' to be of type Array."),
    ('{"type":6,"arguments":null}', "Expected 'arguments' to be of type Array."),
    ('{"type":42,"arguments":{}}', "Expected 'arguments' to be of type Array."),
    ('{"type":1,"target":"T","arguments":"[]"}', "Expected 'arguments' to be of type Array."),
    ('{"type":1,"invocationId":null,"target":"T","arguments":[]}', "Expected 'invocationId' to be of type String."),
    ('{"type":1,"invocationId":1,"target":"T","arguments":[]}', "Expected 'invocationId' to be of type String."),
    ('{"type":1,"target":"T","arguments":[],"streamIds":null}', "Expected 'streamIds' to be of type Array."),
    ('{"type":1,"target":"T","arguments":[],"streamIds":[null]}', "Null value for 'streamIds' is not valid."),
    ('{"type":1,"headers":null,"target":"T","arguments":[]}', "Expected 'headers' to be of type StartObject."),
    ('{"type":1,"headers":[],"target":"T","arguments":[]}', "Expected 'headers' to be of type StartObject."),
    ('{"type":1,"headers":{"x":1},"target":"T","arguments":[]}', "Expected header 'x' to be of type String."),
    ('{"type":7,"error":null}', "Expected 'error' to be of type String."),
    ('{"type":7,"allowReconnect":null}', "Expected 'allowReconnect' to be true or false."),
    ('{"type":7,"allowReconnect":1}', "Expected 'allowReconnect' to be true or false."),
    ('{"type":8,"sequenceId":"1"}', "Expected 'sequenceId' to be of type Number."),
    ('{"type":8,"sequenceId":9223372036854775808}', f"{NO_INTEGER} an Int64."),
    ('{"type":2147483648}', f"{NO_INTEGER} an Int32."),
    ('{"type":1.5}', f"{NO_INTEGER} an Int32."),
    ('{"type":1,"target":"\\ud800","arguments":[]}', HALF_A_PAIR),
    ('{"type":6,"\\udfff":1}', "Cannot read invalid UTF-16 JSON text as string. Invalid surrogate value: '0xDFFF'."),
    ('{"type":1,"headers":{"a":"\\ud800"},"target":"T","arguments":[]}', HALF_A_PAIR),
    ('{"type":["a",]}', "Expected 'type' to be of type Number."),
    ('{"type":1,"target":{a:1}}', "Expected 'target' to be of type String."),
    ('{"type":1,"target":"T","arguments":{"a":' + "[" * 100, "Expected 'arguments' to be of type Array."),
    ('{"type":null,"type":6}', "Expected 'type' to be of type Number."),
    ('{"type":6,"target":1,', "Expected 'target' to be of type String."),
    ('{"type":6,,"target":1}', "Error reading JSON."),
    ('{"type":1,"target":"\\x","arguments":[]}', "Error reading JSON."),
]


@pytest.mark.parametrize(("text", "error"), ERRORS)
def test_what_is_wrong_with_a_message(text: str, error: str) -> None:
    with pytest.raises(InvalidDataError) as raised:
        protocol.parse(text.encode())
    assert str(raised.value) == error


@pytest.mark.parametrize("number", ["6.0", "6.5", "1e0", "1e400", "1" * 30, "1" * 5000])
def test_a_type_that_is_no_small_whole_number(number: str) -> None:
    with contextlib.suppress(InvalidDataError):
        assert protocol.parse(f'{{"type":{number}}}'.encode()) is None


@pytest.mark.parametrize(
    "text",
    [b'{"type":6,"x":\xff}', b'{"type":1,"target":"\xff","arguments":[]}', b'\xff{"type":6}', b'{"type":6\xc0\x80}'],
)
def test_bytes_that_are_not_utf8(text: bytes) -> None:
    with pytest.raises(InvalidDataError):
        protocol.parse(text)


values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.characters(codec=None),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
names = st.sampled_from(
    ["type", "target", "arguments", "invocationId", "streamIds", "item", "result", "error", "headers", "sequenceId"]
)
near_misses = st.builds(
    lambda kind, members: json.dumps({"type": kind, **members}).encode(),
    st.integers(0, 10) | values,
    st.dictionaries(names, values, max_size=5),
)
mutilated = st.builds(
    lambda text, place, junk: text[:place] + junk + text[place + 1 :],
    st.sampled_from([text.encode() for text, _ in READABLE]),
    st.integers(0, 60),
    st.binary(max_size=3),
)


@given(st.one_of(st.binary(max_size=60), near_misses, mutilated))
@example(b'{"type":1,"target":"\\ud800","arguments":[]}')
@example(b'{"type":6,"x":"\\ud800"}')
@example(b'{"type":1,"target":"T","arguments":["\\ud800"]}')
@example(b'{"type":6,"\\udc00":1}')
@example(b"[" * 100_000)
@example(b'{"x":' * 100_000)
@example(b'{"type":' + b"9" * 5000 + b"}")
def test_any_bytes_are_a_message_or_invalid_data(payload: bytes) -> None:
    with contextlib.suppress(InvalidDataError):
        protocol.parse(payload)


@pytest.mark.parametrize("argument", ["\\ud83d", "\\ude00", "\\ude00\\ud83d"])
def test_a_lone_surrogate_in_an_argument_is_left_to_binding(argument: str) -> None:
    message = protocol.parse(f'{{"type":1,"invocationId":"1","target":"T","arguments":["{argument}"]}}'.encode())
    assert isinstance(message, Invocation)
    assert message.invocation_id == "1"


def test_messages_are_found_in_a_buffer() -> None:
    buffer = b'{"type":6}\x1e{"type":7}\x1e{"ty'
    first = protocol.frame(buffer, 0)
    assert first is not None
    assert buffer[first.start : first.end] == b'{"type":6}'
    second = protocol.frame(buffer, first.next_start)
    assert second is not None
    assert buffer[second.start : second.end] == b'{"type":7}'
    assert protocol.frame(buffer, second.next_start) is None
