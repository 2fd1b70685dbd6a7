"""Client results: the server asks, the client answers."""

from typing import Any

import pytest

from tests.matrix.scenarios.calls import AWKWARD, UNEXPECTED
from tests.matrix.scenarios.registry import scenario
from tests.matrix.stage import Stage
from tests.support.npm import ClientError


@scenario()
async def a_client_answers_the_server(stage: Stage) -> None:
    connection = await stage.connect(answers={"Count": {"result": [AWKWARD, 7]}})
    assert await connection.invoke("AskMe", "Count") == [AWKWARD, 7]
    assert await connection.next("Count") == [20, 3]


@scenario()
async def one_client_s_call_asks_another_client(stage: Stage) -> None:
    answering, asking = await stage.connect(answers={"Count": {"result": 23}}), await stage.connect()
    who: dict[str, Any] = await answering.invoke("WhoAmI")
    assert await asking.invoke("Ask", who["connectionId"], "Count") == 23


@scenario()
async def the_error_of_a_client_reaches_the_server(stage: Stage) -> None:
    text = stage.dialect.handler_error.format("out of paper")
    await _expect_error(stage, "AskMe", "Count", {"error": "out of paper"}, text)


@scenario()
async def a_client_without_a_handler_says_so(stage: Stage) -> None:
    await _expect_error(stage, "AskMe", "Missing", None, stage.dialect.no_handler)


@scenario()
async def an_answer_of_another_type_is_refused(stage: Stage) -> None:
    await _expect_error(
        stage, "AskForANumber", "Count", {"result": "many"}, "Error trying to deserialize result to int"
    )


@scenario()
async def a_connection_that_does_not_exist_cannot_be_asked(stage: Stage) -> None:
    connection = await stage.connect()
    with pytest.raises(ClientError, match=UNEXPECTED.format("Ask")):
        await connection.invoke("Ask", "nobody", "Count")


async def _expect_error(stage: Stage, method: str, target: str, answer: dict[str, Any] | None, text: str) -> None:
    connection = await stage.connect(answers={} if answer is None else {target: answer})
    with pytest.raises(ClientError) as raised:
        await connection.invoke(method, target)
    assert str(raised.value).startswith(UNEXPECTED.format(method) + f" HubException: {text}")
    assert await connection.invoke("Echo", "still here") == "still here"
