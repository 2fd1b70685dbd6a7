"""What the clients of the three transports have in common."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from tests.signalr.golden.raw_http import Address, Answer, request
from tests.signalr.golden.splitter import Splitter

Headers = Mapping[str, str | None]


class Connection(ABC):
    """One connection of a case: opened, spoken to, and heard message by message."""

    def __init__(self, address: Address, path: str, headers: Headers, splitter: Splitter) -> None:
        self.address = address
        self.path = path
        self.headers = headers
        self.ended = False
        self._splitter = splitter

    @abstractmethod
    async def open(self) -> Answer:
        """Opens it; `ended` is true at once when the server refused."""

    @abstractmethod
    async def send(self, payload: bytes, *, binary: bool) -> None:
        """Sends these bytes. Raises AssertionError when the server does not take them."""

    @abstractmethod
    async def data(self) -> bytes | None:
        """The next bytes; None at the end. Nothing is lost when it is cancelled."""

    @abstractmethod
    async def ending(self) -> dict[str, Any]:
        """Waits for the end and says how it came."""

    @abstractmethod
    def drop(self) -> None:
        """Cuts the connection."""

    @abstractmethod
    async def finish(self) -> None:
        """Ends the connection, if the case has not."""

    async def message(self, seconds: float) -> bytes | None:
        """The next hub message; None at the end. Raises TimeoutError when nothing came."""
        async with asyncio.timeout(seconds):
            while (message := self._splitter.take()) is None:
                data = await self.data()
                if data is None:
                    return None
                self._splitter.feed(data)
        return message


class PostingConnection(Connection):
    """A client that sends by POST."""

    async def send(self, payload: bytes, *, binary: bool) -> None:
        kind = "application/octet-stream" if binary else "text/plain;charset=UTF-8"
        answer = await request(self.address, "POST", self.path, {**self.headers, "Content-Type": kind}, payload)
        assert answer.status == 200, f"a POST was answered with {answer.status} {answer.body!r}"
