"""Answers every refusal of a route, and of the framework below it, with a problem."""

from http import HTTPStatus

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from app.api.problems import refusals
from app.api.problems.problem import ProblemError, problem_response
from app.api.problems.validation import problem_of_invalid_request
from app.db.errors import CommitOutcomeUnknown, DatabaseUnavailable

_log = structlog.stdlib.get_logger("app.api")
_UNREADABLE = "There was an error parsing the body"  # FastAPI's only word about it


def install_problem_handlers(app: FastAPI) -> None:
    """Makes the application answer every refusal with a problem."""
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(DatabaseUnavailable, _on_database_unavailable)
    app.add_exception_handler(CommitOutcomeUnknown, _on_outcome_unknown)


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - Starlette dispatches by type
    return problem_response(request.scope, error if isinstance(error, ProblemError) else _problem_of(request, error))


def _problem_of(request: Request, error: HTTPException) -> ProblemError:
    """Returns a problem with a detail of ours where the framework gives a bare phrase."""
    if error.status_code == 404 and error.detail == HTTPStatus.NOT_FOUND.phrase:
        return refusals.nothing_at(request.url.path)
    if error.status_code == 405 and (allowed := _allowed_methods(request, error)):
        return refusals.method_not_allowed(request.method, allowed)
    if error.status_code == 400 and error.detail == _UNREADABLE:
        # The parser's only plain ValueError is Python's refusal to read a number with thousands of digits.
        return refusals.number_too_long() if type(error.__cause__) is ValueError else refusals.unreadable_body()
    return ProblemError(error.status_code, error.detail, headers=error.headers)


def _allowed_methods(request: Request, error: HTTPException) -> str:
    """Returns the methods of all routes with this path. The error names those of the first route only.

    A mount of static files has no methods of its own, and its errors name the right ones.
    """
    scope = dict(request.scope)
    matching = (route for route in request.app.routes if route.matches(scope)[0] is not Match.NONE)
    methods = {method for route in matching for method in getattr(route, "methods", None) or ()}
    if not methods:
        return (error.headers or {}).get("Allow", "")
    return ", ".join(sorted(methods | {"HEAD"} if "GET" in methods else methods))


async def _on_invalid_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - Starlette dispatches by type
    problem = problem_of_invalid_request(error, request.headers.get("content-type"))
    return problem_response(request.scope, problem)


async def _on_database_unavailable(request: Request, error: Exception) -> Response:
    _log.warning("database unavailable", reason=str(error))
    return problem_response(request.scope, refusals.database_unavailable())


async def _on_outcome_unknown(request: Request, error: Exception) -> Response:
    _log.error("outcome of a commit unknown", reason=str(error))
    return problem_response(request.scope, refusals.outcome_unknown())
