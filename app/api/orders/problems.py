"""How the domain's refusals are said over HTTP: one table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from app.api.etag import strong_etag
from app.api.problems import ProblemError, problem_response
from app.api.problems.kinds import KINDS
from app.orders import errors
from app.orders.errors import OrderError


@dataclass(frozen=True, slots=True)
class Wording:
    """The kind of problem that a refusal becomes, its members beyond the standard ones, and what to send instead."""

    slug: str
    members: Callable[[Any], Mapping[str, Any]] = lambda _: {}
    hint: str = ""

    @property
    def status(self) -> int:
        status = KINDS[self.slug].status
        if status is None:
            raise ValueError(f"the kind of problem {self.slug!r} has no status of its own")
        return status


def _illegal(error: errors.IllegalActionError) -> Mapping[str, Any]:
    return {"currentStatus": error.status, "allowedActions": list(error.allowed)}


def _stale(error: errors.StaleVersionError) -> Mapping[str, Any]:
    return {"currentETag": strong_etag(error.current)}


def _exceeded(error: errors.QuantityExceededError) -> Mapping[str, Any]:
    return {"lineId": error.line_id, "asked": error.asked, "open": error.open}


def _unknown_part(error: errors.UnknownPartError) -> Mapping[str, Any]:
    field = "lines" if error.kind == "line" else "shipmentIds"
    return {"errors": [{"field": field, "message": str(error)}], "known": list(error.known)}


def _unknown_customer(error: errors.UnknownCustomerError) -> Mapping[str, Any]:
    return {"errors": [{"field": "customerName", "message": f"is needed to create the customer {error.customer_id!r}"}]}


WORDINGS: Mapping[type[OrderError], Wording] = MappingProxyType(
    {
        errors.OrderNotFoundError: Wording("order-not-found"),
        errors.ForbiddenActionError: Wording("action-forbidden"),
        errors.StaleVersionError: Wording("version-mismatch", _stale),
        errors.IllegalActionError: Wording("invalid-transition", _illegal),
        errors.QuantityExceededError: Wording("quantity-exceeded", _exceeded),
        errors.AlreadyDeliveredError: Wording("already-delivered", lambda error: {"shipmentId": error.shipment_id}),
        errors.ReferenceTakenError: Wording("reference-taken", lambda error: {"orderId": error.order_id}),
        errors.UnknownPartError: Wording("unknown-part", _unknown_part),
        errors.UnknownCustomerError: Wording("unknown-customer", _unknown_customer, "Send customerName as well."),
    }
)


def problem_of(error: OrderError) -> ProblemError:
    """Returns the problem that a refusal of the domain is answered with."""
    wording = WORDINGS[type(error)]
    detail = f"{error} {wording.hint}".rstrip()
    return ProblemError(wording.status, detail, slug=wording.slug, members=wording.members(error))


def install_order_problems(app: FastAPI) -> None:
    """Makes the application answer what the domain refuses with the problem of the table."""
    app.add_exception_handler(OrderError, _on_order_error)


async def _on_order_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, OrderError)  # noqa: S101 - Starlette dispatches by type
    return problem_response(request.scope, problem_of(error))
