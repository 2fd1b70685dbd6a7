"""Marketplace orders in a CSV file: one order per line, with the times of what happened to it.

Pure parsing. Times without a zone count as UTC. Real files are untidy. If a time is missing that the status implies,
the time before it is used. Times that contradict each other are kept as they are.
"""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from types import MappingProxyType
from typing import Final

from pydantic import TypeAdapter, ValidationError

from app.feed.event import Actor
from app.orders import changes
from app.orders.changes import Change
from app.orders.commands import Code, NewLine, PlaceOrder, in_utc
from app.orders.history import PastOrder, Step
from app.orders.order import Order

COLUMNS: Final = (
    "order_id",
    "customer_id",
    "order_status",
    "order_purchase_timestamp",
    "order_approved_at",
    "order_delivered_carrier_date",
    "order_delivered_customer_date",
    "order_estimated_delivery_date",
)

_IMPORT = Actor(role="service", name="Import")
# The file says when an order was sold, not what was in it.
_ITEM = NewLine(sku="MARKETPLACE-ITEM", name="Marketplace item")
_CARRIER = "Marketplace carrier"
_code: TypeAdapter[str] = TypeAdapter(Code)


class HeaderError(Exception):
    """The first line does not name all columns. The text says which are missing."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """The number of a line that is not a valid order, and the reason. The header is line 1."""

    line: int
    reason: str


class _RowError(Exception):
    """The reason to refuse a row."""


def read_orders(data: bytes) -> Iterator[tuple[int, PastOrder | BadRow]]:
    """Yields each line after the header with its number. Raises HeaderError if the header does not fit.

    A bad line never affects another one, even if it opens a quotation mark and does not close it.
    """
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    header = _header(lines[0])
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip():
            continue
        try:
            yield number, _order(_row(line, header))
        except _RowError as error:
            yield number, BadRow(number, str(error))


def _header(line: bytes) -> list[str]:
    try:
        header = [name.strip() for name in _fields(line)]
    except _RowError as error:
        raise HeaderError(f"its first line is {error}") from None
    if missing := [name for name in COLUMNS if name not in header]:
        raise HeaderError(f"its first line lacks {', '.join(missing)}; expected are {', '.join(COLUMNS)}")
    return header


def _row(line: bytes, header: Sequence[str]) -> Mapping[str, str]:
    fields = _fields(line)
    if len(fields) != len(header):
        raise _RowError(f"number of fields: {len(fields)} instead of {len(header)}")
    return dict(zip(header, (field.strip() for field in fields), strict=True))


def _fields(line: bytes) -> list[str]:
    try:
        text = line.decode().rstrip("\r")
        return next(csv.reader([text], strict=True), [])
    except UnicodeDecodeError:
        raise _RowError("not UTF-8") from None
    except csv.Error as error:
        raise _RowError(f"not CSV: {error}") from None


def _order(row: Mapping[str, str]) -> PastOrder:
    times = _times(row)
    customer_id = _identifier(row, "customer_id")
    wanted = PlaceOrder(
        customer_id=customer_id,
        customer_name=f"Customer {customer_id[:8]}",
        reference=_identifier(row, "order_id"),
        estimated_delivery_at=times.estimated,
        lines=[_ITEM],
    )
    status = row["order_status"]
    if status not in _HISTORIES:
        known = ", ".join(_HISTORIES)
        raise _RowError(
            f"order_status: {status[:40]!r} is unknown; known are {known}" if status else "order_status: empty"
        )
    return PastOrder(wanted, times.purchased, _IMPORT, _HISTORIES[status](times))


def _identifier(row: Mapping[str, str], column: str) -> str:
    value = row[column]
    if not value:
        raise _RowError(f"{column}: empty")
    try:
        return _code.validate_python(value)
    except ValidationError as error:
        raise _RowError(f"{column}: {error.errors()[0]['msg']}") from None


# --- The history that follows from a status and the times -----------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Times:
    purchased: datetime
    approved: datetime | None
    handed_over: datetime | None
    arrived: datetime | None
    estimated: datetime | None

    @property
    def last(self) -> datetime:
        known = (self.purchased, self.approved, self.handed_over, self.arrived)
        return max(moment for moment in known if moment)


def _times(row: Mapping[str, str]) -> _Times:
    purchased, *others = (_moment(row, column) for column in COLUMNS[3:])
    if purchased is None:
        raise _RowError("order_purchase_timestamp: empty")
    return _Times(purchased, *others)


def _moment(row: Mapping[str, str], column: str) -> datetime | None:
    value = row[column]
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise _RowError(f"{column}: {value[:40]!r} is not a time such as 2018-01-31 23:59:59") from None
    try:
        return in_utc(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except ValueError as error:
        raise _RowError(f"{column}: {value[:40]!r} {error}") from None


def _placed(_: _Times) -> list[Step]:
    return []


def _confirmed(times: _Times) -> list[Step]:
    return [Step(times.approved or times.purchased, _IMPORT, changes.confirm)]


def _shipped(times: _Times) -> list[Step]:
    # Without a time of approval, the shipment confirmed the order.
    before = _confirmed(times) if times.approved else []
    at = times.handed_over or times.approved or times.purchased
    return [*before, Step(at, _IMPORT, _ship_all)]


def _delivered(times: _Times) -> list[Step]:
    before = _shipped(times)
    return [*before, Step(times.arrived or before[-1].at, _IMPORT, _deliver_all)]


def _cancelled(reason: str, times: _Times) -> list[Step]:
    # A parcel that was handed over has come back, because no parcel in the file is still on its way.
    before = _confirmed(times) if times.approved else []
    if times.handed_over:
        reason = f"{reason}, after it was handed to the carrier"
    return [*before, Step(times.last, _IMPORT, partial(_cancel_all, reason=reason))]


_HISTORIES: Mapping[str, Callable[[_Times], list[Step]]] = MappingProxyType(
    {
        "created": _placed,
        "approved": _confirmed,
        "invoiced": _confirmed,
        "processing": _confirmed,
        "shipped": _shipped,
        "delivered": _delivered,
        "canceled": partial(_cancelled, "Cancelled at the marketplace"),
        "unavailable": partial(_cancelled, "Article unavailable"),
    }
)


def _ship_all(order: Order, at: datetime, actor: Actor) -> Change:
    return changes.ship(order, changes.open_parts(order), at, actor, carrier=_CARRIER)


def _deliver_all(order: Order, at: datetime, actor: Actor) -> Change:
    return changes.deliver(order, changes.parcels_underway(order), at, actor)


def _cancel_all(order: Order, at: datetime, actor: Actor, *, reason: str) -> Change:
    return changes.cancel(order, changes.open_parts(order), at, actor, reason=reason)
