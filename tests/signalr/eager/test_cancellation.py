"""Timeouts, cancel scopes, cancellation and the end of the runner."""

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from app.signalr.eager import EagerRunner
from tests.signalr.eager.heard import Heard, Start
from tests.signalr.harness import idle
from tests.signalr.memory_transport import GUARD

pytestmark = pytest.mark.anyio


async def asyncio_timeout(seconds: float) -> None:
    async with asyncio.timeout(seconds):
        await asyncio.sleep(GUARD)


async def anyio_timeout(seconds: float) -> None:
    with anyio.fail_after(seconds):
        await anyio.sleep(GUARD)


@pytest.mark.parametrize("seconds", [0, 0.001])
@pytest.mark.parametrize("limited", [asyncio_timeout, anyio_timeout])
async def test_timeouts_in_the_first_step(
    start: Start, limited: Callable[[float], Awaitable[None]], seconds: float
) -> None:
    outcome = Heard()

    async def work() -> None:
        try:
            await limited(seconds)
        except TimeoutError:
            outcome.append("too late")
        await asyncio.sleep(0)
        outcome.append("goes on")

    start(work())
    await outcome.holds(2)
    assert outcome == ["too late", "goes on"]


async def test_a_deadline_that_passes_before_the_first_wait(start: Start) -> None:
    outcome = Heard()

    async def work() -> None:
        with anyio.move_on_after(0.001) as scope:
            time.sleep(0.002)  # noqa: ASYNC251 - a first step that takes too long
            await anyio.sleep(GUARD)
        outcome.append(scope.cancelled_caught)

    start(work())
    await outcome.holds(1)
    assert outcome == [True]


async def test_a_timeout_that_is_not_reached(start: Start) -> None:
    outcome = Heard()

    async def work() -> None:
        async with asyncio.timeout(GUARD):
            await asyncio.sleep(0.001)
        outcome.append("in time")

    start(work())
    await outcome.holds(1)


async def test_a_cancel_scope_that_is_left_early(start: Start) -> None:
    outcome = Heard()

    async def work() -> None:
        with anyio.CancelScope() as scope:
            scope.cancel()
            await anyio.sleep(GUARD)
        outcome.append(scope.cancelled_caught)
        await anyio.lowlevel.checkpoint()
        outcome.append(True)

    start(work())
    await outcome.holds(2)
    assert outcome == [True, True]


async def test_one_cancels_itself_before_its_first_wait(start: Start, reports: Heard) -> None:
    outcome = Heard()

    async def work() -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        try:
            await asyncio.sleep(GUARD)
        except asyncio.CancelledError:
            outcome.append("cancelled")
            raise

    async def next_one() -> None:
        await asyncio.sleep(0)
        outcome.append("unharmed")

    start(work())
    start(next_one())
    await outcome.holds(2)
    assert sorted(outcome) == ["cancelled", "unharmed"]
    assert reports == []


async def test_one_cancels_itself_and_ends(start: Start, reports: Heard) -> None:
    async def work() -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()

    done = Heard()

    async def next_one() -> None:
        await asyncio.sleep(0)
        done.append(1)

    start(work())
    start(next_one())
    await done.holds(1)
    assert reports == []


@pytest.mark.parametrize("turns", [0, 1, 2])
async def test_one_is_cancelled_from_outside(start: Start, turns: int) -> None:
    tasks: list[asyncio.Task[Any]] = []
    outcome = Heard()

    async def work() -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.append(task)
        try:
            await asyncio.sleep(GUARD)
        except asyncio.CancelledError as error:
            outcome.append(error.args)  # cancel scopes know their own cancellations by the message
            raise
        finally:
            outcome.append("cleaned up")

    start(work())
    for _ in range(turns):
        await asyncio.sleep(0)
    tasks[0].cancel("because")
    await asyncio.wait(tasks, timeout=GUARD)
    assert outcome == [("because",), "cleaned up"]
    assert tasks[0].cancelled()


@pytest.mark.parametrize("turns", [0, 1, 2])
async def test_closing_cancels_what_still_runs(start: Start, runner: EagerRunner, turns: int) -> None:
    outcome = Heard()

    async def work() -> None:
        try:
            await asyncio.sleep(GUARD)
        except asyncio.CancelledError:
            await asyncio.sleep(0)
            outcome.append("cleaned up")
            raise

    start(work())
    start(work())
    for _ in range(turns):
        await asyncio.sleep(0)
    async with asyncio.timeout(GUARD):
        await runner.aclose()
    assert outcome == ["cleaned up", "cleaned up"]


async def test_closing_cancels_again_what_took_no_notice(runner: EagerRunner) -> None:
    outcome = Heard()

    async def work() -> None:
        try:
            await asyncio.sleep(GUARD * 10)
        except asyncio.CancelledError:
            outcome.append("took no notice")
        await asyncio.sleep(GUARD * 10)

    runner.start(work())
    await idle()
    async with asyncio.timeout(GUARD):
        await runner.aclose()
    assert outcome == ["took no notice"]


async def test_closing_waits_for_what_starts_meanwhile(runner: EagerRunner) -> None:
    outcome = Heard()

    async def goodbye() -> None:
        try:
            await asyncio.sleep(GUARD)
        finally:
            outcome.append("goodbye")

    async def work() -> None:
        try:
            await asyncio.sleep(GUARD)
        finally:
            runner.start(goodbye())

    runner.start(work())
    await idle()
    async with asyncio.timeout(GUARD):
        await runner.aclose()
    assert outcome == ["goodbye"]


async def test_nothing_stays_behind(runner: EagerRunner) -> None:
    before = asyncio.all_tasks()

    async def work(waits: bool) -> None:
        if waits:
            await asyncio.sleep(0)

    for _ in range(100):
        runner.start(work(waits=False))
        runner.start(work(waits=True))
    await idle()
    await runner.aclose()
    await idle()
    gc.collect()
    assert asyncio.all_tasks() == before
