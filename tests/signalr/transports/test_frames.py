"""WebSocket frames, with the `websockets` library as the oracle of what a stream of bytes means."""

from dataclasses import dataclass, field
from itertools import pairwise
from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.exceptions import ProtocolError
from websockets.frames import Frame
from websockets.frames import Opcode as OracleOpcode
from websockets.protocol import State
from websockets.server import ServerProtocol

from app.signalr.outgoing.websocket_frame import CloseCode, Opcode, close_frame, control_frame, websocket_frame
from app.signalr.transports.frame_reader import FrameError, FrameReader
from tests.signalr.live import MASK
from tests.signalr.live import client_frame as masked


class Recorder(FrameReader):
    """A reader that keeps what it hands on, up to the first Close frame or error."""

    def __init__(self) -> None:
        super().__init__()
        self.data = b""
        self.pings: list[bytes] = []
        self.close_code: int | None = None
        self.error: FrameError | None = None

    def on_data(self, data: bytes) -> None:
        if self.close_code is None:
            self.data += data

    def on_ping(self, payload: bytes) -> None:
        if self.close_code is None:
            self.pings.append(bytes(payload))

    def on_close(self, code: int) -> None:
        if self.close_code is None:
            self.close_code = code


def read(*chunks: bytes) -> Recorder:
    recorder = Recorder()
    for chunk in chunks:
        try:
            recorder.feed(chunk)
        except FrameError as error:
            if recorder.close_code is None:
                recorder.error = error
            break
    return recorder


@dataclass
class Oracle:
    """What the `websockets` library makes of the same bytes."""

    data: bytes = b""
    pings: list[bytes] = field(default_factory=list)
    close_code: int | None = None
    error_code: int | None = None


def consult(stream: bytes) -> Oracle:
    protocol = ServerProtocol(state=State.OPEN, max_size=None)
    protocol.receive_data(stream)
    oracle = Oracle()
    for event in protocol.events_received():
        assert isinstance(event, Frame)
        if event.opcode in (OracleOpcode.CONT, OracleOpcode.TEXT, OracleOpcode.BINARY):
            oracle.data += bytes(event.data)
        elif event.opcode is OracleOpcode.PING:
            oracle.pings.append(bytes(event.data))
    if protocol.parser_exc is not None:
        oracle.error_code = 1002 if isinstance(protocol.parser_exc, ProtocolError) else 1007
    elif protocol.close_rcvd is not None:
        oracle.close_code = protocol.close_rcvd.code
    return oracle


payloads = st.one_of(st.binary(max_size=40), st.binary(min_size=120, max_size=300))
masks = st.binary(min_size=4, max_size=4)
controls = st.builds(
    lambda opcode, payload, mask: masked(opcode, payload, mask=mask),
    st.sampled_from([Opcode.PING, Opcode.PONG]),
    st.binary(max_size=125),
    masks,
)


@st.composite
def whole_messages(draw: st.DrawFn, kind: Opcode, contents: st.SearchStrategy[bytes]) -> tuple[bytes, bytes]:
    """One message in any number of fragments, with control frames in between; its frames and its content."""
    content = draw(contents)
    cuts = sorted(draw(st.lists(st.integers(0, len(content)), max_size=3)))
    parts = [content[a:b] for a, b in pairwise([0, *cuts, len(content)])]
    stream = b""
    for index, part in enumerate(parts):
        opcode = kind if index == 0 else Opcode.CONTINUATION
        stream += masked(opcode, part, fin=index == len(parts) - 1, mask=draw(masks))
        if index < len(parts) - 1 and draw(st.booleans()):
            stream += draw(controls)
    return stream, content


