"""What the services are asked for: the same requests for each, in the same order."""

import json
import random
from collections.abc import Callable
from itertools import count, islice
from typing import Final

from benchmarks.orders.load import Request
from benchmarks.orders.services import GET, LIST, PLACE, SHIP, OrderService

PAGE: Final = 50
READ_ORDERS: Final = 1000
"""The first so many orders are read and never shipped; those after them are shipped, each once."""


class Workload:
    """The next requests for one service. `customers` is how many have orders."""

    def __init__(self, service: OrderService, customers: int) -> None:
        self._service = service
        self._customers = customers
        self._chosen = random.Random(1)
        self._unshipped = (
            order_id for order_id in count(READ_ORDERS + 1) if service.customer_number(order_id) < customers
        )
        self._makers: dict[str, Callable[[int], list[Request]]] = {
            GET: self._gets,
            LIST: self._lists,
            SHIP: self.ships,
            PLACE: self._places,
        }

    def requests(self, kind: str, number: int) -> list[Request]:
        """So many requests of one kind."""
        return self._makers[kind](number)

    def ships(self, number: int) -> list[Request]:
        """Each for an order of its own; `to` is the number of its customer."""
        return [
            {"method": "POST", "path": f"/orders/{order_id}/ship", "to": self._service.customer_number(order_id)}
            for order_id in islice(self._unshipped, number)
        ]

    def _gets(self, number: int) -> list[Request]:
        orders = (self._chosen.randint(1, READ_ORDERS) for _ in range(number))
        return [{"method": "GET", "path": f"/orders/{order_id}"} for order_id in orders]

    def _lists(self, number: int) -> list[Request]:
        return [{"method": "GET", "path": f"/orders?limit={PAGE}"}] * number

    def _places(self, number: int) -> list[Request]:
        return [self._place(index % self._customers) for index in range(number)]

    def _place(self, customer: int) -> Request:
        lines = [{"sku": f"S-{position}", "name": f"Article {position}", "quantity": position} for position in (1, 2)]
        body = {"customerId": self._service.customer_id(customer), "lines": lines}
        return {"method": "POST", "path": "/orders", "body": json.dumps(body)}
