"""The long run in small: every target with a few hundred inputs, and what Hypothesis makes of the parsers."""

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from app.signalr.binding.arguments import Value
from app.signalr.messages import (
    Ack,
    CancelInvocation,
    Close,
    Completion,
    HubMessage,
    Invocation,
    Ping,
    StreamInvocation,
    StreamItem,
)
from app.signalr.messages import Sequence as SequenceMessage
from app.signalr.protocols.base import HubProtocol
from tests.fuzz.__main__ import main
from tests.fuzz.targets import JSON, MESSAGE_PACK, PARSERS, Target, pieces

ANYTHING = Value(Any)
FEW = settings(max_examples=100, deadline=None, derandomize=True)
EACH = pytest.mark.parametrize("protocol", [JSON, MESSAGE_PACK], ids=lambda protocol: protocol.name)

TEXT = st.text(max_size=20)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=10,
)
IDS = st.text(min_size=1, max_size=10)
HEADERS = st.none() | st.dictionaries(IDS, IDS, min_size=1, max_size=3)
CALL = {
    "target": st.text(min_size=1, max_size=20),
    "arguments": st.lists(VALUES, max_size=4),
    "stream_ids": st.lists(IDS, max_size=3).map(tuple),
    "headers": HEADERS,
}
NUMBERS = st.integers(0, 2**63 - 1)
MESSAGES: st.SearchStrategy[HubMessage] = st.one_of(
    st.builds(Invocation, invocation_id=st.none() | IDS, **CALL),
    st.builds(StreamInvocation, invocation_id=IDS, **CALL),
    st.builds(StreamItem, IDS, VALUES),
    st.builds(Completion, IDS, st.just(UNSET) | VALUES),
    st.builds(Completion, IDS, st.just(UNSET), TEXT),
    st.builds(CancelInvocation, IDS),
    st.just(Ping()),
    st.builds(Close, st.none() | TEXT, st.booleans()),
    st.builds(Ack, NUMBERS),
    st.builds(SequenceMessage, NUMBERS),
)


def decoded(protocol: HubProtocol, message: HubMessage) -> HubMessage:
    """A parsed message with the values that it had before it was encoded."""
    for name in ("arguments", "item", "result"):
        value = getattr(message, name, UNSET)
        if value is not UNSET:
            setattr(message, name, protocol.bind_value(value, ANYTHING))
    return message


@pytest.mark.parametrize("target", PARSERS, ids=lambda target: target.name)
@FEW
@given(data=st.binary(max_size=200), seed=st.integers())
def test_arbitrary_bytes_are_read_or_refused(target: Target, data: bytes, seed: int) -> None:
    assert target.outcome(data, Random(seed))


@pytest.mark.parametrize("target", PARSERS, ids=lambda target: target.name)
@FEW
@given(random=st.randoms(use_true_random=False))
def test_what_is_nearly_right_is_read_or_refused(target: Target, random: Random) -> None:
    assert target.outcome(target.inputs(random)(), random)


@EACH
@FEW
@given(messages=st.lists(MESSAGES, max_size=5), seed=st.integers())
def test_messages_survive_the_wire_however_it_is_cut(
    protocol: HubProtocol, messages: list[HubMessage], seed: int
) -> None:
    read: list[HubMessage] = []
    buffer = b""
    for piece in pieces(b"".join(map(protocol.encode, messages)), Random(seed)):
        buffer += piece
        while (framed := protocol.frame(buffer, 0)) is not None:
            message = protocol.parse(buffer[framed.start : framed.end])
            assert message is not None
            read.append(decoded(protocol, message))
            buffer = buffer[framed.next_start :]
    assert buffer == b""
    assert read == messages


@EACH
@FEW
@given(message=MESSAGES, data=st.data())
def test_a_message_without_its_end_is_waited_for(protocol: HubProtocol, message: HubMessage, data: Any) -> None:
    encoded = protocol.encode(message)
    cut = data.draw(st.integers(0, len(encoded) - 1))
    assert protocol.frame(encoded[:cut], 0) is None


def test_the_long_run_in_small(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--inputs", "500"]) == 0
    printed = capsys.readouterr().out
    for name in ("json", "messagepack", "frames", "handshake", "sessions"):
        assert f"{name}: 500 inputs" in printed


def test_the_long_run_names_what_it_does_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["json", "xml"])
    assert "unknown target xml; there are json, messagepack, frames, handshake, sessions" in capsys.readouterr().err
