"""Calls: results, errors, order, size."""

import asyncio
import base64
import contextlib
from typing import Any
from uuid import uuid4

import pytest

from app.signalr import TransportType
from tests.matrix.application import LARGEST
from tests.matrix.rows import Protocol, Row
from tests.matrix.scenarios.registry import scenario
from tests.matrix.stage import Stage
from tests.support.npm import ClientError

AWKWARD = 'Grüße, 世界 👋🏽 \u2028 "quoted" \\ \x1e\x00\t</script> e\u0301'
VALUES: list[Any] = [None, True, 0, -1, 2**53 - 1, 1.5, "", "text", [], [1, [2, None]], {}, {"a": {"b": [False]}}]

UNEXPECTED = "An unexpected error occurred invoking '{}' on the server."
FAILED = "Failed to invoke '{}' due to an error on the server."


@scenario()
async def a_result_comes_back(stage: Stage) -> None:
    connection = await stage.connect()
    assert await connection.invoke("Add", 2, 3) == 5


@scenario()
async def a_method_without_a_result_is_awaited(stage: Stage) -> None:
    connection = await stage.connect()
    assert await connection.invoke("Nothing") is None


@scenario()
async def method_names_ignore_case(stage: Stage) -> None:
    connection = await stage.connect()
    assert await connection.invoke("eCHO", "x") == "x"


@scenario()
async def values_come_back_as_they_went(stage: Stage) -> None:
    connection = await stage.connect()
    assert [await connection.invoke("Echo", value) for value in VALUES] == VALUES


@scenario()
async def bytes_come_back(stage: Stage) -> None:
    """MessagePack has a type for them, JSON has base64."""
    connection = await stage.connect()
    data = bytes(range(256))
    if stage.row.protocol == Protocol.MESSAGE_PACK:
        assert await connection.invoke("Backwards", data) == data[::-1]
    else:
        answer = await connection.invoke("Backwards", base64.b64encode(data).decode())
        assert base64.b64decode(answer) == data[::-1]


@scenario()
async def awkward_text_comes_back(stage: Stage) -> None:
    connection = await stage.connect()
    assert await connection.invoke("Echo", AWKWARD) == AWKWARD
    await connection.invoke("TellAll", AWKWARD)
    assert await connection.next("Message") == [AWKWARD]


@scenario()
async def a_large_message_goes_and_comes(stage: Stage) -> None:
    connection = await stage.connect()
    text = "".join(f"{number:09} " for number in range(stage.client.largest // 10))
    assert await connection.invoke("Echo", text) == text


@scenario()
async def a_message_beyond_the_limit_ends_the_connection(stage: Stage) -> None:
    connection = await stage.connect()
    with contextlib.suppress(ClientError):  # a stateful client waits for an acknowledgement, which never comes
        await connection.send("Echo", "x" * LARGEST)
    assert await connection.next("close") == [stage.dialect.closed.format("Connection closed with an error.")]


@scenario()
async def the_text_of_a_hub_error_arrives(stage: Stage) -> None:
    text = UNEXPECTED.format("Refuse") + f" HubException: {AWKWARD}"
    await _expect_error(stage, text, "Refuse", AWKWARD)


@scenario()
async def other_errors_stay_on_the_server(stage: Stage) -> None:
    await _expect_error(stage, UNEXPECTED.format("Fail"), "Fail")


@scenario()
async def an_unknown_method_is_named(stage: Stage) -> None:
    text = FAILED.format("Missing") + " HubException: Method does not exist."
    await _expect_error(stage, text, "Missing")


@scenario()
async def arguments_of_another_type_are_refused(stage: Stage) -> None:
    await _expect_error(stage, FAILED.format("Add"), "Add", "two", 3)


@scenario()
async def too_few_arguments_are_refused(stage: Stage) -> None:
    await _expect_error(stage, FAILED.format("Add"), "Add", 2)


@scenario()
async def a_reserved_method_is_refused(stage: Stage) -> None:
    await _expect_error(stage, "Failed to invoke 'Reserved' because user is unauthorized", "Reserved")


async def _expect_error(stage: Stage, text: str, method: str, *args: Any) -> None:
    connection = await stage.connect()
    with pytest.raises(ClientError) as raised:
        await connection.invoke(method, *args)
    assert str(raised.value) == text
    assert await connection.invoke("Echo", "still here") == "still here"


@scenario()
async def calls_without_a_result_arrive_in_order(stage: Stage) -> None:
    connection = await stage.connect()
    for number in range(20):
        await connection.send("Note", number)
    assert await connection.invoke("Notes") == list(range(20))


@scenario()
async def each_of_many_calls_gets_its_own_result(stage: Stage) -> None:
    connection = await stage.connect()
    results = await asyncio.gather(*(connection.invoke("Add", number, 1000) for number in range(16)))
    assert results == [1000 + number for number in range(16)]


@scenario()
async def calls_run_beside_each_other_where_the_hub_allows_it(stage: Stage) -> None:
    connection = await stage.connect("/parallel")
    place = uuid4().hex
    results = await asyncio.gather(*(connection.invoke("Meet", place, 3) for _ in range(3)))
    assert sorted(results) == [1, 2, 3]


def _polls(row: Row) -> bool:
    return row.transport == TransportType.LONG_POLLING


@scenario(suits=_polls)
async def a_slow_result_outlives_polls(stage: Stage) -> None:
    """The path ends a poll that has nothing to tell after 50 ms."""
    connection = await stage.connect("/brisk")
    assert await connection.invoke("Later", 0.2) == "at last"
