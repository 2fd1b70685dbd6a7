"""The chat of the SignalR tutorial, through the published clients."""

from datetime import datetime

import pytest

from tests.support.npm import VERSIONS, ClientError, NpmClient, NpmConnection, npm_client
from tests.support.server import LiveServer

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]
HUB = "/chathub"
TARGETS = ["ReceiveMessage", "UserJoined", "UserLeft", "UserConnected", "UserDisconnected"]


async def two_people(node: NpmClient) -> tuple[NpmConnection, NpmConnection]:
    """Connects Ann and then Bob, and returns both."""
    ann = await node.connect(HUB, targets=TARGETS)
    bob = await node.connect(HUB, targets=TARGETS)
    assert await ann.next("UserConnected") == [bob.id]
    return ann, bob


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("skip_negotiation", [False, True], ids=["negotiated", "direct"])
async def test_every_version_connects(live_server: LiveServer, version: str, skip_negotiation: bool) -> None:
    async with npm_client(version, live_server.url) as node:
        connection = await node.connect(HUB, targets=TARGETS, skip_negotiation=skip_negotiation)
        assert (connection.id is None) is skip_negotiation
        await connection.invoke("Echo", "hello")
        assert await connection.next("ReceiveMessage") == ["hello"]
        await connection.stop()
        assert await connection.next("close") == [None]


async def test_messages_reach_those_they_are_meant_for(live_server: LiveServer) -> None:
    async with npm_client("7.0.0", live_server.url) as node:
        ann, bob = await two_people(node)

        await ann.invoke("SendMessage", "Ann", "to all")
        for person in (ann, bob):
            user, text, at = await person.next("ReceiveMessage")
            assert (user, text) == ("Ann", "to all")
            assert datetime.fromisoformat(at).tzinfo is not None

        await ann.invoke("Broadcast", "to the others")
        assert await bob.next("ReceiveMessage") == ["to the others"]

        await bob.invoke("Whisper", ann.id, "to you")
        assert await ann.next("ReceiveMessage") == ["to you"]

        await bob.invoke("Echo", "to myself")
        assert await bob.next("ReceiveMessage") == ["to myself"]
        assert ann.count("ReceiveMessage") == bob.count("ReceiveMessage") == 0


async def test_a_room_hears_its_members_until_they_leave(live_server: LiveServer) -> None:
    async with npm_client("7.0.0", live_server.url) as node:
        ann, bob = await two_people(node)
        await ann.invoke("JoinRoom", "depot")
        assert await ann.next("UserJoined") == [ann.id, "depot"]
        await bob.invoke("JoinRoom", "depot")
        assert await ann.next("UserJoined") == await bob.next("UserJoined") == [bob.id, "depot"]

        await bob.invoke("SendToRoom", "depot", "anyone here?")
        assert await ann.next("ReceiveMessage") == await bob.next("ReceiveMessage") == [bob.id, "anyone here?"]

        await bob.invoke("LeaveRoom", "depot")
        assert await ann.next("UserLeft") == [bob.id, "depot"]
        await ann.invoke("SendToRoom", "depot", "alone again")
        assert await ann.next("ReceiveMessage") == [ann.id, "alone again"]
        await bob.invoke("Echo", "a message of its own")
        assert await bob.next("ReceiveMessage") == ["a message of its own"]
        assert bob.count("UserLeft") == 0


async def test_everyone_else_hears_of_a_disconnect(live_server: LiveServer) -> None:
    async with npm_client("7.0.0", live_server.url) as node:
        ann, bob = await two_people(node)
        await bob.stop()
        assert await ann.next("UserDisconnected") == [bob.id]


async def test_errors_keep_the_connection_and_carry_the_exact_text(live_server: LiveServer) -> None:
    async with npm_client("10.0.11", live_server.url) as node:
        connection = await node.connect(HUB, targets=TARGETS)
        with pytest.raises(ClientError) as unknown:
            await connection.invoke("Shout", "hello")
        assert str(unknown.value) == (
            "Failed to invoke 'Shout' due to an error on the server. HubException: Method does not exist."
        )
        with pytest.raises(ClientError) as too_few:
            await connection.invoke("Echo")
        assert str(too_few.value) == "Failed to invoke 'Echo' due to an error on the server."
        await connection.invoke("Echo", "still here")
        assert await connection.next("ReceiveMessage") == ["still here"]
