"""mypy in strict mode tells right use of typed hubs from wrong use."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.support.paths import ROOT

HUB = """\
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any, Protocol, overload

from fastapi import Depends
from pydantic import BaseModel

from app.signalr import Client, Hub, HubContext, SignalR, hub_context

class Event(BaseModel):
    number: int

class Watcher(Client, Protocol):
    async def happened(self, event: Event, at: datetime) -> None: ...
    async def agree(self, question: str) -> bool: ...
    @overload
    async def said(self, user: str, text: str, /) -> None: ...
    @overload
    async def said(self, text: str, /) -> None: ...
    async def said(self, *arguments: Any) -> None: ...

class Watch(Hub[Watcher]):
    async def use(self, event: Event, at: datetime, signalr: SignalR) -> None:
        context = signalr.context(Watch)
"""

RIGHT = """\
        await self.clients.all.happened(event, at)
        await self.clients.group("g").happened(event, at)
        await self.clients.others_in_group("g").said("Ada", "hello")
        await self.clients.users(["ada"]).said("hello")
        agreed: bool = await self.clients.caller.agree("Well?")
        await self.clients.caller.send("Anything", 1, agreed)
        number: int = await self.clients.caller.invoke("Number", result_type=int, timeout_s=1.0)
        anything = await self.clients.caller.invoke("Anything", number)
        print(anything)
        await context.clients.group_except("g", [self.context.connection_id]).happened(event, at)
        given: HubContext[Watcher] = context
        await given.groups.add(self.context.connection_id, "g")
        await self.watch(self.clients.all)

    async def watch(self, watcher: Watcher) -> None:
        await watcher.said("hello")

    async def count(self, uploads: AsyncIterator[Event]) -> AsyncIterator[int]:
        async for event in uploads:
            yield event.number

class Untyped(Hub):
    async def use(self) -> None:
        await self.clients.all.send("Anything", 1)

WatchContext = Annotated[HubContext[Watcher], Depends(hub_context(Watch))]

async def route(context: WatchContext, event: Event, at: datetime) -> None:
    await context.clients.all.happened(event, at)
"""

WRONG = """\
        await self.clients.all.happend(event, at)  # wrong
        await self.clients.all.happened(event)  # wrong
        await self.clients.all.happened(at, event)  # wrong
        await self.clients.all.happened(event, at, at)  # wrong
        await self.clients.group(7).happened(event, at)  # wrong
        await self.clients.others_in_group("g").said("Ada", 7)  # wrong
        await self.clients.caller.said(user="Ada", text="hello")  # wrong
        answer: str = await self.clients.caller.agree("Well?")  # wrong
        self.clients.all.happened(event, at)  # wrong: nobody awaits it
        await context.clients.caller.said("hello")  # wrong: outside of a call there is no caller
        await context.clients.all.happened("event", at)  # wrong
        untyped = signalr.context(Untyped)
        await untyped.clients.all.said("hello")  # wrong
        given: HubContext[Watcher] = untyped  # wrong

class Untyped(Hub): ...
class Unfit(Hub[str]): ...  # wrong: not a Client
"""
_ERROR = re.compile(r"^(?P<file>\w+\.py):(?P<line>\d+): error: (?P<text>.*)$", re.MULTILINE)


def mypy_errors(directory: Path, **modules: str) -> dict[tuple[str, int], str]:
    """What mypy says of the modules, by file and line; of several errors of a line, the last."""
    for name, text in modules.items():
        (directory / f"{name}.py").write_text(text)
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", str(ROOT / "pyproject.toml")]
    # The cache of the checkout spares it the analysis of everything that the modules import.
    command += ["--cache-dir", str(ROOT / ".mypy_cache"), *(f"{name}.py" for name in modules)]
    environment = {**os.environ, "MYPYPATH": str(ROOT)}
    finished = subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, check=False)
    assert finished.stderr == ""
    return {(match["file"], int(match["line"])): match["text"] for match in _ERROR.finditer(finished.stdout)}


def test_right_use_passes_and_each_wrong_use_is_found(tmp_path: Path) -> None:
    wrong = HUB + WRONG
    errors = mypy_errors(tmp_path, right=HUB + RIGHT, wrong=wrong)
    expected = {("wrong.py", number) for number, line in enumerate(wrong.splitlines(), 1) if "# wrong" in line}
    assert set(errors) == expected, errors
