"""Where a page of the list ended, as an opaque piece of text."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from hashlib import sha256

from app.api.problems import ProblemError
from app.orders.queries import OrderFilter, SortKey
from app.orders.store import can_be_an_id


def encode_cursor(key: SortKey, wanted: OrderFilter) -> str:
    """Returns the cursor of the page after this key, in the list with these filters."""
    moment, order_id = key
    text = f"{_fingerprint(wanted)}|{moment.isoformat()}|{order_id}"
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(cursor: str, wanted: OrderFilter) -> SortKey:
    """Returns the key inside a cursor; raises problem 400 for other text, and for the cursor of another list."""
    try:
        fingerprint, moment, order_id = _text(cursor).split("|")
        key = datetime.fromisoformat(moment).astimezone(UTC), _possible_id(order_id)
    except (ValueError, OverflowError):
        raise cursor_invalid("This is not a cursor of this list.") from None
    if fingerprint != _fingerprint(wanted):
        raise cursor_invalid("This cursor was made with other filters.")
    return key


def _possible_id(text: str) -> int:
    order_id = int(text)
    if not can_be_an_id(order_id):
        raise ValueError("no order has this id")
    return order_id


def _text(cursor: str) -> str:
    return urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)).decode("ascii")


def _fingerprint(wanted: OrderFilter) -> str:
    """Notices a change of filters between two pages, which would skip or repeat orders."""
    parts = repr((sorted(wanted.statuses), wanted.customer_id, wanted.text))
    return sha256(parts.encode()).hexdigest()[:12]


def cursor_invalid(what: str) -> ProblemError:
    """Returns the problem of a cursor that cannot be used."""
    hint = "Send nextCursor back unchanged with the same filters, or no cursor to start again."
    return ProblemError(400, f"{what} {hint}", slug="cursor-invalid")