def cut(stream: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({place % (len(stream) + 1) for place in cuts})
    return [stream[a:b] for a, b in pairwise([0, *places, len(stream)])]


splits = st.lists(st.integers(0, 4000), max_size=12)
texts = st.text(max_size=60).map(str.encode)
messages = st.one_of(whole_messages(Opcode.BINARY, payloads), whole_messages(Opcode.TEXT, texts))


@given(st.lists(messages, max_size=4), splits)
def test_whole_messages_arrive_however_they_are_cut(sent: list[tuple[bytes, bytes]], cuts: list[int]) -> None:
    stream = b"".join(frames for frames, _ in sent)
    recorder = read(*cut(stream, cuts))
    assert recorder.error is None
    assert recorder.data == b"".join(content for _, content in sent)
    assert recorder.data == consult(stream).data
    assert recorder.pings == consult(stream).pings


frames = st.builds(
    lambda opcode, payload, fin, mask, first: masked(opcode, payload, fin=fin, mask=mask, first=first),
    st.sampled_from([*Opcode, 3, 7, 11, 15]) | st.sampled_from([Opcode.CONTINUATION, Opcode.TEXT, Opcode.BINARY]),
    st.binary(max_size=130) | st.integers(0, 0xFFFF).map(lambda code: pack("!H", code)),
    st.booleans(),
    masks,
    st.sampled_from([0, 0, 0, 0, 0x40, 0x20, 0x10]),
)
streams = st.one_of(
    st.binary(max_size=200),
    st.lists(st.one_of(frames, messages.map(lambda pair: pair[0]), st.binary(max_size=8)), max_size=6).map(b"".join),
)


@given(streams, splits)
def test_any_bytes_mean_what_the_library_says(stream: bytes, cuts: list[int]) -> None:
    """Nothing but FrameError is raised; sooner than the library at most, which reads a bad frame to its end first."""
    recorder, oracle = read(*cut(stream, cuts)), consult(stream)
    if recorder.error is None:
        assert oracle.error_code is None
        assert (recorder.close_code, recorder.pings) == (oracle.close_code, oracle.pings)
        # The library waits for the end of a frame, the reader hands on what has come.
        assert recorder.data.startswith(oracle.data)
    elif recorder.error.code == CloseCode.PROTOCOL_ERROR:
        assert oracle.close_code is None
        assert (recorder.data, recorder.pings) == (oracle.data, oracle.pings)
    else:  # text that is not UTF-8, which the library leaves to its caller
        assert recorder.error.code == CloseCode.INVALID_DATA
        assert oracle.data.startswith(recorder.data) or recorder.data.startswith(oracle.data)


@given(streams, splits)
def test_the_cut_makes_no_difference(stream: bytes, cuts: list[int]) -> None:
    whole, pieces, bytewise = read(stream), read(*cut(stream, cuts)), read(*(bytes([byte]) for byte in stream))
    for other in (pieces, bytewise):
        assert (other.pings, other.close_code) == (whole.pings, whole.close_code)
        assert (other.error and other.error.code) == (whole.error and whole.error.code)
        if whole.error is None:
            assert other.data == whole.data


@given(st.lists(st.binary(max_size=12), min_size=1, max_size=4), splits)
def test_text_must_be_utf8_across_its_fragments(parts: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(
        masked(Opcode.TEXT if index == 0 else Opcode.CONTINUATION, part, fin=index == len(parts) - 1)
        for index, part in enumerate(parts)
    )
    recorder = read(*cut(stream, cuts))
    content = b"".join(parts)
    try:
        content.decode()
    except UnicodeDecodeError:
        assert recorder.error is not None
        assert recorder.error.code == CloseCode.INVALID_DATA
    else:
        assert recorder.error is None
        assert recorder.data == content


def test_the_state_of_text_ends_with_its_message() -> None:
    recorder = read(masked(Opcode.TEXT, "€".encode()), masked(Opcode.BINARY, b"\xff"), masked(Opcode.TEXT, b"ok"))
    assert recorder.error is None
    assert recorder.data == "€".encode() + b"\xffok"


@pytest.mark.parametrize(
    ("stream", "code"),
    [
        pytest.param(b"\x81\x02hi", 1002, id="not masked"),
        pytest.param(masked(Opcode.TEXT, b"hi", first=0x40), 1002, id="reserved bit"),
        pytest.param(masked(3, b"hi"), 1002, id="reserved data opcode"),
        pytest.param(masked(11), 1002, id="reserved control opcode"),
        pytest.param(masked(Opcode.CONTINUATION, b"hi"), 1002, id="stray continuation"),
        pytest.param(masked(Opcode.TEXT, b"a", fin=False) + masked(Opcode.TEXT, b"b"), 1002, id="missing continuation"),
        pytest.param(masked(Opcode.PING, fin=False), 1002, id="fragmented ping"),
        pytest.param(masked(Opcode.PING, b"x" * 126), 1002, id="long ping"),
        pytest.param(b"\x82\xff\x80" + b"\0" * 7 + MASK, 1002, id="length with its highest bit"),
        pytest.param(masked(Opcode.CLOSE, b"\x03"), 1002, id="one byte of a close code"),
        pytest.param(masked(Opcode.CLOSE, pack("!H", 999)), 1002, id="close code too low"),
        pytest.param(masked(Opcode.CLOSE, pack("!H", 1005)), 1002, id="close code that is never sent"),
        pytest.param(masked(Opcode.CLOSE, pack("!H", 5000)), 1002, id="close code too high"),
        pytest.param(masked(Opcode.CLOSE, pack("!H", 1000) + b"\xff"), 1007, id="close reason not UTF-8"),
        pytest.param(masked(Opcode.TEXT, b"\xff"), 1007, id="text not UTF-8"),
        pytest.param(masked(Opcode.TEXT, b"\xed\xa0\x80"), 1007, id="surrogate"),
        pytest.param(masked(Opcode.TEXT, "€".encode()[:2]), 1007, id="text ends inside a character"),
    ],
)
def test_broken_rules(stream: bytes, code: int) -> None:
    error = read(stream).error
    assert error is not None
    assert error.code == code
    assert str(error)


@pytest.mark.parametrize("code", [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1014, 3000, 4999])
def test_close_codes_of_clients(code: int) -> None:
    recorder = read(masked(Opcode.CLOSE, pack("!H", code) + b"bye"))
    assert recorder.close_code == code
    assert consult(masked(Opcode.CLOSE, pack("!H", code))).close_code == code


def test_a_close_frame_without_a_code() -> None:
    assert read(masked(Opcode.CLOSE)).close_code == CloseCode.NO_STATUS


def test_content_is_handed_on_before_its_frame_has_ended() -> None:
    frame = masked(Opcode.BINARY, bytes(100_000))
    recorder = Recorder()
    recorder.feed(frame[: 14 + 10])
    assert recorder.data == bytes(10)


@given(st.binary(max_size=300) | st.integers(65_530, 65_540).map(bytes), st.booleans())
def test_frames_of_the_server_are_read_by_the_library(payload: bytes, binary: bool) -> None:
    opcode = OracleOpcode.BINARY if binary else OracleOpcode.TEXT
    assert websocket_frame(payload, binary=binary) == Frame(opcode, payload).serialize(mask=False)


@given(st.binary(max_size=125))
def test_control_frames_of_the_server(payload: bytes) -> None:
    assert control_frame(Opcode.PONG, payload) == Frame(OracleOpcode.PONG, payload).serialize(mask=False)


def test_close_frames_of_the_server() -> None:
    assert close_frame(1011) == b"\x88\x02\x03\xf3"
    assert close_frame(CloseCode.NO_STATUS) == b"\x88\x00"
