"""Pushes: to the caller, to all, to others, to groups, users and single connections, from hubs and from routes."""

from uuid import uuid4

from tests.matrix.application import token
from tests.matrix.peer import Connection
from tests.matrix.scenarios.registry import scenario
from tests.matrix.stage import Stage


@scenario()
async def the_caller_hears_every_argument(stage: Stage) -> None:
    first, second = await stage.connect(), await stage.connect()
    await first.invoke("TellCaller")
    assert await first.heard() == [["for the caller", 1, None]]
    assert await second.heard() == []


@scenario()
async def all_hear_a_broadcast(stage: Stage) -> None:
    first, second = await stage.connect(), await stage.connect()
    await first.invoke("TellAll", "to all")
    assert await first.heard() == await second.heard() == [["to all"]]


@scenario()
async def others_hear_what_the_caller_does_not(stage: Stage) -> None:
    first, second = await stage.connect(), await stage.connect()
    await first.invoke("TellOthers", "to others")
    assert await first.heard() == []
    assert await second.heard() == [["to others"]]


@scenario()
async def one_connection_hears_what_is_for_it(stage: Stage) -> None:
    first, second, third = await stage.connect(), await stage.connect(), await stage.connect()
    await first.invoke("TellClient", await _id(second), "to you")
    assert await second.heard() == [["to you"]]
    assert await first.heard() == await third.heard() == []


@scenario()
async def one_connection_is_left_out(stage: Stage) -> None:
    first, second = await stage.connect(), await stage.connect()
    await first.invoke("TellAllExcept", await _id(second), "to most")
    assert await first.heard() == [["to most"]]
    assert await second.heard() == []


@scenario()
async def members_hear_their_group(stage: Stage) -> None:
    first, second, third = await stage.connect(), await stage.connect(), await stage.connect()
    group = uuid4().hex
    await first.invoke("Join", group)
    await second.invoke("Join", group)
    await third.invoke("TellGroup", group, "to the group")
    assert await first.heard() == await second.heard() == [["to the group"]]
    assert await third.heard() == []
    await second.invoke("Leave", group)
    await third.invoke("TellGroup", group, "to the rest")
    assert await first.heard() == [["to the rest"]]
    assert await second.heard() == []


@scenario()
async def other_members_hear_what_the_caller_does_not(stage: Stage) -> None:
    first, second = await stage.connect(), await stage.connect()
    group = uuid4().hex
    await first.invoke("Join", group)
    await second.invoke("Join", group)
    await first.invoke("TellOthersInGroup", group, "to the others")
    assert await first.heard() == []
    assert await second.heard() == [["to the others"]]


@scenario()
async def every_connection_of_a_user_hears(stage: Stage) -> None:
    phone, laptop = await stage.connect(token=token("alice")), await stage.connect(token=token("alice"))
    bob, nobody = await stage.connect(token=token("bob")), await stage.connect()
    await nobody.invoke("TellUser", "alice", "to Alice")
    assert await phone.heard() == await laptop.heard() == [["to Alice"]]
    assert await bob.heard() == await nobody.heard() == []


@scenario()
async def a_route_pushes(stage: Stage) -> None:
    first, second = await stage.connect(), await stage.connect()
    await stage.announce("from a route")
    assert await first.heard() == await second.heard() == [["from a route"]]


@scenario()
async def many_pushes_arrive_in_order(stage: Stage) -> None:
    first, second = await stage.connect(), await stage.connect()
    for number in range(15):
        await first.send("TellOthers", str(number))
    await first.invoke("Nothing")
    assert await second.heard() == [[str(number)] for number in range(15)]


async def _id(connection: Connection) -> str:
    who: dict[str, str] = await connection.invoke("WhoAmI")
    return who["connectionId"]
