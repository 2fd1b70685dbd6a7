"""What each route of orders may answer, for its OpenAPI operation, with examples in the service's own words."""

from dataclasses import dataclass
from typing import Any

from app.api.orders.cursor import cursor_invalid
from app.api.orders.preconditions import malformed_entity_tag
from app.api.orders.problems import problem_of
from app.api.problems import ProblemError, Responses, problem_responses
from app.api.problems.refusals import (
    body_too_large,
    database_unavailable,
    invalid,
    malformed_json,
    not_declared_as_json,
    outcome_unknown,
    sign_in_first,
    token_not_accepted,
)
from app.auth.principal import Principal, Role
from app.config.settings import Settings
from app.orders.errors import (
    AlreadyDeliveredError,
    ForbiddenActionError,
    IllegalActionError,
    OrderNotFoundError,
    QuantityExceededError,
    ReferenceTakenError,
    StaleVersionError,
    UnknownCustomerError,
    UnknownPartError,
)
from app.orders.lifecycle import OrderAction, OrderStatus, Totals, actions_of, decide

_BODY_LIMIT = Settings.model_fields["max_body_bytes"].default
_ADA = Principal("ada", Role.CUSTOMER, "Ada Berg", 0)
_SAM = Principal("sam", Role.STAFF, "Sam Keller", 0)


@dataclass(frozen=True, slots=True)
class _Order:
    """An order to take examples from: what the life cycle says about it."""

    status: OrderStatus
    totals: Totals
    customer_id: str = "ada"


_NEW = _Order(OrderStatus.PENDING, Totals(ordered=3, cancelled=0, shipped=0, delivered=0, returned=0))
_LEAVING = _Order(OrderStatus.PROCESSING, Totals(ordered=3, cancelled=0, shipped=0, delivered=0, returned=0))
_ARRIVED = _Order(OrderStatus.DELIVERED, Totals(ordered=3, cancelled=0, shipped=3, delivered=3, returned=0))


def _header(description: str, example: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string", "examples": [example]}}


def _not_a_number(value: str) -> ProblemError:
    return invalid([(value, "must be a whole number")])


def _forbidden(action: OrderAction, order: _Order) -> ProblemError:
    return problem_of(ForbiddenActionError(decide(_ADA, order, action).reason))


def _illegal(action: OrderAction, order: _Order, principal: Principal = _SAM) -> ProblemError:
    reason = decide(principal, order, action).reason
    return problem_of(IllegalActionError(reason, order.status, actions_of(principal, order).allowed))


_ETAG = {"ETag": _header("The order's version", '"3"')}
_LOCATION = {"Location": _header("Where the order is", "/orders/42")}
_NOT_FOUND = problem_of(OrderNotFoundError(42))
_BODY = (
    malformed_json("Expecting value", 11),
    not_declared_as_json("application/x-www-form-urlencoded"),
    body_too_large(_BODY_LIMIT),
)
_BY_LINE = (problem_of(QuantityExceededError(77, 3, 1)), problem_of(UnknownPartError("line", 99, [77, 78])))
_BY_PARCEL = (problem_of(AlreadyDeliveredError(55)), problem_of(UnknownPartError("shipment", 99, [55, 56])))


def _changing(*refusals: ProblemError) -> Responses:
    """What every change of an order may be refused as, and these."""
    return {
        200: {"headers": _ETAG},
        **problem_responses(
            malformed_entity_tag("If-Match"),
            _NOT_FOUND,
            problem_of(StaleVersionError(4)),
            outcome_unknown(),
            database_unavailable(),
            *refusals,
        ),
    }


ALWAYS: Responses = problem_responses(sign_in_first(), token_not_accepted(), database_unavailable())
LISTED: Responses = problem_responses(
    cursor_invalid("This is not a cursor of this list."), invalid([("limit", "must be at most 200")])
)
READ: Responses = {
    200: {"headers": _ETAG},
    304: {"description": "Not modified since the version of If-None-Match", "headers": _ETAG},
    **problem_responses(malformed_entity_tag("If-None-Match"), _NOT_FOUND, _not_a_number("orderId")),
}
TIMELINE: Responses = problem_responses(_NOT_FOUND, _not_a_number("orderId"))
PLACED: Responses = {
    201: {"headers": _ETAG | _LOCATION},
    **problem_responses(
        *_BODY,
        problem_of(ForbiddenActionError("Only staff can place an order.")),
        problem_of(ReferenceTakenError("SHOP-20488", 42)),
        invalid([("lines.0.sku", "is missing"), ("lines.0.quantity", "must be at least 1")]),
        problem_of(UnknownCustomerError("ada")),
        outcome_unknown(),
        database_unavailable(),
    ),
}
CONFIRMED: Responses = _changing(
    _forbidden(OrderAction.CONFIRM, _NEW),
    _illegal(OrderAction.CONFIRM, _LEAVING),
    _not_a_number("orderId"),
    *_BODY,
)
SHIPPED: Responses = _changing(
    _forbidden(OrderAction.SHIP, _NEW),
    _illegal(OrderAction.SHIP, _ARRIVED),
    _not_a_number("lines.0.quantity"),
    *_BODY,
    *_BY_LINE,
)
DELIVERED: Responses = _changing(
    _forbidden(OrderAction.DELIVER, _NEW),
    _illegal(OrderAction.DELIVER, _NEW),
    _not_a_number("shipmentIds.0"),
    *_BODY,
    *_BY_PARCEL,
)
CANCELLED: Responses = _changing(
    _illegal(OrderAction.CANCEL, _ARRIVED),
    _illegal(OrderAction.CANCEL, _LEAVING, _ADA),
    invalid([("carrier", "is not a known field")]),
    *_BODY,
    *_BY_LINE,
)
