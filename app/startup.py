"""What happens between the start of the process and its first request, and after its last one."""

import asyncio
import sys
from collections.abc import AsyncIterator, Coroutine, MutableMapping
from contextlib import ExitStack, asynccontextmanager, nullcontext
from typing import Any

import structlog
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from app.api.docs.openapi import DescribedApi
from app.auth.accounts import has_admin
from app.config.settings import Settings
from app.db.database import Database
from app.db.errors import DatabaseUnavailable
from app.db.schema_version import SchemaMismatch, require_current_schema
from app.db.serving_lock import AlreadyServed, ServingLock
from app.hubs.orders import OrderHub
from app.workers.courier import Courier

HOW_TO_ADD_AN_ADMIN = "waybill user add USERNAME --role admin"

REFUSALS = (AlreadyServed, DatabaseUnavailable, SchemaMismatch)
"""Expected reasons not to start. Each is logged as one line, without a traceback."""

_log = structlog.stdlib.get_logger("app.startup")


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Checks the database, claims it, and runs the background work while the application serves."""
    settings: Settings = app.state.settings
    database: Database = app.state.database
    try:
        with await _claim(database, app.state.serving_lock, needs_admin=not settings.demo):
            courier = Courier(database, app.state.signalr.context(OrderHub), settings.courier_speed)
            async with _in_background(courier.run()) if settings.demo else nullcontext():
                yield
    finally:
        await database.dispose()


async def _claim(database: Database, lock: ServingLock, *, needs_admin: bool) -> ExitStack:
    """Returns a block that holds the lock of a database with the right schema, or raises one of `REFUSALS`.

    Logs a warning if the database needs an admin and has none.
    """
    with ExitStack() as claim:
        try:
            await require_current_schema(database)
            claim.enter_context(lock.held())
            if needs_admin and not await database.query(has_admin):
                _log.warning("no admin can sign in; add one: %s", HOW_TO_ADD_AN_ADMIN)
        except REFUSALS as refusal:
            _log.error("cannot start", reason=str(refusal))
            raise
        return claim.pop_all()


class Service(DescribedApi):
    """The application. A server that runs it shows an expected refusal to start as one line."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            send = _without_expected_tracebacks(send)
        await super().__call__(scope, receive, send)


def _without_expected_tracebacks(send: Send) -> Send:
    async def send_briefly(message: MutableMapping[str, Any]) -> None:
        # Starlette reports the failure while it handles the exception, with the traceback as the message.
        if message["type"] == "lifespan.startup.failed" and isinstance(sys.exc_info()[1], REFUSALS):
            message["message"] = ""
        await send(message)

    return send_briefly


@asynccontextmanager
async def _in_background(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Runs the work beside the server and cancels it in the end; a failure is logged and stops nothing else."""
    task = asyncio.create_task(work)
    task.add_done_callback(_log_failure)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


def _log_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("background work failed", exc_info=error)
