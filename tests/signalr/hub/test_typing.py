"""What mypy makes of a hub's surroundings: decorators, lifecycle, hosting, inherited clients."""

import re
import subprocess
import sys
from pathlib import Path

from tests.support.paths import ROOT

PROGRAM = '''
from typing import Annotated, Protocol, assert_type

from fastapi import Depends, FastAPI

from app.signalr import Client, Hub, HubClients, HubContext
from app.signalr import add_signalr, authorize, hub_context, hub_method_name, map_hub


class Event:
    """What is announced."""


class OrderClient(Client, Protocol):
    async def order_shipped(self, event: Event) -> None: ...
    async def confirm(self, question: str) -> bool: ...


class StaffClient(OrderClient, Protocol):
    async def alarm(self, text: str) -> None: ...


class OrderHub(Hub[OrderClient]):
    async def announce(self, event: Event) -> None:
        await self.clients.all.order_shipped(event)
        await self.clients.group("g").send("Anything", 1, None)
        assert_type(await self.clients.caller.confirm("?"), bool)
        await self.groups.add(self.context.connection_id, "g")
        await self.clients.all.alarm("fire")  # E: attr-defined
        await self.clients.everybody.order_shipped(event)  # E: attr-defined
        await self.clients.all.send(7)  # E: arg-type

    @authorize
    async def guarded(self, number: int) -> str:
        return str(number)

    @authorize(roles=["staff"])
    @hub_method_name("Renamed")
    async def guarded_and_renamed(self, number: int) -> str:
        assert_type(await self.guarded(1), str)
        await self.guarded("1")  # E: arg-type
        return str(number)

    async def on_disconnected(self, exception: str) -> None:  # E: override
        pass


class StaffHub(Hub[StaffClient]):
    async def announce(self, event: Event) -> None:
        await self.clients.all.order_shipped(event)
        await self.clients.all.alarm("fire")


class PlainHub(Hub):
    async def announce(self) -> None:
        await self.clients.all.send("Anything")
        await self.clients.all.order_shipped(Event())  # E: attr-defined


class NoClient(Protocol):
    async def order_shipped(self, event: Event) -> None: ...


class WrongHub(Hub[NoClient]):  # E: type-var
    pass


OrderHubContext = Annotated[HubContext[OrderClient], Depends(hub_context(OrderHub))]


async def route(hub: OrderHubContext) -> None:
    await hub.clients.user("u").order_shipped(Event())
    await hub.clients.caller.order_shipped(Event())  # E: attr-defined
    await hub.clients.all.alarm("fire")  # E: attr-defined


async def background(app: FastAPI) -> None:
    signalr = add_signalr(app)
    map_hub(app, "/orders", OrderHub)
    map_hub(app, "/event", Event)  # E: arg-type
    assert_type(signalr.context(OrderHub), HubContext[OrderClient])
    assert_type(signalr.context(StaffHub).clients, HubClients[StaffClient])
    await signalr.context(StaffHub).clients.all.alarm("fire")
    await signalr.context(PlainHub).clients.all.send("Anything")
'''


def test_mypy_finds_every_mistake_and_nothing_else(tmp_path: Path) -> None:
    program = tmp_path / "typed_hubs.py"
    program.write_text(PROGRAM)
    expected = {
        (number, code)
        for number, line in enumerate(PROGRAM.splitlines(), start=1)
        for code in re.findall(r"# E: ([\w-]+)", line)
    }
    command = [sys.executable, "-m", "mypy", "--no-error-summary", "--hide-error-context", str(program)]
    outcome = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert outcome.stderr == ""
    found = {
        (int(number), code)
        for number, code in re.findall(r"typed_hubs\.py:(\d+): error: .*\[([\w-]+)\]$", outcome.stdout, re.MULTILINE)
    }
    assert found == expected, outcome.stdout
