"""The orders that are in the database before anything is measured: rows for the tables of the migrations."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

Row = tuple[Any, ...]

_FIRST = datetime(2026, 1, 1, tzinfo=UTC)
_LINES = (1, 2)
_ACTOR = json.dumps({"role": "staff", "name": "bench"})


@dataclass(frozen=True, slots=True)
class TableRows:
    """The rows of one table, in the order of its named columns. JSON is text, and moments are aware and in UTC."""

    table: str
    columns: Sequence[str]
    rows: Iterable[Row]


@dataclass(frozen=True, slots=True)
class Seed:
    """`orders` confirmed orders with the ids from 1, each of two lines, of the customers in turn."""

    orders: int
    customers: int

    def customer_number(self, order_id: int) -> int:
        """The number of the customer whose order this is, from 0."""
        return (order_id - 1) % self.customers

    def tables(self) -> Iterator[TableRows]:
        """The rows of every table; a table comes after those that it refers to."""
        customers = range(min(self.customers, self.orders))
        yield TableRows(
            "customer", ("id", "name", "created_at"), ((_id(n), f"Customer {n}", _FIRST) for n in customers)
        )
        yield TableRows("orders", _ORDER, map(self._order, self._ids()))
        yield TableRows("order_line", _LINE, (line for order_id in self._ids() for line in _lines(order_id)))
        yield TableRows("customer_stream", ("customer_id", "epoch", "last_seq"), map(self._stream, customers))
        yield TableRows("order_event", _EVENT, (event for order_id in self._ids() for event in self._events(order_id)))

    def _ids(self) -> range:
        return range(1, self.orders + 1)

    def _order(self, order_id: int) -> Row:
        at = _placed_at(order_id)
        customer = _id(self.customer_number(order_id))
        return (order_id, _number(order_id), customer, "Processing", 2, at, at, at)

    def _stream(self, customer: int) -> Row:
        orders = (self.orders - 1 - customer) // self.customers + 1
        return (_id(customer), "bench", 2 * orders)

    def _events(self, order_id: int) -> Iterator[Row]:
        customer, at = self.customer_number(order_id), _placed_at(order_id)
        before = (order_id - 1) // self.customers * 2
        placed = {"customerName": f"Customer {customer}", "lines": [_described(line) for line in _lines(order_id)]}
        for version, kind, status, status_from, data in (
            (1, "OrderPlaced", "Pending", None, json.dumps(placed)),
            (2, "OrderConfirmed", "Processing", "Pending", "{}"),
        ):
            event_id = f"evt_bench_{order_id}_{version}"
            told = (order_id, version, _number(order_id), kind, status, status_from, "customer", at, at, _ACTOR, data)
            yield (_id(customer), before + version, event_id, *told)


_ORDER = ("id", "number", "customer_id", "status", "version", "placed_at", "confirmed_at", "updated_at")
_COUNTS = ("ordered", "cancelled", "shipped", "delivered", "returned")
_LINE = ("id", "order_id", "position", "sku", "name", *_COUNTS)
_EVENT = (
    *("customer_id", "seq", "event_id", "order_id", "order_version", "number", "type", "status", "status_from"),
    *("visibility", "occurred_at", "recorded_at", "actor", "data"),
)


def customer_id(number: int) -> str:
    """The id of a made-up customer."""
    return f"bench-{number}"


_id = customer_id


def line_ids(order_id: int) -> list[int]:
    """The ids of the lines of a seeded order."""
    return [(order_id - 1) * len(_LINES) + position for position in _LINES]


def _lines(order_id: int) -> list[Row]:
    return [
        (line_id, order_id, position, f"S-{position}", f"Article {position}", position, 0, 0, 0, 0)
        for line_id, position in zip(line_ids(order_id), _LINES, strict=True)
    ]


def _described(line: Row) -> dict[str, Any]:
    return {"lineId": line[0], "sku": line[3], "name": line[4], "quantity": line[5]}


def _number(order_id: int) -> str:
    return f"WB-{order_id:06d}"


def _placed_at(order_id: int) -> datetime:
    return _FIRST + timedelta(seconds=order_id)
