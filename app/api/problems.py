"""Problem details (RFC 9457): the one shape of every error that a route answers."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Scope

from app.api.camel_model import CamelModel
from app.api.middleware.request_id import request_id_of
from app.db.errors import DatabaseUnavailable

_log = structlog.stdlib.get_logger("app.api")

MEDIA_TYPE = "application/problem+json"
# Slug and title by status; the titles of http.HTTPStatus differ between Python versions.
_KINDS = {
    400: ("bad-request", "Bad Request"),
    401: ("unauthorized", "Unauthorized"),
    403: ("forbidden", "Forbidden"),
    404: ("not-found", "Not Found"),
    405: ("method-not-allowed", "Method Not Allowed"),
    409: ("conflict", "Conflict"),
    412: ("precondition-failed", "Precondition Failed"),
    413: ("too-large", "Content Too Large"),
    415: ("unsupported-media-type", "Unsupported Media Type"),
    422: ("invalid", "Unprocessable Content"),
    429: ("too-many-requests", "Too Many Requests"),
    500: ("internal-error", "Internal Server Error"),
    503: ("unavailable", "Service Unavailable"),
}
_OTHER = ("error", "Error")


class FieldError(CamelModel):
    """One value of the request that was refused."""

    field: str = Field(examples=["lines.0.quantity"])
    message: str = Field(examples=["Input should be greater than 0"])


class Problem(CamelModel):
    """Why the request was refused, and what is allowed. Some problems carry more members."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="Stable name of the kind of problem", examples=["/problems/not-found"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["There is no order 42, or it is not yours."])
    request_id: str = Field(description="Quote it when you report the problem")
    errors: list[FieldError] | None = Field(default=None, description="With 422: what is wrong where")


class ProblemError(HTTPException):
    """An error that is answered as a problem.

    ``slug`` is the stable last part of ``type``; without one it is the status code's. ``members`` are added
    to the body as they are, so their names are camelCase.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        slug: str | None = None,
        title: str | None = None,
        members: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, detail, headers)
        usual_slug, usual_title = _KINDS.get(status, _OTHER)
        self.slug = slug or usual_slug
        self.title = title or usual_title
        self.members = members or {}


def problem_response(scope: Scope, error: ProblemError) -> Response:
    """The answer to the request of this scope."""
    body = {
        "type": f"/problems/{error.slug}",
        "title": error.title,
        "status": error.status_code,
        "detail": error.detail,
        "requestId": request_id_of(scope),
        **error.members,
    }
    return JSONResponse(body, error.status_code, error.headers, media_type=MEDIA_TYPE)


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route that may answer these problems, for its OpenAPI operation."""
    return {
        status: {
            "description": _KINDS[status][1],
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in statuses
    }


def install_problem_handlers(app: FastAPI) -> None:
    """Make the application answer every refusal with a problem."""
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(DatabaseUnavailable, _on_database_unavailable)


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - Starlette dispatches by type
    if isinstance(error, ProblemError):
        return problem_response(request.scope, error)
    problem = ProblemError(error.status_code, _told(request, error), headers=error.headers)
    return problem_response(request.scope, problem)


def _told(request: Request, error: HTTPException) -> str:
    """The detail of an error, in place of the bare phrase that the router gives as one."""
    if error.status_code == 404 and error.detail == HTTPStatus.NOT_FOUND.phrase:
        return f"There is nothing at {request.url.path}; /docs lists what there is."
    if error.status_code == 405 and (allowed := (error.headers or {}).get("Allow")):
        return f"{request.method} is not possible here; allowed: {allowed}."
    return error.detail


async def _on_invalid_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - Starlette dispatches by type
    return problem_response(request.scope, _invalid(request, error))


def _invalid(request: Request, error: RequestValidationError) -> ProblemError:
    details = error.errors()
    if malformed := next((item for item in details if item["type"] == "json_invalid"), None):
        where = f"{malformed['ctx']['error']} at character {malformed['loc'][-1]}"
        return ProblemError(400, f"The body is not JSON: {where}.", slug="malformed-json")
    if isinstance(error.body, bytes):  # the framework parses a body only if it is declared as JSON
        given = request.headers.get("content-type", "none")
        return ProblemError(415, f"Send the body with Content-Type: application/json; yours is {given}.")
    errors = [{"field": _field(item["loc"]), "message": item["msg"].removeprefix("Value error, ")} for item in details]
    named = "; ".join(f"{item['field']}: {item['message']}" for item in errors[:3])
    return ProblemError(422, f"The request is not valid. {named}", members={"errors": errors})


def _field(location: tuple[int | str, ...]) -> str:
    source, *path = location
    return ".".join(str(part) for part in path) or str(source)


async def _on_database_unavailable(request: Request, error: Exception) -> Response:
    _log.warning("database unavailable", reason=str(error))
    detail = "The database cannot be reached now; nothing was changed. Try again."
    problem = ProblemError(503, detail, slug="database-unavailable", headers={"Retry-After": "1"})
    return problem_response(request.scope, problem)
