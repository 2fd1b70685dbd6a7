"""`Depends` in hubs: the same rules as in routes, for as long as one invocation lasts."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI
from starlette.requests import HTTPConnection

from app.signalr import Hub, HubCallerContext, HubContext, HubDefinitionError, HubError, map_hub
from tests.signalr.harness import (
    HANDSHAKE,
    MemoryClient,
    binding_failure,
    completion,
    invocation_failure,
    serving,
    user,
)

pytestmark = pytest.mark.anyio


class Journal:
    """What dependencies did, in order."""

    def __init__(self) -> None:
        self.entries: list[str] = []


journal = Journal()


@pytest.fixture(autouse=True)
def _empty_journal() -> None:
    journal.entries.clear()


async def opened() -> AsyncIterator[str]:
    journal.entries.append("open")
    try:
        yield "resource"
    except HubError as error:
        journal.entries.append(f"saw {error}")
        raise
    finally:
        journal.entries.append("close")


def opened_in_a_thread(resource: Annotated[str, Depends(opened)]) -> Iterator[str]:
    journal.entries.append("open inner")
    yield f"inner {resource}"
    journal.entries.append("close inner")


class Clock:
    """A dependency that is a class with a dependency of its own."""

    def __init__(self, resource: Annotated[str, Depends(opened)]) -> None:
        self.resource = resource

    def now(self) -> str:
        return f"now by {self.resource}"


class Callable_:  # noqa: N801 - an object that can be called
    def __init__(self, text: str) -> None:
        self.text = text

    def __call__(self) -> str:
        return self.text


def plain() -> str:
    return "plain"


async def asynchronous() -> str:
    return "asynchronous"


async def whoami(context: HubCallerContext, http: HTTPConnection) -> str:
    return f"{context.user_identifier} of {http.query_params.get('tenant')} with {http.headers.get('x-kind')}"


@pytest.mark.parametrize(
    ("dependency", "expected"),
    [
        (plain, "plain"),
        (asynchronous, "asynchronous"),
        (opened, "resource"),
        (opened_in_a_thread, "inner resource"),
        (Callable_("object"), "object"),
        (lambda: "lambda", "lambda"),
    ],
)
async def test_kinds_of_dependencies(dependency: Callable[..., Any], expected: str) -> None:
    class Shop(Hub):
        async def annotated(self, number: int, value: Annotated[Any, Depends(dependency)]) -> str:
            return f"{number} {value}"

        async def default(self, number: int, value: Any = Depends(dependency)) -> str:  # noqa: B008 - FastAPI's older way
            return f"{number} {value}"

        async def first(self, value: Annotated[Any, Depends(dependency)], number: int) -> str:
            return f"{number} {value}"

    async with serving(Shop) as bench:
        client = await bench.connect()
        for target in ("Annotated", "Default", "First"):
            assert await client.invoke(target, 7) == completion(f"7 {expected}")


async def test_injected_parameters_are_not_counted() -> None:
    class Shop(Hub):
        async def buy(self, number: int, value: Annotated[str, Depends(plain)]) -> str:
            return f"{number} {value}"

    async with serving(Shop) as bench:
        client = await bench.connect()
        assert await client.invoke("Buy") == binding_failure("Buy")
        assert await client.invoke("Buy", 1, "mine") == binding_failure("Buy")
        assert await client.invoke("Buy", 1) == completion("1 plain")


async def test_a_class_is_its_own_dependency() -> None:
    class Shop(Hub):
        async def time(self, clock: Annotated[Clock, Depends()]) -> str:
            return clock.now()

    async with serving(Shop) as bench:
        assert await (await bench.connect()).invoke("Time") == completion("now by resource")
    assert journal.entries == ["open", "close"]


async def test_constructors_are_injected_for_every_call_and_for_the_lifecycle() -> None:
    class Shop(Hub):
        def __init__(self, clock: Annotated[Clock, Depends()], text: Annotated[str, Depends(plain)]) -> None:
            self.clock = clock
            self.text = text

        async def on_connected(self) -> None:
            journal.entries.append(f"connected {self.text}")

        async def on_disconnected(self, exception: BaseException | None) -> None:
            journal.entries.append(f"disconnected {self.clock.resource}")

        async def time(self) -> str:
            return f"{self.clock.now()}, {self.text}"

    async with serving(Shop) as bench:
        client = await bench.connect()
        assert await client.invoke("Time") == completion("now by resource, plain")
        client.send({"type": 7})
        await client.ended()
    assert journal.entries == [
        *("open", "connected plain", "close"),
        *("open", "close"),
        *("open", "disconnected resource", "close"),
    ]


async def test_generators_are_closed_after_the_invocation_innermost_first() -> None:
    class Shop(Hub):
        async def use(self, value: Annotated[str, Depends(opened_in_a_thread)]) -> str:
            journal.entries.append("used")
            return value

    async with serving(Shop) as bench:
        assert await (await bench.connect()).invoke("Use") == completion("inner resource")
    assert journal.entries == ["open", "open inner", "used", "close inner", "close"]


async def test_generators_see_the_error() -> None:
    class Shop(Hub):
        async def fail(self, value: Annotated[str, Depends(opened)]) -> None:
            raise HubError("sold out")

    async with serving(Shop) as bench:
        answer = await (await bench.connect()).invoke("Fail")
        assert answer == invocation_failure("Fail", "HubException: sold out")
    assert journal.entries == ["open", "saw sold out", "close"]


async def test_a_generator_that_fails_to_close_is_an_error_of_the_call() -> None:
    async def failing() -> AsyncIterator[str]:
        yield "value"
        raise HubError("not committed")

    class Shop(Hub):
        async def use(self, value: Annotated[str, Depends(failing)]) -> str:
            return value

    async with serving(Shop) as bench:
        client = await bench.connect()
        assert await client.invoke("Use") == invocation_failure("Use", "HubException: not committed")


async def test_a_dependency_that_refuses() -> None:
    async def refusing() -> str:
        raise HubError("not you")

    class Shop(Hub):
        async def use(self, value: Annotated[str, Depends(refusing)]) -> str:
            return value

    async with serving(Shop) as bench:
        assert await (await bench.connect()).invoke("Use") == invocation_failure("Use", "HubException: not you")


async def test_one_invocation_shares_its_dependencies() -> None:
    calls: list[int] = []

    async def counted() -> int:
        calls.append(1)
        return len(calls)

    async def again(number: Annotated[int, Depends(counted)]) -> int:
        return number

    class Shop(Hub):
        def __init__(self, number: Annotated[int, Depends(counted)]) -> None:
            self.number = number

        async def numbers(
            self,
            first: Annotated[int, Depends(counted)],
            second: Annotated[int, Depends(again)],
            fresh: Annotated[int, Depends(counted, use_cache=False)],
        ) -> list[int]:
            return [self.number, first, second, fresh]

    async with serving(Shop) as bench:
        client = bench.open()
        client.feed(HANDSHAKE)
        assert await client.receive() == {}
        calls.clear()
        assert await client.invoke("Numbers") == completion([1, 1, 1, 2])
        assert await client.invoke("Numbers") == completion([3, 3, 3, 4])


async def test_the_connection_itself() -> None:
    class Shop(Hub):
        async def who(
            self, context: HubCallerContext, connection: HTTPConnection, text: Annotated[str, Depends(whoami)]
        ) -> list[Any]:
            return [context.connection_id == self.context.connection_id, connection.query_params["tenant"], text]

    async with serving(Shop) as bench:
        client = await bench.connect(None, user("alice"), query="tenant=t1", headers={"X-Kind": "test"})
        assert await client.invoke("Who") == completion([True, "t1", "alice of t1 with test"])


async def test_overrides_are_the_application_s() -> None:
    async def substitute(context: HubCallerContext) -> str:
        return f"substitute for {context.user_identifier}"

    class Shop(Hub):
        def __init__(self, value: Annotated[str, Depends(opened)]) -> None:
            self.value = value

        async def use(self, value: Annotated[str, Depends(opened)], inner: Annotated[str, Depends(whoami)]) -> str:
            return f"{self.value}, {value}, {inner}"

    async with serving(Shop, overrides={opened: substitute, whoami: plain}) as bench:
        client = await bench.connect(None, user("bob"))
        assert await client.invoke("Use") == completion("substitute for bob, substitute for bob, plain")
        bench.app.dependency_overrides.clear()
        assert await client.invoke("Use") == completion("resource, resource, bob of None with None")


async def test_a_route_gets_the_context_of_a_hub() -> None:
    class Shop(Hub):
        async def hello(self) -> None: ...

    async with serving(Shop) as bench:
        client: MemoryClient = await bench.connect()
        context: HubContext = bench.signalr.context(Shop)
        await context.clients.all.send("Hello")
        assert (await client.receive())["target"] == "Hello"
        with pytest.raises(LookupError, match="map_hub"):
            bench.signalr.context(Hub)


def _unsupplied() -> type[Hub]:
    async def needs(text: str) -> str:
        return text

    class Wrong(Hub):
        async def method(self, value: Annotated[str, Depends(needs)]) -> None: ...

    return Wrong


def _unsupplied_below() -> type[Hub]:
    async def needs(text: str) -> str:
        return text

    async def between(value: Annotated[str, Depends(needs)]) -> str:
        return value

    class Wrong(Hub):
        def __init__(self, value: Annotated[str, Depends(between)]) -> None:
            self.value = value

    return Wrong


@pytest.mark.parametrize("define", [_unsupplied, _unsupplied_below])
def test_what_nobody_can_supply_is_refused_at_once(define: Callable[[], type[Hub]]) -> None:
    with pytest.raises(HubDefinitionError, match=r"Wrong.*needs.*'text'"):
        map_hub(FastAPI(), "/hub", define())


def test_a_constructor_that_nobody_can_call_is_refused_at_once() -> None:
    class Wrong(Hub):
        def __init__(self, text: str) -> None:
            self.text = text

    with pytest.raises(HubDefinitionError, match=r"Wrong.*'text'"):
        map_hub(FastAPI(), "/hub", Wrong)


async def test_a_dependency_may_have_defaults() -> None:
    async def limited(limit: int = 10) -> int:
        return limit

    class Shop(Hub):
        async def limit(self, value: Annotated[int, Depends(limited)]) -> int:
            return value

    async with serving(Shop) as bench:
        assert await (await bench.connect()).invoke("Limit") == completion(10)
