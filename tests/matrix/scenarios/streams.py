"""Streams from the server."""

import asyncio

from tests.matrix.clients import Feature
from tests.matrix.scenarios.registry import scenario
from tests.matrix.stage import Stage

BROKEN = "An error occurred on the server while streaming results."


@scenario()
async def a_stream_is_read_to_its_end(stage: Stage) -> None:
    connection = await stage.connect()
    assert await connection.stream("Count", 10) == (list(range(10)), None)


@scenario()
async def a_stream_may_be_empty(stage: Stage) -> None:
    connection = await stage.connect()
    assert await connection.stream("Count", 0) == ([], None)


@scenario()
async def a_long_stream_loses_nothing(stage: Stage) -> None:
    connection = await stage.connect()
    assert await connection.stream("Count", 1000) == (list(range(1000)), None)


@scenario()
async def items_come_before_the_hub_error_that_ends_a_stream(stage: Stage) -> None:
    connection = await stage.connect()
    assert await connection.stream("CountAndRefuse", 3) == ([0, 1, 2], f"{BROKEN} HubException: no more")


@scenario()
async def other_errors_of_a_stream_stay_on_the_server(stage: Stage) -> None:
    connection = await stage.connect()
    assert await connection.stream("CountAndFail", 3) == ([0, 1, 2], BROKEN)


@scenario()
async def a_method_that_streams_nothing_cannot_be_streamed(stage: Stage) -> None:
    connection = await stage.connect()
    text = "The client attempted to invoke the non-streaming 'Add' method with a streaming invocation."
    assert await connection.stream("Add", 2, 3) == ([], text)
    assert await connection.stream("Missing") == (
        [],
        "Failed to invoke 'Missing' due to an error on the server. HubException: Method does not exist.",
    )


@scenario(Feature.CANCEL)
async def a_cancelled_stream_stops_its_generator(stage: Stage) -> None:
    connection = await stage.connect()
    assert await connection.stream("CountForEver", take=3) == ([0, 1, 2], None)
    assert await connection.next("Stopped") == []
    assert await connection.invoke("Echo", "still here") == "still here"


@scenario()
async def calls_and_streams_run_beside_a_stream(stage: Stage) -> None:
    connection = await stage.connect()
    async with asyncio.TaskGroup() as group:
        slow = group.create_task(connection.stream("CountSlowly", 8, 0.01))
        quick = group.create_task(connection.stream("Count", 5))
        call = group.create_task(connection.invoke("Echo", "meanwhile"))
    assert slow.result().items == list(range(8))
    assert quick.result().items == list(range(5))
    assert call.result() == "meanwhile"
