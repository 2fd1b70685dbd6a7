"""The chat page in a real browser, with the client of the tutorial inside."""

import pytest
from playwright.async_api import Browser, expect

from tests.support.server import Adapter, LiveServer
from tests.support.visitor import Visitor

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
    pytest.mark.parametrize("adapter", [Adapter.TAKEOVER], indirect=True),
]


async def arrive(browser: Browser, server: LiveServer, name: str) -> Visitor:
    """Opens the chat under a name and waits for the connection."""
    visitor = await Visitor.arrive(browser, f"{server.url}/chat")
    await visitor.expect_chip("connected")
    await visitor.part("chat-name").fill(name)
    return visitor


async def say(visitor: Visitor, text: str) -> None:
    """Sends a message to the recipient that is chosen on the page."""
    await visitor.part("chat-message").fill(text)
    await visitor.part("chat-send").click()


async def expect_line(visitor: Visitor, kind: str, text: str) -> None:
    """Waits for a line of the log."""
    await expect(visitor.part("chat-log").locator(f"[data-kind={kind}]").filter(has_text=text)).to_be_visible()


async def test_two_people_talk_in_public_in_a_room_and_in_private(live_server: LiveServer, chromium: Browser) -> None:
    ann = await arrive(chromium, live_server, "Ann")
    bob = await arrive(chromium, live_server, "Bob")
    await expect_line(ann, "notice", "connected")

    await say(bob, "hello everyone")
    for visitor in (ann, bob):
        await expect_line(visitor, "message", "hello everyone")

    for visitor in (ann, bob):
        await visitor.part("chat-room").fill("depot")
        await visitor.part("chat-join").click()
        await expect_line(visitor, "notice", "You joined depot")
    await say(bob, "hello room")
    for visitor in (ann, bob):
        await expect_line(visitor, "room", "hello room")

    await bob.part("chat-whisper-id").fill(await ann.part("chat-connection-id").inner_text())
    await say(bob, "only for you")
    await expect_line(ann, "direct", "only for you")

    await ann.part("chat-leave").click()
    await expect_line(bob, "notice", "left depot")
    await bob.page.context.close()
    await expect_line(ann, "notice", "disconnected")
    assert ann.faults + bob.faults == []
