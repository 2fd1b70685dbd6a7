"""What runs at once, what follows, and under which task."""

import asyncio
import contextvars
from collections.abc import AsyncIterator
from typing import Any

import anyio
import pytest

from tests.signalr.eager.heard import Heard, Start
from tests.signalr.harness import idle

pytestmark = pytest.mark.anyio

name: contextvars.ContextVar[str] = contextvars.ContextVar("name", default="nobody")


async def test_a_coroutine_that_does_not_wait_is_done_at_once(start: Start) -> None:
    done = Heard()

    async def work(number: int) -> None:
        done.append(number)

    for number in range(5):
        start(work(number))
        assert done[-1] == number


async def test_one_that_waits_goes_on_later(start: Start) -> None:
    gate: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    heard = Heard()

    async def work() -> None:
        heard.append("before")
        heard.append(await gate)

    start(work())
    assert heard == ["before"]
    gate.set_result("after")
    await heard.holds(2)
    assert heard == ["before", "after"]


async def test_what_a_wait_raises_reaches_the_coroutine(start: Start, reports: Heard) -> None:
    gate: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    caught = Heard()

    async def work() -> None:
        try:
            await gate
        except ValueError as error:
            caught.append(error)
        await asyncio.sleep(0)
        caught.append(RuntimeError())

    start(work())
    gate.set_exception(ValueError("broken"))
    await caught.holds(2)
    assert str(caught[0]) == "broken"
    assert reports == []


async def test_the_current_task_stays_the_same(start: Start) -> None:
    seen = Heard()
    outside = asyncio.current_task()

    async def work() -> None:
        seen.append(asyncio.current_task())
        await asyncio.sleep(0)
        seen.append(asyncio.current_task())
        await asyncio.sleep(0.001)
        seen.append(asyncio.current_task())

    start(work())
    assert asyncio.current_task() is outside
    await seen.holds(3)
    assert seen[0] is not None
    assert seen[0] is not outside
    assert seen[0] is seen[1] is seen[2]


async def test_two_that_wait_have_tasks_of_their_own(start: Start) -> None:
    tasks: set[asyncio.Task[Any] | None] = set()
    gate = asyncio.Event()

    async def work() -> None:
        tasks.add(asyncio.current_task())
        await gate.wait()

    for _ in range(3):
        start(work())
    assert len(tasks) == 3
    gate.set()


async def test_task_groups_in_the_first_step(start: Start) -> None:
    outcome = Heard()

    async def child(text: str) -> None:
        await asyncio.sleep(0)
        outcome.append(text)

    async def work() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(child("asyncio"))
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(child, "anyio")
        outcome.append("both")

    start(work())
    await outcome.holds(3)
    assert outcome == ["asyncio", "anyio", "both"]


async def test_threads_in_the_first_step(start: Start) -> None:
    outcome = Heard()

    async def work() -> None:
        outcome.append(await anyio.to_thread.run_sync(lambda: "from a thread"))

    start(work())
    await outcome.holds(1)


async def test_context_variables_do_not_leak(start: Start) -> None:
    seen = Heard()

    async def work(waits: bool) -> None:
        seen.append(name.get())
        name.set("somebody")
        if waits:
            await asyncio.sleep(0)
            seen.append(name.get())

    start(work(waits=False))
    start(work(waits=True))
    start(work(waits=False))
    assert name.get() == "nobody"
    await seen.holds(4)
    assert seen == ["nobody", "nobody", "nobody", "somebody"]


async def test_exceptions_are_reported(start: Start, reports: Heard) -> None:
    async def work(waits: bool) -> None:
        if waits:
            await asyncio.sleep(0)
        raise ValueError("late" if waits else "at once")

    start(work(waits=False))
    assert [str(report["exception"]) for report in reports] == ["at once"]
    start(work(waits=True))
    await reports.holds(2)
    assert str(reports[1]["exception"]) == "late"


async def test_an_exception_harms_nobody_else(start: Start, reports: Heard) -> None:
    done = Heard()

    async def fails() -> None:
        raise ValueError

    async def works() -> None:
        done.append(1)

    for _ in range(3):
        start(fails())
        start(works())
    assert done == [1, 1, 1]
    assert len(reports) == 3


async def test_one_starts_another_in_place(start: Start) -> None:
    order = Heard()

    async def inner() -> None:
        order.append("inner")
        order.append(asyncio.current_task())
        await asyncio.sleep(0)
        order.append("inner, later")

    async def outer() -> None:
        mine = asyncio.current_task()
        start(inner())
        order.append("outer")
        assert asyncio.current_task() is mine
        assert order[1] is not mine
        await asyncio.sleep(0)
        assert asyncio.current_task() is mine
        order.append("outer, later")

    start(outer())
    assert [item for item in order if isinstance(item, str)] == ["inner", "outer"]
    await order.holds(5)


async def test_generators_are_closed_in_the_same_task(start: Start) -> None:
    tasks = Heard()

    async def numbers() -> AsyncIterator[int]:
        try:
            yield 1
            await asyncio.sleep(0)
            yield 2
        finally:
            tasks.append(asyncio.current_task())

    async def work() -> None:
        tasks.append(asyncio.current_task())
        async for _ in numbers():
            pass

    start(work())
    await tasks.holds(2)
    assert tasks[0] is tasks[1]


async def test_a_task_that_somebody_has_kept_is_nobody_elses(start: Start) -> None:
    """Else what its first owner does with it, long after its own end, would hit a stranger."""
    kept: list[asyncio.Task[None] | None] = []
    heard: list[str] = []

    async def keep() -> None:
        kept.append(asyncio.current_task())

    async def stranger() -> None:
        assert asyncio.current_task() is not kept[0]
        await asyncio.sleep(0)
        heard.append("done")

    start(keep())
    assert kept[0] is not None
    kept[0].cancel()
    start(stranger())
    await idle()
    assert heard == ["done"]


async def test_whoever_starts_does_not_hand_its_variables_on(start: Start) -> None:
    variable = contextvars.ContextVar[str | None]("variable", default=None)
    seen: list[str | None] = []

    async def look() -> None:
        seen.append(variable.get())

    async def request() -> None:
        variable.set("of a request")
        start(look())

    async def nesting() -> None:
        variable.set("of another call")
        start(look())

    start(nesting())
    await asyncio.create_task(request())
    start(look())
    assert seen == [None] * 3
