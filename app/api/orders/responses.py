"""What the routes may answer, for their OpenAPI operations."""

from typing import Any

from app.api.orders.problems import WORDINGS
from app.api.problems import problem_responses
from app.orders import errors
from app.orders.errors import OrderError

Responses = dict[int | str, dict[str, Any]]


def refusals(*refused_as: type[OrderError]) -> Responses:
    """The problems that these refusals become: per status, what each of its types means."""
    responses = problem_responses(*(WORDINGS[error].status for error in refused_as))
    for status, response in responses.items():
        meant = [error for error in refused_as if WORDINGS[error].status == status]
        response["description"] = " ".join(f"`{WORDINGS[error].slug}`: {error.__doc__}" for error in meant)
    return responses


def _header(description: str, example: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string", "examples": [example]}}


_ETAG = {"ETag": _header("The order's version", '"3"')}
_LOCATION = {"Location": _header("Where the order is", "/orders/42")}
_CHANGING = (
    errors.OrderNotFoundError,
    errors.ForbiddenActionError,
    errors.StaleVersionError,
    errors.IllegalActionError,
)

ALWAYS: Responses = problem_responses(401, 422, 503)
LISTED: Responses = problem_responses(400)
READ: Responses = {
    200: {"headers": _ETAG},
    304: {"description": "Not modified since the version of If-None-Match", "headers": _ETAG},
    **problem_responses(400),
    **refusals(errors.OrderNotFoundError),
}
TIMELINE: Responses = refusals(errors.OrderNotFoundError)
PLACED: Responses = {
    201: {"headers": _ETAG | _LOCATION},
    **problem_responses(400, 413),
    **refusals(errors.ForbiddenActionError, errors.ReferenceTakenError, errors.UnknownCustomerError),
}
CHANGED: Responses = {200: {"headers": _ETAG}, **problem_responses(400, 413), **refusals(*_CHANGING)}
CHANGED_BY_LINE: Responses = {
    **CHANGED,
    **refusals(*_CHANGING, errors.QuantityExceededError, errors.UnknownPartError),
}
CHANGED_BY_PARCEL: Responses = {
    **CHANGED,
    **refusals(*_CHANGING, errors.AlreadyDeliveredError, errors.UnknownPartError),
}
