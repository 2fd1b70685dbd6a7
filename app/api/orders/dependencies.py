"""What the routes of orders are given."""

import re
from typing import Annotated

from fastapi import Depends, Path, Query, Request
from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from app.db.tables.orders import ID_LENGTH
from app.orders.lifecycle import OrderStatus
from app.orders.queries import OrderFilter, OrderQueries
from app.orders.service import OrderService

MAX_PAGE = 200

# PostgreSQL has no text with NUL in it, so nothing that contains it can be found.
_NO_NUL = r"^[^\x00]*$"
_WHOLE_NUMBER = re.compile("-?[0-9]+")


async def order_service(request: Request) -> OrderService:
    """The service that changes orders in this application's database."""
    return OrderService(request.app.state.database)


async def order_queries(request: Request) -> OrderQueries:
    """The queries that read orders from this application's database."""
    return OrderQueries(request.app.state.database)


async def order_filter(
    status: Annotated[list[OrderStatus] | None, Query(description="Only these; may be repeated")] = None,
    customer: Annotated[
        str | None,
        Query(description="Only this customer's; of use to staff", max_length=ID_LENGTH, pattern=_NO_NUL),
    ] = None,
    q: Annotated[
        str | None,
        Query(
            description="Part of a number, a reference, a customer's name or a tracking number",
            max_length=100,
            pattern=_NO_NUL,
        ),
    ] = None,
) -> OrderFilter:
    """The filter that the query string asks for."""
    return OrderFilter(frozenset(status or ()), customer, q.strip() if q else None)


def _digits(text: str) -> str:
    """Refuses 1_0, 1.0 and a 1 after a space: the validator would read them as other numbers."""
    if not _WHOLE_NUMBER.fullmatch(text):
        raise PydanticCustomError("int_parsing", "not a whole number")
    return text


OrderId = Annotated[int, BeforeValidator(_digits), Path()]
Orders = Annotated[OrderService, Depends(order_service)]
Queries = Annotated[OrderQueries, Depends(order_queries)]
Wanted = Annotated[OrderFilter, Depends(order_filter)]
PageSize = Annotated[int, Query(ge=1, le=MAX_PAGE, description="How many orders at most")]
