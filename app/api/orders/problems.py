"""How the domain's refusals are said over HTTP: one table."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from app.api.etag import strong_etag
from app.api.problems import ProblemError
from app.orders import errors
from app.orders.errors import OrderError


@dataclass(frozen=True, slots=True)
class Wording:
    """A problem's status, the last part of its ``type``, and its members beyond the standard ones."""

    status: int
    slug: str
    members: Callable[[Any], Mapping[str, Any]] = lambda _: {}


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
    return {"errors": [{"field": "customerName", "message": str(error)}]}


WORDINGS: Mapping[type[OrderError], Wording] = MappingProxyType(
    {
        errors.OrderNotFoundError: Wording(404, "order-not-found"),
        errors.ForbiddenActionError: Wording(403, "action-forbidden"),
        errors.StaleVersionError: Wording(412, "version-mismatch", _stale),
        errors.IllegalActionError: Wording(409, "invalid-transition", _illegal),
        errors.QuantityExceededError: Wording(409, "quantity-exceeded", _exceeded),
        errors.AlreadyDeliveredError: Wording(
            409, "already-delivered", lambda error: {"shipmentId": error.shipment_id}
        ),
        errors.ReferenceTakenError: Wording(409, "reference-taken", lambda error: {"orderId": error.order_id}),
        errors.UnknownPartError: Wording(422, "unknown-part", _unknown_part),
        errors.UnknownCustomerError: Wording(422, "unknown-customer", _unknown_customer),
    }
)


async def order_errors_as_problems() -> AsyncIterator[None]:
    """A dependency of every route here: what the service refuses is answered as a problem."""
    try:
        yield
    except OrderError as error:
        wording = WORDINGS[type(error)]
        members = wording.members(error)
        raise ProblemError(wording.status, str(error), slug=wording.slug, members=members) from error
