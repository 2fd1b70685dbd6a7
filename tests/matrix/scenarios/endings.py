"""How connections come to their end, and come back."""

import asyncio
from typing import Any

import pytest

from tests.matrix.clients import Feature
from tests.matrix.peer import Connection
from tests.matrix.scenarios.registry import scenario
from tests.matrix.stage import Stage
from tests.support.npm import ClientError

SOON_MS = [0, 20, 20, *[50] * 100]
"""Pauses between attempts to reconnect: enough for the slowest restart of a server."""


async def _observer(stage: Stage) -> Connection:
    observer = await stage.connect()
    await observer.invoke("Observe")
    return observer


async def _id(connection: Connection) -> str:
    who: dict[str, Any] = await connection.invoke("WhoAmI")
    identifier: str = who["connectionId"]
    return identifier


async def _error_of(identifier: str, observer: Connection) -> str | None:
    """What the hub heard when that connection left; those of an earlier scenario may still be leaving."""
    while True:
        left, error = await observer.next("Left")
        if left == identifier:
            return error  # type: ignore[no-any-return]  # from JSON


@scenario()
async def the_hub_hears_of_a_stop_at_once(stage: Stage) -> None:
    observer, connection = await _observer(stage), await stage.connect()
    identifier = await _id(connection)
    await connection.stop()
    assert await _error_of(identifier, observer) is None


@scenario(Feature.START_AGAIN)
async def a_stopped_connection_starts_again_as_a_new_one(stage: Stage) -> None:
    connection = await stage.connect()
    before = await _id(connection)
    await connection.stop()
    await connection.next("close")
    await connection.start_again()
    assert await _id(connection) != before


@scenario()
async def an_abort_ends_the_connection(stage: Stage) -> None:
    observer, connection = await _observer(stage), await stage.connect()
    identifier = await _id(connection)
    await connection.send("Abort")
    await connection.next("close")
    assert await _error_of(identifier, observer) is None


@scenario(Feature.RECONNECT, Feature.STAY_AWAY)
async def nobody_comes_back_after_an_abort(stage: Stage) -> None:
    connection = await stage.connect(delays_ms=SOON_MS)
    await connection.send("Abort")
    assert await connection.next("close") == [None]
    assert connection.count("reconnecting") == 0


@scenario()
async def a_hub_refuses_a_connection(stage: Stage) -> None:
    """The refusal follows the handshake, so a client may believe for a moment that it is in."""
    try:
        connection = await stage.connect("/refusing")
    except ClientError:
        return
    await connection.next("close")
    with pytest.raises(ClientError):
        await connection.invoke("Echo", "nobody is there")


@scenario(Feature.RECONNECT)
async def a_client_comes_back_after_a_restart(stage: Stage) -> None:
    connection = await stage.connect(delays_ms=SOON_MS)
    before = await _id(connection)
    await asyncio.to_thread(stage.server.restart)
    await connection.next("reconnecting")
    [identifier] = await connection.next("reconnected")
    after = await _id(connection)
    assert before != after
    assert identifier in (None, after)
    assert await connection.invoke("Echo", "here again") == "here again"
