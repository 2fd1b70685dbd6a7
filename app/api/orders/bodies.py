"""The bodies of the requests that place and change orders: the domain's commands in the spelling of the wire."""

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, Strict
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from app.orders.commands import (
    MAX_LINES,
    CancelOrder,
    ConfirmOrder,
    DeliverOrder,
    LineQuantity,
    Moment,
    NewLine,
    PlaceOrder,
    ShipOrder,
    each_line_once,
)


def _wire(*examples: Any) -> ConfigDict:
    """camelCase names, JSON types taken as they are (a number in quotes is not a number), and no unknown fields."""
    return ConfigDict(
        alias_generator=to_camel,
        populate_by_name=False,
        extra="forbid",
        frozen=True,
        strict=True,
        json_schema_extra={"examples": list(examples)} if examples else None,
    )


def _text_of_a_moment(value: object) -> object:
    """Refuses numbers, in quotes too: the validator would read them as seconds since 1970."""
    if not isinstance(value, str) or value.replace(".", "", 1).lstrip("+-").isdecimal():
        raise PydanticCustomError("datetime_type", "not a date and time")
    return value


# Times are text in JSON, which the validator does not take for strict where it sees Python values, as here.
MomentBody = Annotated[Moment, Strict(False), BeforeValidator(_text_of_a_moment)]


class NewLineBody(NewLine):
    """An article to order."""

    model_config = _wire()


class PlaceOrderBody(PlaceOrder):
    """A new order. `customerName` is needed, and used, only if the customer does not exist yet."""

    model_config = _wire(
        {
            "customerId": "ada",
            "reference": "SHOP-20488",
            "estimatedDeliveryAt": "2026-11-27T18:00:00Z",
            "lines": [{"sku": "LAMP-1", "name": "Desk lamp", "quantity": 2}],
        }
    )

    estimated_delivery_at: MomentBody | None = None
    lines: Annotated[list[NewLineBody], Field(min_length=1, max_length=MAX_LINES)]


class LineQuantityBody(LineQuantity):
    """A quantity of one line of the order."""

    model_config = _wire()


ChosenLinesBody = Annotated[
    list[LineQuantityBody] | None,
    Field(min_length=1, max_length=MAX_LINES, description="Without it: everything that is open"),
    AfterValidator(each_line_once),
]


class ConfirmOrderBody(ConfirmOrder):
    """Nothing: a confirmation has no members."""

    model_config = _wire({})


class ShipOrderBody(ShipOrder):
    """A parcel that is sent. Without `lines`, it contains everything that is open."""

    model_config = _wire(
        {"carrier": "DHL", "trackingNumber": "JD0146000"},
        {"lines": [{"lineId": 77, "quantity": 2}], "carrier": "DHL", "trackingNumber": "JD0146000"},
    )

    lines: ChosenLinesBody = None


class DeliverOrderBody(DeliverOrder):
    """The parcels that have arrived. Without `shipmentIds`, every parcel that is on its way."""

    model_config = _wire({}, {"shipmentIds": [55]})


class CancelOrderBody(CancelOrder):
    """The lines to cancel, and the reason. Without `lines`, everything that is open."""

    model_config = _wire({"reason": "Ordered twice"})

    lines: ChosenLinesBody = None
