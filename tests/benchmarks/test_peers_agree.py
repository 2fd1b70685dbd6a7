"""The naive service does the same work: its answers, its frames and its rows have the shape of ours."""

import json
import sqlite3
import urllib.request
from contextlib import closing
from typing import Any

import pytest
from websockets.sync.client import connect

from benchmarks.orders.seed import Seed, customer_id
from benchmarks.orders.services import CUSTOMER, STAFF, OrderService
from benchmarks.orders.setup import Wanted, setup
from benchmarks.peers import BASELINE, WAYBILL
from tests.benchmarks.reports import quiet

NEW_ORDER = {"customerId": customer_id(1), "lines": [{"sku": "S-1", "name": "Article", "quantity": 2}]}
REQUESTS = {
    "get": ("GET", "/orders/2", None),
    "list": ("GET", "/orders?limit=2", None),
    "ship": ("POST", "/orders/2/ship", None),
    "get, shipped": ("GET", "/orders/2", None),
    "place": ("POST", "/orders", NEW_ORDER),
}
TABLES = ("orders", "order_line", "shipment", "shipment_line", "customer_stream", "order_event")


class Seen:
    """What a service answered, pushed and wrote."""

    def __init__(self, service: OrderService, database_url: str) -> None:
        self.answers: dict[str, Any] = {}
        self.frames: list[Any] = []
        with service.started(database_url) as server:
            staff = service.token(server.origin, "bench", STAFF)
            customer = service.token(server.origin, customer_id(1), CUSTOMER)
            with connect(f"ws://127.0.0.1:{server.address[1]}/hubs/orders?access_token={customer}") as socket:
                if service.handshake:
                    socket.send('{"protocol":"json","version":1}\x1e')
                    assert socket.recv(timeout=20) == "{}\x1e"
                for name, (method, path, body) in REQUESTS.items():
                    self.answers[name] = call(server.origin + path, method, staff, body)
                while len(self.frames) < 2:
                    received = map(json.loads, filter(None, str(socket.recv(timeout=20)).split("\x1e")))
                    self.frames += [message for message in received if message["type"] == 1]
        with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"))) as connection:
            counts = {table: connection.execute(f"SELECT count(*) FROM {table}") for table in TABLES}
            self.rows = {table: count.fetchone()[0] for table, count in counts.items()}


@pytest.fixture(scope="module")
def seen() -> tuple[Seen, Seen]:
    """Ours and the naive one, each on its copy of one database."""
    with setup(Wanted(names=(WAYBILL, BASELINE)), Seed(orders=4, customers=2), quiet) as ready:
        ours, naive = (Seen(service, ready.databases.copy()) for service in ready.services)
    return ours, naive


@pytest.mark.parametrize("name", REQUESTS)
def test_answers_have_one_shape(seen: tuple[Seen, Seen], name: str) -> None:
    ours, naive = seen

    assert shape(naive.answers[name]) == shape(ours.answers[name])


def test_frames_have_one_shape(seen: tuple[Seen, Seen]) -> None:
    ours, naive = seen

    assert [frame["target"] for frame in naive.frames] == ["OrderShipped", "OrderPlaced"]
    assert shape(naive.frames) == shape(ours.frames)


def test_the_same_rows_are_written(seen: tuple[Seen, Seen]) -> None:
    ours, naive = seen

    assert naive.rows == ours.rows


def shape(value: object) -> object:
    """The names and the types; what is null counts as a type of its own."""
    if isinstance(value, dict):
        return {name: shape(member) for name, member in value.items()}
    if isinstance(value, list):
        return [shape(member) for member in value]
    return type(value).__name__


def call(url: str, method: str, token: str, body: object) -> Any:
    """The JSON of an answer."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    content = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, content, headers, method=method)) as answer:
        return json.load(answer)
