"""Methods about the connection itself, and methods that not everybody may call."""

import asyncio
from typing import Annotated

from fastapi import Depends

from app.signalr import Hub, authorize, hub_method_name
from tests.signalr.golden.surface.values import Int32, Text


class Tally:
    """A service that is injected."""

    start = 100


class Caller(Hub):
    """Who calls, from where, and what is remembered of it."""

    def __init__(self) -> None:
        self._calls = 0

    async def who(self) -> str:
        return self.context.user_identifier or "nobody"

    async def id(self) -> str:
        return self.context.connection_id

    async def claim(self, type_: str) -> str | None:
        return self.context.user.claims.get(type_)

    async def request_claim(self, type_: str) -> str | None:
        return self.context.user.claims.get(type_)

    async def authenticated(self) -> bool:
        return self.context.user.is_authenticated

    async def query(self, key: str) -> str | None:
        return ",".join(self.context.http.query_params.getlist(key)) or None

    async def header(self, key: str) -> str | None:
        return self.context.http.headers.get(key)

    async def cookie(self, key: str) -> str | None:
        return self.context.http.cookies.get(key)

    async def transport(self) -> str:
        return self.context.transport

    async def abort(self) -> None:
        self.context.abort()

    async def slow(self, ms: Int32, tag: Text) -> Text:
        if ms:
            await asyncio.sleep(ms / 1000)
        return tag

    async def calls(self) -> int:
        self._calls += 1
        return self._calls

    async def remember(self, key: str, value: Text) -> Text:
        old: Text = self.context.items.get(key, "none")
        self.context.items[key] = value
        return old

    @hub_method_name("renamed")
    async def original(self) -> str:
        return "renamed"

    @authorize(roles=["staff"])
    async def staff_only(self) -> str:
        return "staff"

    async def _hidden(self) -> str:
        return "hidden"

    async def with_service(self, a: Int32, tally: Annotated[Tally, Depends(Tally)]) -> int:
        return a + tally.start
