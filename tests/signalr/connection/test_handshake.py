"""The first message of a connection, and everything that can be wrong with it."""

import contextlib
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.signalr import Hub, HubOptions
from app.signalr.connection.handshake import HandshakeError, parse_handshake
from app.signalr.protocols.json import JsonHubProtocol
from tests.signalr.harness import HANDSHAKE, completion, idle, invocation, record, serving

pytestmark = pytest.mark.anyio

UNEXPECTED = "An unexpected error occurred during connection handshake."
CANCELED = "Handshake was canceled."


class Lifecycle(Hub):
    """Counts what happens to it."""

    connected = 0
    disconnected = 0

    async def on_connected(self) -> None:
        type(self).connected += 1

    async def on_disconnected(self, exception: BaseException | None) -> None:
        type(self).disconnected += 1

    async def echo(self, value: int) -> int:
        return value


async def test_success_is_three_bytes() -> None:
    async with serving(Lifecycle) as bench:
        client = bench.open()
        client.feed(HANDSHAKE)
        assert client.transport.writes == [b"\x7b\x7d\x1e"]
        assert client.transport.end is None


@pytest.mark.parametrize(
    "request_text",
    [
        pytest.param('{"protocol":"json","version":0}', id="version 0"),
        pytest.param('{"protocol":"json","version":2}', id="version 2"),
        pytest.param('{"protocol":"json","version":-7}', id="negative version"),
        pytest.param('{"version":1,"protocol":"json"}', id="other order"),
        pytest.param('{"protocol":"JSON","version":1}', id="other case"),
        pytest.param(' {"protocol" : "json", "version" : 1 } ', id="white space"),
        pytest.param('{"protocol":"json","version":1}junk', id="text behind the object"),
        pytest.param('{"protocol":"json","version":1,"extra":[null,{"a":1}]}', id="unknown property"),
        pytest.param('{"protocol":"x","protocol":"json","version":1}', id="a property twice"),
        pytest.param('{"protocol":"json","version":1,"type":"x","headers":[]}', id="a message's property"),
    ],
)
async def test_what_is_put_up_with(request_text: str) -> None:
    async with serving(Lifecycle) as bench:
        client = bench.open()
        client.send(request_text)
        assert await client.receive() == {}
        assert await client.invoke("Echo", 7) == completion(7)


@pytest.mark.parametrize(
    ("request_text", "error", "detail"),
    [
        ('{"protocol":"xml","version":1}', "The protocol 'xml' is not supported.", ""),
        ('{"protocol":"","version":1}', "The protocol '' is not supported.", ""),
        (
            '{"protocol":"json","version":3}',
            "The server does not support version 3 of the 'json' protocol.",
            "",
        ),
        (
            '{"version":1}',
            UNEXPECTED,
            " InvalidDataException: Missing required property 'protocol'. Message content: {\"version\":1}",
        ),
        (
            '{"protocol":"json"}',
            UNEXPECTED,
            ' InvalidDataException: Missing required property \'version\'. Message content: {"protocol":"json"}',
        ),
        (
            '{"protocol":"json","version":"1"}',
            UNEXPECTED,
            " InvalidDataException: Expected 'version' to be of type Number.",
        ),
        (
            '{"protocol":7,"version":1}',
            UNEXPECTED,
            " InvalidDataException: Expected 'protocol' to be of type String.",
        ),
        (
            "[]",
            UNEXPECTED,
            " InvalidDataException: Unexpected JSON Token Type 'Array'. Expected a JSON Object.",
        ),
        ("nonsense", UNEXPECTED, " InvalidDataException: Error reading JSON."),
        ("", UNEXPECTED, " InvalidDataException: Error reading JSON."),
        ('\ufeff{"protocol":"json","version":1}', UNEXPECTED, " InvalidDataException: Error reading JSON."),
    ],
)
@pytest.mark.parametrize("detailed", [False, True])
async def test_refusals(request_text: str, error: str, detail: str, detailed: bool) -> None:
    Lifecycle.connected = Lifecycle.disconnected = 0
    async with serving(Lifecycle, options=HubOptions(enable_detailed_errors=detailed)) as bench:
        client = bench.open()
        client.send(request_text, invocation("Echo", 1, invocation_id="1"))
        assert await client.receive() == {"error": error + detail if detailed else error}
        assert await client.ended() == "closed"
        await idle()
        assert client.received == []
        assert not bench.signalr.connections
    assert Lifecycle.connected == Lifecycle.disconnected == 0


