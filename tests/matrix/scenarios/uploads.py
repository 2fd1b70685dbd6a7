"""Streams from the client, alone, several at once, and beside a stream from the server."""

from tests.matrix.clients import Feature
from tests.matrix.peer import Upload
from tests.matrix.scenarios.registry import scenario
from tests.matrix.stage import Stage


@scenario(Feature.UPLOAD_RESULT)
async def an_upload_has_a_result(stage: Stage) -> None:
    connection = await stage.connect()
    items = [1, "two", [3], {"four": None}]
    assert await connection.invoke("Collect", Upload(items)) == items


@scenario(Feature.UPLOAD_RESULT)
async def an_upload_may_be_empty(stage: Stage) -> None:
    connection = await stage.connect()
    assert await connection.invoke("Collect", Upload([])) == []


@scenario(Feature.UPLOAD_WITHOUT_RESULT)
async def an_upload_needs_no_result(stage: Stage) -> None:
    connection = await stage.connect()
    await connection.send("Collect", Upload(list(range(20))))
    assert await connection.next("Collected") == [list(range(20))]


@scenario(Feature.UPLOAD_RESULT)
async def a_long_upload_waits_for_a_slow_reader(stage: Stage) -> None:
    connection = await stage.connect()
    assert await connection.invoke("CollectSlowly", Upload(list(range(60)))) == sum(range(60))
    assert await connection.invoke("Echo", "still here") == "still here"


@scenario(Feature.UPLOAD_RESULT, Feature.UPLOAD_ARGUMENT)
async def what_nobody_reads_of_an_upload_is_dropped(stage: Stage) -> None:
    connection = await stage.connect()
    assert await connection.invoke("Take", 2, Upload(list(range(30)))) == [0, 1]
    assert await connection.invoke("Echo", "still here") == "still here"


@scenario(Feature.UPLOAD_RESULT, Feature.UPLOAD_ERROR)
async def the_error_of_an_upload_reaches_its_reader(stage: Stage) -> None:
    connection = await stage.connect()
    assert await connection.invoke("ErrorOf", Upload([1, 2], error="the scanner broke")) == "the scanner broke"


@scenario(Feature.TWO_UPLOADS)
async def two_uploads_come_side_by_side(stage: Stage) -> None:
    connection = await stage.connect()
    left, right = Upload(["a", "c", "e"]), Upload(["b", "d", "f"])
    assert await connection.invoke("Interleave", left, 3, right) == ["a", "b", "c", "d", "e", "f"]


@scenario(Feature.UPLOAD_AND_STREAM)
async def an_upload_becomes_a_stream(stage: Stage) -> None:
    connection = await stage.connect()
    items = list(range(20))
    assert await connection.stream("Scale", 3, Upload(items)) == ([3 * item for item in items], None)
