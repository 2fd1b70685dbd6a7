"""The MessagePack hub protocol: what is wrong with messages, and what can still be read of damaged ones."""

from collections.abc import Sequence
from typing import Any

import pytest
from msgspec import UNSET
from msgspec.msgpack import encode

from app.signalr.binding.arguments import Signature
from app.signalr.errors import InvalidDataError
from app.signalr.messages import Completion, HubMessage, Invocation, Ping, StreamItem
from app.signalr.protocols.messagepack import MessagePackHubProtocol

protocol = MessagePackHubProtocol()

ERRORS: list[tuple[Any, str]] = [
    ({}, "The message is not an array."),
    ([], "Reading 'messageType' as Int32 failed."),
    (["1"], "Reading 'messageType' as Int32 failed."),
    ([2**31, {}], "Reading 'messageType' as Int32 failed."),
    ([1, None, "1", "T", []], "Reading map length for 'headers' failed."),
    ([1, {1: "a"}, "1", "T", []], "Reading 'headers[0].Key' as String failed."),
    ([1, {"a": "b", "c": 1}, "1", "T", []], "Reading 'headers[1].Value' as String failed."),
    ([1, {"": "a"}, "1", "T", []], "Null or empty key in header."),
    ([1, {"a": None}, "1", "T", []], "Null or empty value in header."),
    ([3, {}, "1", "2"], "Reading 'resultKind' as Int32 failed."),
    ([3, {}, "1", 2**31], "Reading 'resultKind' as Int32 failed."),
    ([3, {}, "1", 4], "Invalid invocation result kind."),
    ([7, None, None], "Reading 'allowReconnect' as Boolean failed."),
    ([7, None, 1], "Reading 'allowReconnect' as Boolean failed."),
    ([8, 2**63], "Reading 'sequenceId' as Int64 failed."),
]


@pytest.mark.parametrize(("message", "error"), ERRORS)
def test_what_is_wrong_with_a_message(message: Any, error: str) -> None:
    with pytest.raises(InvalidDataError) as raised:
        protocol.parse(encode(message))
    assert str(raised.value) == error


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        pytest.param(encode([6, "a", {}]), Ping(), id="more than a ping has"),
        pytest.param(b"\x92\x06\xa5a", Ping(), id="an unknown element that is cut"),
        pytest.param(
            b"\x96" + encode([1, {}, "1", "T", []])[1:] + b"\x90xyz", Invocation("T", [], "1"), id="bytes behind"
        ),
        pytest.param(encode([3, {}, "1", 1, None]), Completion("1", UNSET, None), id="an error that is null"),
    ],
)
def test_what_is_put_up_with(payload: bytes, message: HubMessage) -> None:
    assert protocol.parse(payload) == message


def test_an_array_that_cannot_be_as_long_as_it_says() -> None:
    with pytest.raises(InvalidDataError, match="longer than the message"):
        protocol.parse(b"\x92\x06")


MISMATCH = "Error binding arguments."


@pytest.mark.parametrize(
    ("types", "arguments", "error"),
    [
        pytest.param([int, int], encode(["x"]), "Invocation provides 1 argument", id="a count before a type"),
        pytest.param([int], encode(["x"]), MISMATCH, id="a wrong type"),
        pytest.param([], b"\x91\xd4\x01\x00", "Invocation provides 1 argument", id="an extension that nobody takes"),
        pytest.param([int], b"\x91\xd4\x01\x00", MISMATCH, id="an extension"),
        pytest.param([str], b"\x91\xa5a", MISMATCH, id="text that is cut"),
        pytest.param([str], b"\x92\xa5a", "Invocation provides 2 argument", id="text that is cut, and no more"),
        pytest.param([str], b"\x93\xa1a", "Reading array length for 'arguments' failed.", id="too long a list"),
        pytest.param([str], b"\xdd\x00", "Reading array length for 'arguments' failed.", id="a length that is cut"),
    ],
)
def test_what_is_wrong_with_arguments(types: Sequence[Any], arguments: bytes, error: str) -> None:
    invocation = protocol.parse(b"\x95" + encode(1) + encode({}) + encode("1") + encode("T") + arguments)
    assert isinstance(invocation, Invocation)
    with pytest.raises(InvalidDataError, match=error):
        protocol.bind(invocation.arguments, Signature(types))


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (b"\xa2a\xff", "a\ufffd"),
        (b"\xd9\x02a\xff", "a\ufffd"),
        (b"\xda\x00\x01\xff", "\ufffd"),
        (b"\x93\xa1\xff\x81\xa1\xff\xa1b\xc4\x01\xff", ["\ufffd", {"\ufffd": "b"}, b"\xff"]),
    ],
)
def test_text_that_is_not_utf8_is_read_with_replacement_characters(item: bytes, expected: Any) -> None:
    message = protocol.parse(b"\x94" + encode(2) + encode({}) + encode("1") + item)
    assert message == StreamItem("1", expected)