@pytest.mark.parametrize("version", ["1.0", "1e0", "null", "true"])
async def test_a_version_that_is_no_integer(version: str) -> None:
    async with serving(Lifecycle) as bench:
        client = bench.open()
        client.send(f'{{"protocol":"json","version":{version}}}')
        assert await client.receive() == {"error": UNEXPECTED}


async def test_bytes_come_one_by_one() -> None:
    async with serving(Lifecycle) as bench:
        client = bench.open()
        for byte in HANDSHAKE + record(invocation("Echo", 3, invocation_id="1")):
            client.feed(bytes([byte]))
        assert await client.receive() == {}
        assert await client.receive() == completion(3)


async def test_messages_may_follow_in_the_same_chunk() -> None:
    async with serving(Lifecycle) as bench:
        client = bench.open()
        client.feed(HANDSHAKE + record(*(invocation("Echo", n, invocation_id=str(n)) for n in range(3))))
        assert await client.receive() == {}
        assert [await client.receive() for _ in range(3)] == [completion(n, str(n)) for n in range(3)]
        # Some clients lose what comes in the frame of the response.
        assert client.transport.writes[0] == b"{}\x1e"


async def test_the_size_limit_holds_to_the_byte() -> None:
    limit = 100
    async with serving(Lifecycle, options=HubOptions(maximum_receive_message_size=limit)) as bench:
        client = bench.open()
        client.send('{"protocol":"json","version":1}'.ljust(limit - 1))
        assert await client.receive() == {}
        client = bench.open()
        client.send('{"protocol":"json","version":1}'.ljust(limit))
        assert await client.receive() == {"error": CANCELED}
        assert await client.ended() == "closed"


async def test_too_much_without_an_end_is_refused_at_once() -> None:
    async with serving(Lifecycle, options=HubOptions(maximum_receive_message_size=100)) as bench:
        client = bench.open()
        client.feed(b" " * 100)
        assert client.received == []
        client.feed(b" ")
        assert await client.receive() == {"error": CANCELED}
        assert await client.ended() == "closed"


async def test_a_client_that_says_nothing() -> None:
    async with serving(Lifecycle, options=HubOptions(handshake_timeout=15)) as bench:
        client = bench.open()
        now = bench.signalr.now()
        client.feed(HANDSHAKE[:-1])
        client.connection.beat(now + 14)
        assert client.received == []
        client.connection.beat(now + 16)
        assert await client.receive() == {"error": CANCELED}
        assert await client.ended() == "closed"
        client.feed(HANDSHAKE)
        await idle()
        assert client.received == []


async def test_a_client_that_leaves_before_its_handshake() -> None:
    async with serving(Lifecycle) as bench:
        client = bench.open()
        client.transport.lose()
        await idle()
        assert not bench.signalr.connections
        assert client.received == []


async def test_nobody_is_addressed_before_the_handshake() -> None:
    async with serving(Lifecycle) as bench:
        client = bench.open()
        await bench.context().clients.all.send("Hello")
        await bench.context().clients.client(client.id).send("Hello")
        await client.shake_hands()
        await idle()
        assert client.received == []


members = st.dictionaries(
    st.sampled_from(["protocol", "version", "type"]),
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.just("json"),
)


@given(st.binary(max_size=60) | members.map(lambda request: json.dumps(request).encode()), st.booleans())
@example(b'{"protocol":"\\ud800","version":1}', True)
@example(b'{"protocol":"json","version":1,"x":"\\udc00"}', False)
@example(b"[" * 100_000, True)
@example(b'{"protocol":"json","version":' + b"9" * 5000 + b"}", True)
def test_any_bytes_are_a_handshake_or_refused(payload: bytes, detailed: bool) -> None:
    protocol = JsonHubProtocol()
    with contextlib.suppress(HandshakeError):
        agreed = parse_handshake(payload, {"json": protocol}, carries_binary=True, detailed=detailed)
        assert agreed.protocol is protocol
