"""The chat of this service, as the author of a hub would test it."""

from datetime import datetime

import pytest

from app.hubs.chat import MAX_TEXT, ChatHub
from app.signalr.testing import HubCallError
from tests.signalr.testing.conftest import Serve

pytestmark = pytest.mark.anyio


async def test_echo_answers_the_caller_alone(serve: Serve, protocol: str) -> None:
    async with (
        serve(ChatHub) as server,
        server.connect(ChatHub) as bruno,
        server.connect(ChatHub, protocol=protocol) as ada,
    ):
        assert await bruno.receive("UserConnected") == [ada.connection_id]
        await ada.invoke("Echo", "hello")
        assert await ada.receive("ReceiveMessage") == ["hello"]
        await bruno.assert_silent()


async def test_a_message_reaches_everyone_whatever_they_speak(serve: Serve) -> None:
    async with (
        serve(ChatHub) as server,
        server.connect(ChatHub) as ada,
        server.connect(ChatHub, protocol="messagepack") as bruno,
    ):
        await ada.invoke("SendMessage", "Ada", "good morning")
        name, text, at = await ada.receive("ReceiveMessage")
        assert (name, text) == ("Ada", "good morning")
        name, text, timestamp = await bruno.receive("ReceiveMessage")
        assert (name, text) == ("Ada", "good morning")
        assert timestamp == datetime.fromisoformat(at)


async def test_a_room_hears_who_comes_speaks_and_goes(serve: Serve) -> None:
    async with serve(ChatHub) as server, server.connect(ChatHub) as ada, server.connect(ChatHub) as bruno:
        await ada.receive("UserConnected")
        await ada.invoke("JoinRoom", "lamps")
        assert await ada.receive("UserJoined") == [ada.connection_id, "lamps"]
        await bruno.invoke("JoinRoom", "lamps")
        assert await ada.receive("UserJoined") == [bruno.connection_id, "lamps"]
        await bruno.receive("UserJoined")
        await bruno.invoke("SendToRoom", "lamps", "anyone?")
        assert await ada.receive("ReceiveMessage") == [bruno.connection_id, "anyone?"]
        assert await bruno.receive("ReceiveMessage") == [bruno.connection_id, "anyone?"]
        await bruno.invoke("LeaveRoom", "lamps")
        assert await ada.receive("UserLeft") == [bruno.connection_id, "lamps"]
        await bruno.assert_silent()


async def test_a_whisper_reaches_one(serve: Serve) -> None:
    async with (
        serve(ChatHub) as server,
        server.connect(ChatHub) as ada,
        server.connect(ChatHub) as bruno,
        server.connect(ChatHub) as cleo,
    ):
        await bruno.receive("UserConnected")
        await ada.invoke("Whisper", bruno.connection_id, "psst")
        assert await bruno.receive("ReceiveMessage") == ["psst"]
        await cleo.assert_silent()
        await ada.invoke("Whisper", "nobody", "psst")
        await bruno.assert_silent()


async def test_a_lost_client_is_announced_like_one_that_left(serve: Serve) -> None:
    async with serve(ChatHub) as server, server.connect(ChatHub) as ada:
        async with server.connect(ChatHub) as bruno:
            pass
        assert await ada.receive("UserDisconnected") == [bruno.connection_id]
        async with server.connect(ChatHub) as cleo:
            cleo.drop()
            assert await ada.receive("UserDisconnected") == [cleo.connection_id]


@pytest.mark.parametrize("text", ["", "   ", "x" * (MAX_TEXT + 1)])
async def test_what_is_no_message_is_refused_in_words(serve: Serve, text: str) -> None:
    async with serve(ChatHub) as server, server.connect(ChatHub) as ada:
        with pytest.raises(HubCallError, match=f"has 1 to {MAX_TEXT} characters"):
            await ada.invoke("Echo", text)
        await ada.assert_silent()
