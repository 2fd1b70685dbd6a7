"""Runs every test of this package on both loops, as the first coroutine of a runner and as a later one."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.signalr.eager import EagerRunner
from tests.signalr.eager.heard import Heard, Start
from tests.signalr.memory_transport import GUARD


@pytest.fixture(
    params=[pytest.param(("asyncio", {"use_uvloop": use}), id="uvloop" if use else "asyncio") for use in (False, True)]
)
def anyio_backend(request: pytest.FixtureRequest) -> object:
    """Both loops that the server runs on."""
    return request.param


@pytest.fixture
async def reports() -> AsyncIterator[Heard]:
    """What the loop's exception handler hears."""
    heard = Heard()
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()
    loop.set_exception_handler(lambda _, context: heard.append(context))
    yield heard
    loop.set_exception_handler(before)


@pytest.fixture
async def runner(reports: Heard) -> AsyncIterator[EagerRunner]:
    runner = EagerRunner(asyncio.get_running_loop())
    yield runner
    async with asyncio.timeout(GUARD):
        await runner.aclose()


@pytest.fixture(params=["first", "reused"])
def start(request: pytest.FixtureRequest, runner: EagerRunner) -> Start:
    """Starts a coroutine: as the first one of its runner, and in place of one that has already come and gone."""
    if request.param == "reused":
        runner.start(_nothing())
    return runner.start


async def _nothing() -> None:
    pass
