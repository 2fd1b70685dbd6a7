"""Runs coroutines in place as far as they go without waiting; only those that wait get a task of their own.

A coroutine may ask for `asyncio.current_task()` in its first step (timeouts and cancel scopes do), so the first step
runs under the name of a parked worker task. If the coroutine waits, that task takes it over; if not, the task is kept
for the next coroutine. A task that something still refers to is not kept: it could cancel a stranger's coroutine.
"""

import asyncio
import contextvars
import sys
from asyncio.tasks import _enter_task, _leave_task  # asyncio's own hooks for eager execution
from collections.abc import Coroutine, Generator
from typing import Any

Work = Coroutine[Any, Any, None]

CANCELLATIONS = 3
"""How many times a coroutine that still runs at the end is cancelled, one second apart."""


class EagerRunner:
    """Starts coroutines of one event loop. A coroutine's own exception goes to the loop's exception handler.

    Each coroutine starts with the context variables that were set when the runner was made, not with its caller's.
    """

    __slots__ = ("_context", "_loop", "_running", "_spare")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._context = contextvars.copy_context()
        self._spare: _Worker | None = None
        self._running: set[asyncio.Task[None]] = set()

    def start(self, work: Work) -> None:
        """Runs `work` up to its first wait before returning; the rest follows in a task."""
        worker, self._spare = self._spare, None
        if worker is None or not worker.is_pristine():
            worker = _Worker(self._loop, self._context)
        try:
            waiting_for = worker.first_step(work)
        except StopIteration:
            self._keep(worker)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # noqa: BLE001 - the caller is a socket callback: it must not see it
            self._keep(worker)
            if not isinstance(error, asyncio.CancelledError):
                self._report(error)
        else:
            worker.take_over(work, waiting_for)
            self._running.add(worker.task)
            worker.task.add_done_callback(self._finished)

    async def aclose(self) -> None:
        """Cancels what still runs and waits for it. A coroutine that swallows `CANCELLATIONS` cancellations is left."""
        if self._spare is not None:
            self._spare.task.cancel()
            await asyncio.wait([self._spare.task])
            self._spare = None
        for _ in range(CANCELLATIONS):
            if not self._running:
                return
            for task in self._running:
                task.cancel()
            await asyncio.wait(set(self._running), timeout=1)

    def _keep(self, worker: "_Worker") -> None:
        if self._spare is None and worker.is_pristine():
            self._spare = worker
        else:
            worker.task.cancel()

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._report(error)

    def _report(self, error: BaseException) -> None:
        self._loop.call_exception_handler(
            {"message": "A coroutine started by the hub server failed", "exception": error}
        )


class _Worker:
    """A task that waits for a coroutine whose first step has already run under its name."""

    __slots__ = ("_context", "_is_known", "_loop", "_pristine", "_rest", "task")

    def __init__(self, loop: asyncio.AbstractEventLoop, context: contextvars.Context) -> None:
        self._loop = loop
        self._context = context.copy()
        self._pristine = context
        self._is_known = False
        self._rest = _Rest(loop.create_future())
        self.task: asyncio.Task[None] = loop.create_task(self._rest, context=self._context)

    def first_step(self, work: Work) -> Any:
        """Returns what the coroutine waits for; raises StopIteration when it is done, or its own exception."""
        references = sys.getrefcount(self.task)
        outer = asyncio.current_task(self._loop)
        if outer is not None:
            _leave_task(self._loop, outer)
        _enter_task(self._loop, self.task)
        try:
            return self._context.run(work.send, None)
        finally:
            _leave_task(self._loop, self.task)
            if outer is not None:
                _enter_task(self._loop, outer)
            self._is_known = sys.getrefcount(self.task) > references

    def take_over(self, work: Work, waiting_for: Any) -> None:
        """Has the task go on with `work`, which waits for `waiting_for`."""
        self._rest.take_over(work, waiting_for)

    def is_pristine(self) -> bool:
        """Returns whether the last coroutine left nothing behind.

        It set no context variable, was not cancelled, and nothing refers to the task.
        """
        return (
            not self._is_known
            and not self.task.done()
            and not self.task.cancelling()
            and self._context == self._pristine
        )


class _Rest(Coroutine[Any, Any, None]):
    """What a worker's task runs: nothing at first, and then the rest of a coroutine that it was given.

    Not a generator, because a cancellation must reach that coroutine even if the task has never run before.
    """

    __slots__ = ("_baton", "_resumed", "_waiting_for", "_work")

    def __init__(self, baton: "asyncio.Future[None]") -> None:
        self._baton = baton
        self._work: Work | None = None
        self._waiting_for: Any = None
        self._resumed = False

    def take_over(self, work: Work, waiting_for: Any) -> None:
        self._work = work
        self._waiting_for = waiting_for
        if not self._baton.done():
            self._baton.set_result(None)

    def send(self, value: Any) -> Any:
        if self._work is None:
            self._baton._asyncio_future_blocking = True  # noqa: SLF001 - what `await` does
            return self._baton
        if self._resumed:
            return self._work.send(value)
        self._resumed = True
        return self._waiting_for

    def throw(self, *error: Any) -> Any:
        if self._work is None:
            raise error[0]
        if not self._resumed:
            self._resumed = True
            # As `Task.cancel` does: what the coroutine waits for is cancelled, and the coroutine hears it from there.
            message = error[0].args[0] if isinstance(error[0], BaseException) and error[0].args else None
            if isinstance(self._waiting_for, asyncio.Future) and self._waiting_for.cancel(message):
                return self._waiting_for
        return self._work.throw(*error)

    def close(self) -> None:
        if self._work is not None:
            self._work.close()

    def __await__(self) -> Generator[Any, Any, None]:
        raise NotImplementedError("driven by a task only")
