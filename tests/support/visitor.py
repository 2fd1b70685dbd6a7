"""A person who uses a browser window. The windows share neither cookies nor storage."""

import logging
from typing import Self

from playwright.async_api import Browser, ConsoleMessage, Error, Locator, Page, expect

WAIT_MS = 20_000
"""How many milliseconds a test waits for the page. Only a failing test waits that long."""

expect.set_options(timeout=WAIT_MS)
_log = logging.getLogger("browser")


class Visitor:
    """One window on the page. `faults` collects the errors of the browser, including refused content."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []
        page.on("console", self._listen)
        page.on("pageerror", self._note)

    @classmethod
    async def arrive(cls, browser: Browser, url: str) -> Self:
        """Opens a new window with its own storage at an address."""
        context = await browser.new_context(locale="en-GB", timezone_id="Europe/Berlin")
        context.set_default_timeout(WAIT_MS)
        visitor = cls(await context.new_page())
        await visitor.page.goto(url)
        return visitor

    async def sign_in(self, username: str) -> None:
        """Signs in as one of the demo's people with their button. Returns when the page is live."""
        await self.part(f"demo-signin-{username}").click()
        await self.expect_chip("live")

    async def expect_status(self, order_id: int, status: str) -> None:
        """Waits until the row of an order shows a status."""
        await expect(self.part(f"order-status-{order_id}")).to_have_attribute("data-status", status)

    async def expect_chip(self, state: str) -> None:
        """Waits until the connection chip shows a state."""
        await expect(self.part("connection-chip")).to_have_attribute("data-state", state)

    def part(self, test_id: str) -> Locator:
        """Returns the part of the page with this `data-testid`."""
        return self.page.get_by_test_id(test_id)

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self._note(message.text)

    def _note(self, fault: Error | str) -> None:
        self.faults.append(str(fault))
        _log.warning("%s", fault)
