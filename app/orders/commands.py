"""The commands that place and change orders, with the limits of their fields."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, ClassVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from app.db.tables.orders import ID_LENGTH, NAME_LENGTH
from app.orders.lifecycle import OrderAction

MAX_LINES = 200
MAX_QUANTITY = 100_000
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)

_PRINTABLE = r"^[^\x00-\x1f\x7f]+$"


def _text(max_length: int) -> StringConstraints:
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=max_length, pattern=_PRINTABLE)


def in_utc(moment: datetime) -> datetime:
    """Returns an aware moment in UTC; raises ValueError for years in which no order can have been or will be.

    The limits keep clear of the ends of the calendar, which PostgreSQL stores as infinity and writes in other forms.
    """
    if not EARLIEST <= moment < LATEST:
        raise ValueError(f"must lie between the years {EARLIEST.year} and {LATEST.year}")
    return moment.astimezone(UTC)


Code = Annotated[str, _text(ID_LENGTH)]
Name = Annotated[str, _text(NAME_LENGTH)]
Quantity = Annotated[int, Field(ge=1, le=MAX_QUANTITY)]
Moment = Annotated[AwareDatetime, AfterValidator(in_utc)]


class _Asked(BaseModel):
    """The base of all commands. It refuses unknown fields, so that a misspelt one is never silently ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NewLine(_Asked):
    """An article to order."""

    sku: Code
    name: Name
    quantity: Quantity = 1


class PlaceOrder(_Asked):
    """A new order. The customer's name is required, and used, only if the customer does not exist yet."""

    customer_id: Code
    customer_name: Name | None = None
    reference: Annotated[Code | None, Field(description="The order's id where it comes from; unique")] = None
    estimated_delivery_at: Moment | None = None
    lines: Annotated[Sequence[NewLine], Field(min_length=1, max_length=MAX_LINES)]


class LineQuantity(_Asked):
    """A quantity of one line of the order."""

    line_id: Annotated[int, Field(ge=1)]
    quantity: Quantity


def each_line_once(lines: Sequence[LineQuantity] | None) -> Sequence[LineQuantity] | None:
    """Returns the lines. Raises ValueError if one is named twice, because its quantity would be ambiguous."""
    if lines and len({part.line_id for part in lines}) < len(lines):
        raise ValueError("each line may be named once")
    return lines


ChosenLines = Annotated[
    Sequence[LineQuantity] | None,
    Field(min_length=1, max_length=MAX_LINES, description="Without it: everything that is open"),
    AfterValidator(each_line_once),
]


class ConfirmOrder(_Asked):
    """The confirmation of a pending order."""

    action: ClassVar = OrderAction.CONFIRM


class ShipOrder(_Asked):
    """The shipment of the chosen lines, or of everything that is open, as one parcel. It confirms a pending order."""

    action: ClassVar = OrderAction.SHIP

    lines: ChosenLines = None
    carrier: Code | None = None
    tracking_number: Code | None = None


class DeliverOrder(_Asked):
    """The arrival of the chosen parcels, or of all that are on their way."""

    action: ClassVar = OrderAction.DELIVER

    shipment_ids: Annotated[
        list[int] | None,
        Field(min_length=1, max_length=MAX_LINES, description="Without it: every parcel on its way"),
    ] = None


class CancelOrder(_Asked):
    """The cancellation of the chosen lines, or of everything that is open."""

    action: ClassVar = OrderAction.CANCEL

    lines: ChosenLines = None
    reason: Name | None = None


Command = ConfirmOrder | ShipOrder | DeliverOrder | CancelOrder
"""A change of an existing order."""
