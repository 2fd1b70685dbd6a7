"""What can be asked of an order: the bodies of the changing requests, and the service's own vocabulary.

An unknown field is refused, so that a misspelt one is never silently ignored.
"""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, StringConstraints

from app.api.camel_model import CamelModel
from app.db.tables.orders import ID_LENGTH, NAME_LENGTH

MAX_LINES = 200
MAX_QUANTITY = 100_000

_PRINTABLE = r"^[^\x00-\x1f\x7f]+$"


def _text(max_length: int) -> StringConstraints:
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=max_length, pattern=_PRINTABLE)


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("must lie between the years 1 and 9999 in UTC") from None


Code = Annotated[str, _text(ID_LENGTH)]
Name = Annotated[str, _text(NAME_LENGTH)]
Quantity = Annotated[int, Field(ge=1, le=MAX_QUANTITY)]
Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]


class Command(CamelModel):
    """Base of the requests."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NewLine(Command):
    """An article to order."""

    sku: Code
    name: Name
    quantity: Quantity = 1


class PlaceOrder(Command):
    """A new order. ``customerName`` is needed, and used, only if the customer does not exist yet."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "customerId": "ada",
                    "reference": "SHOP-20488",
                    "estimatedDeliveryAt": "2026-11-27T18:00:00Z",
                    "lines": [{"sku": "LAMP-1", "name": "Desk lamp", "quantity": 2}],
                }
            ]
        }
    )

    customer_id: Code
    customer_name: Name | None = None
    reference: Annotated[Code | None, Field(description="The order's id where it comes from; unique")] = None
    estimated_delivery_at: Moment | None = None
    lines: Annotated[list[NewLine], Field(min_length=1, max_length=MAX_LINES)]


class LineQuantity(Command):
    """So much of one line of the order."""

    line_id: Annotated[int, Field(ge=1)]
    quantity: Quantity


def _each_line_once(lines: list[LineQuantity] | None) -> list[LineQuantity] | None:
    if lines and len({part.line_id for part in lines}) < len(lines):
        raise ValueError("each line may be named once")
    return lines


ChosenLines = Annotated[
    list[LineQuantity] | None,
    Field(min_length=1, max_length=MAX_LINES, description="Without it: everything that is open"),
    AfterValidator(_each_line_once),
]


class ShipOrder(Command):
    """A parcel that leaves."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"carrier": "DHL", "trackingNumber": "JD0146000"},
                {"lines": [{"lineId": 77, "quantity": 2}], "carrier": "DHL", "trackingNumber": "JD0146000"},
            ]
        }
    )

    lines: ChosenLines = None
    carrier: Code | None = None
    tracking_number: Code | None = None


class DeliverOrder(Command):
    """Parcels that arrived."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}, {"shipmentIds": [55]}]})

    shipment_ids: Annotated[
        list[int] | None,
        Field(min_length=1, max_length=MAX_LINES, description="Without it: every parcel on its way"),
    ] = None


class CancelOrder(Command):
    """What shall not be sent any more."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Ordered twice"}]})

    lines: ChosenLines = None
    reason: Name | None = None
