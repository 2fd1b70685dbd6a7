"""Refusals that several routes can make. OpenAPI shows the same words in its examples."""

import sys
from collections.abc import Iterable

from app.api.problems.problem import ProblemError

_MAX_LISTED = 50
_MAX_IN_DETAIL = 3


def unreadable_body() -> ProblemError:
    return ProblemError(400, "The body cannot be read: it is not UTF-8, or it is nested too deeply.")


def number_too_long() -> ProblemError:
    return ProblemError(400, f"The body has a number of more than {sys.get_int_max_str_digits()} digits.")


def malformed_json(reason: str, character: int) -> ProblemError:
    return ProblemError(400, f"The body is not JSON: {reason} at character {character}.", slug="malformed-json")


def sign_in_first() -> ProblemError:
    """For a request without a token. The challenge is that of RFC 6750 section 3, as in the next one."""
    return ProblemError(401, "Send a bearer token from POST /auth/token.", headers={"WWW-Authenticate": "Bearer"})


def token_not_accepted() -> ProblemError:
    headers = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
    return ProblemError(401, "The bearer token is invalid or has expired.", headers=headers)


def nothing_at(path: str) -> ProblemError:
    return ProblemError(404, f"There is nothing at {path}; /docs lists what there is.")


def method_not_allowed(method: str, allowed: str) -> ProblemError:
    detail = f"{method} is not possible here; allowed: {allowed}."
    return ProblemError(405, detail, headers={"Allow": allowed})


def body_too_large(limit: int) -> ProblemError:
    """Closes the connection, because the rest of the body is not read."""
    detail = f"The body is too large; at most {limit} bytes are allowed."
    return ProblemError(413, detail, members={"limit": limit}, headers={"Connection": "close"})


def not_declared_as_json(content_type: str | None) -> ProblemError:
    given = f"yours is {content_type}" if content_type else "yours has none"
    return ProblemError(415, f"Send the body with Content-Type: application/json; {given}.")


def invalid(errors: Iterable[tuple[str, str]]) -> ProblemError:
    """Names the fields that were refused, each with what it must be. Lists 50 of them at most."""
    listed = [{"field": field, "message": message} for field, message in errors]
    named = "; ".join(f"{item['field']}: {item['message']}" for item in listed[:_MAX_IN_DETAIL])
    more = f"; and {len(listed) - _MAX_IN_DETAIL} more" if len(listed) > _MAX_IN_DETAIL else ""
    return ProblemError(422, f"The request is not valid. {named}{more}", members={"errors": listed[:_MAX_LISTED]})


def unexpected_error() -> ProblemError:
    return ProblemError(500, "Something went wrong here. The log has it under this requestId.")


def database_unavailable() -> ProblemError:
    detail = "The database cannot be reached now; nothing was changed. Try again."
    return ProblemError(503, detail, slug="database-unavailable", headers={"Retry-After": "1"})


def outcome_unknown() -> ProblemError:
    detail = "The database was lost during the change, which may or may not have been made. Read before you try again."
    # Not 503, because clients repeat by themselves what was answered with it.
    return ProblemError(500, detail, slug="outcome-unknown")


def page_not_built(page: str) -> ProblemError:
    detail = f"{page} has not been built: run `make build`. The API works without it; /openapi.json describes it."
    return ProblemError(503, detail, slug="page-not-built")
