"""Probes: whether the process lives, and whether it can serve."""

import structlog
from fastapi import APIRouter, Request, Response, status
from pydantic import Field

from app.api.camel_model import CamelModel
from app.db.errors import DatabaseUnavailable
from app.db.schema_version import schema_state

router = APIRouter(prefix="/health", tags=["health"])
_log = structlog.stdlib.get_logger("app.health")
_OK = "ok"


class Live(CamelModel):
    """The process answers."""

    status: str = _OK


class Ready(CamelModel):
    """Whether requests can be served: every check is `ok`, or says what is wrong and how to fix it."""

    status: str = Field(examples=["ok", "unavailable"])
    checks: dict[str, str] = Field(examples=[{"database": "ok", "schema": "ok"}])


@router.get("/live", operation_id="getLiveness", summary="Is the process alive?")
async def live() -> Live:
    """Always 200 while the process can answer; restart it when this fails."""
    return Live()


@router.get(
    "/ready",
    operation_id="getReadiness",
    summary="Can it serve requests?",
    responses={503: {"model": Ready, "description": "Send no requests here now"}},
)
async def ready(request: Request, response: Response) -> Ready:
    """200 when the database answers and has the schema of this version, otherwise 503 with the reasons."""
    checks = await _checks(request)
    if any(result != _OK for result in checks.values()):
        response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
        return Ready(status="unavailable", checks=checks)
    return Ready(status=_OK, checks=checks)


async def _checks(request: Request) -> dict[str, str]:
    try:
        state = await schema_state(request.app.state.database)
    except DatabaseUnavailable as error:
        # The driver's words name hosts and accounts, which are for the log alone.
        _log.warning("database unavailable", reason=str(error))
        return {"database": "unavailable: the log says why", "schema": "unknown: there is no database"}
    return {"database": _OK, "schema": state.flaw or _OK}
