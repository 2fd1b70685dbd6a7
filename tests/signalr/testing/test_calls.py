"""Calls in both directions: results, errors, handlers, client results, filters, pushes from outside."""

import asyncio
from typing import Any

import pytest

from app.signalr import ClientResultError, Hub, HubError, HubFilter, HubInvocation, Payload
from app.signalr.hub.filters import Next
from app.signalr.testing import HubCallError
from tests.signalr.testing.conftest import Serve

pytestmark = pytest.mark.anyio


class Line(Payload):
    line_id: int


class Desk(Hub):
    async def swap(self, line: Line, tags: list[str]) -> dict[str, Any]:
        return {"tags": tags[::-1], "line": line}

    async def nothing(self) -> None:
        pass

    async def refuse(self) -> None:
        raise HubError("sold out")

    async def fail(self) -> None:
        raise RuntimeError("a password")

    async def ask(self, question: str) -> str:
        try:
            answer: int = await self.clients.caller.invoke("Question", question, result_type=int, timeout_s=5)
        except ClientResultError as error:
            return f"no answer: {error}"
        return f"answer: {answer}"

    async def tell_twice(self, text: str) -> None:
        await self.clients.caller.send("Told", text, 1)
        await self.clients.caller.send("Told", text, 2)


async def test_a_result_comes_back_as_plain_values(serve: Serve, protocol: str) -> None:
    async with serve(Desk) as server, server.connect(Desk, protocol=protocol) as client:
        result = await client.invoke("Swap", Line(line_id=7), ["a", "b"])
        assert result == {"tags": ["b", "a"], "line": {"lineId": 7}}
        assert await client.invoke("nothing") is None


async def test_an_error_is_the_text_that_any_client_reads(serve: Serve, protocol: str) -> None:
    async with serve(Desk) as server, server.connect(Desk, protocol=protocol) as client:
        for target, text in (
            ("Refuse", "An unexpected error occurred invoking 'Refuse' on the server. HubException: sold out"),
            ("Fail", "An unexpected error occurred invoking 'Fail' on the server."),
            (
                "Missing",
                "Failed to invoke 'Missing' due to an error on the server. HubException: Method does not exist.",
            ),
        ):
            with pytest.raises(HubCallError) as error:
                await client.invoke(target)
            assert str(error.value) == text


async def test_calls_may_overlap(serve: Serve) -> None:
    async with serve(Desk) as server, server.connect(Desk) as client:
        client.send("TellTwice", "sent")
        calls = [client.invoke("TellTwice", text) for text in ("one", "two")]
        assert await asyncio.gather(*calls) == [None, None]
        received = [await client.receive("told") for _ in range(6)]
        assert received == [[text, number] for text in ("sent", "one", "two") for number in (1, 2)]


async def test_a_handler_takes_the_place_of_receive(serve: Serve, protocol: str) -> None:
    async with serve(Desk) as server, server.connect(Desk, protocol=protocol) as client:
        told: list[tuple[str, int]] = []
        client.on("TOLD", lambda text, number: told.append((text, number)))
        await client.invoke("TellTwice", "hello")
        assert told == [("hello", 1), ("hello", 2)]
        await client.assert_silent()


async def test_client_results_from_plain_and_asynchronous_handlers(serve: Serve, protocol: str) -> None:
    async def slowly(question: str) -> int:
        await asyncio.sleep(0)
        return 2 * len(question)

    async with serve(Desk) as server, server.connect(Desk, protocol=protocol) as client:
        client.on("Question", len)
        assert await client.invoke("Ask", "how many?") == "answer: 9"
        client.on("Question", slowly)
        assert await client.invoke("Ask", "how many?") == "answer: 18"


async def test_a_client_result_that_fails_is_the_servers_to_read(serve: Serve, protocol: str) -> None:
    def refuse(question: str) -> int:
        raise ValueError(f"{question}? no idea")

    async with serve(Desk) as server, server.connect(Desk, protocol=protocol) as client:
        assert await client.invoke("Ask", "why") == "no answer: Client didn't provide a result."
        assert await client.receive("Question") == ["why"]
        client.on("Question", refuse)
        assert await client.invoke("Ask", "why") == "no answer: why? no idea"
        client.on("Question", lambda _: object())
        assert "object" in await client.invoke("Ask", "why")
        client.on("Question", str)
        assert (await client.invoke("Ask", "why")).startswith("no answer: Error trying to deserialize result to int.")


async def test_a_handler_that_breaks_fails_the_test(serve: Serve) -> None:
    def break_down(text: str, number: int) -> None:
        raise ZeroDivisionError(f"{text} {number}")

    async with serve(Desk) as server:
        connecting = server.connect(Desk)
        client = await connecting.__aenter__()
        client.on("Told", break_down)
        await client.invoke("TellTwice", "hello")
        with pytest.raises(ExceptionGroup, match="handlers of the test client") as group:
            await connecting.__aexit__(None, None, None)
    assert [str(error) for error in group.value.exceptions] == ["hello 1", "hello 2"]


async def test_what_cannot_be_written_is_never_sent(serve: Serve, protocol: str) -> None:
    async with serve(Desk) as server, server.connect(Desk, protocol=protocol) as client:
        with pytest.raises(TypeError, match="object"):
            await client.invoke("Nothing", object())
        assert await client.invoke("Nothing") is None


async def test_assert_silent_tells_what_came(serve: Serve) -> None:
    async with serve(Desk) as server, server.connect(Desk) as client:
        await client.assert_silent()
        client.send("TellTwice", "hello")
        await client.assert_silent("Other")
        with pytest.raises(AssertionError, match=r"told: \['hello', 1\], told: \['hello', 2\]"):
            await client.assert_silent()
        await client.assert_silent("Told")


async def test_a_push_from_outside(serve: Serve, protocol: str) -> None:
    async with serve(Desk) as server, server.connect(Desk, protocol=protocol) as client:
        context = server.context(Desk)
        await context.groups.add(client.connection_id, "night shift")
        await context.clients.group("night shift").send("Told", Line(line_id=3))
        (line,) = await client.receive("Told")
        assert line["lineId"] == 3


async def test_filters_see_and_change_what_passes(serve: Serve) -> None:
    class Shout(HubFilter):
        async def invoke_method(self, invocation: HubInvocation, following: Next) -> Any:
            invocation.arguments[0] = invocation.arguments[0].upper()
            if invocation.arguments[0] == "STOP":
                raise HubError("stopped by a filter")
            await following()
            return "filtered"

    async with serve(Desk, filters=[Shout()]) as server, server.connect(Desk) as client:
        assert await client.invoke("TellTwice", "hello") == "filtered"
        assert await client.receive("Told") == ["HELLO", 1]
        with pytest.raises(HubCallError, match="stopped by a filter"):
            await client.invoke("TellTwice", "stop")
