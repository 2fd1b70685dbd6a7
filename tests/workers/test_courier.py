"""The courier keeps the demo moving, through the service and the hub, and keeps its hands off the rest."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import Any

import pytest
from fastapi import FastAPI
from websockets.asyncio.client import connect

from app.auth.passwords import Passwords
from app.auth.principal import Role
from app.config.settings import Settings
from app.db.database import Database
from app.db.errors import CommitOutcomeUnknown, DatabaseUnavailable
from app.demo.seed import SHOWN_ORDER_ID, seed_demo
from app.hubs.orders import OrderHub
from app.hubs.payloads import OrderEvent
from app.orders.errors import StaleVersionError
from app.orders.lifecycle import OrderStatus, status_of
from app.orders.queries import OrderFilter, OrderQueries
from app.orders.service import OrderChange
from app.workers.courier import Courier
from tests.orders.support import SAM, placed
from tests.support.server import Adapter, LiveServer
from tests.support.tokens import access_token

pytestmark = pytest.mark.anyio

PATIENCE_S = 20


@pytest.fixture
async def seeded(settings: Settings, database: Database) -> Database:
    await seed_demo(database, Passwords.of(settings))
    return database


@pytest.fixture
async def courier(app: FastAPI, seeded: Database) -> Courier:
    """The courier of an application that nobody is connected to."""
    return Courier(seeded, app.state.signalr.context(OrderHub), dice=Random(1))


@asynccontextmanager
async def hub_messages(server: LiveServer, token: str) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
    """The invocations that a client of the OrderHub receives."""
    url = f"{server.url.replace('http', 'ws', 1)}/hubs/orders?access_token={token}"

    async with connect(url) as socket:
        await socket.send('{"protocol":"json","version":1}\x1e')

        async def invocations() -> AsyncIterator[dict[str, Any]]:
            async for frame in socket:
                for record in str(frame).split("\x1e"):
                    message = json.loads(record) if record else {}
                    if message.get("type") == 1:
                        yield message

        yield invocations()


async def test_in_the_demo_staff_see_it_work(settings: Settings, seeded: Database) -> None:
    demo = settings.model_copy(update={"demo": True, "courier_speed": 200.0})
    server = LiveServer(demo, Adapter.ASGI)
    await asyncio.to_thread(server.start)
    seen: list[dict[str, Any]] = []
    async with hub_messages(server, access_token(settings, "sam", Role.STAFF)) as messages:
        async with asyncio.timeout(PATIENCE_S):
            while len(seen) < 12:
                seen.append(await anext(messages))
    await asyncio.to_thread(server.stop)

    queries = OrderQueries(seeded)
    for message in seen:
        [event] = message["arguments"]
        assert message["target"] == event["type"]
        assert event["actor"] == {"role": "service", "name": "Courier"}
        logged = await queries.timeline(event["orderId"], SAM)
        assert event in [OrderEvent.of(entry).model_dump(mode="json", by_alias=True) for entry in logged]


async def test_it_moves_orders_rightly_and_never_runs_dry(seeded: Database, courier: Courier) -> None:
    queries = OrderQueries(seeded)

    changes = [await courier.work() for _ in range(60)]

    assert {change.event.type for change in changes} >= {
        "OrderPlaced",
        "OrderConfirmed",
        "OrderShipped",
        "OrderDelivered",
    }
    for order_id in {change.order.id for change in changes}:
        order = (await queries.get(order_id, SAM)).order
        assert order.status is status_of(order.totals, confirmed=order.confirmed_at is not None)
        assert order.version == len(await queries.timeline(order_id, SAM))
    still_going = OrderFilter(frozenset({OrderStatus.PENDING, OrderStatus.PROCESSING, OrderStatus.SHIPPED}))
    assert (await queries.page(SAM, still_going, None, 50)).rows


async def test_it_leaves_the_example_and_other_peoples_orders_alone(seeded: Database, courier: Courier) -> None:
    queries = OrderQueries(seeded)
    theirs = (await placed(seeded, reference="SHOP-1")).order.id
    mine = (await placed(seeded)).order.id
    untouched = (SHOWN_ORDER_ID, theirs, mine)
    before = [await queries.timeline(order_id, SAM) for order_id in untouched]

    for _ in range(30):
        await courier.work()

    assert [await queries.timeline(order_id, SAM) for order_id in untouched] == before


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_it_places_orders_where_there_are_none(app: FastAPI, database: Database) -> None:
    courier = Courier(database, app.state.signalr.context(OrderHub))

    change = await courier.work()

    assert change.event.type == "OrderPlaced"


class UnluckyCourier(Courier):
    """Somebody is faster, the database is away, a commit is lost, there is a defect; the fifth time all is well."""

    attempts = 0
    succeeded: asyncio.Event

    async def work(self) -> OrderChange:
        self.attempts += 1
        if self.attempts == 1:
            raise StaleVersionError(7)
        if self.attempts == 2:
            raise DatabaseUnavailable("gone for lunch")
        if self.attempts == 3:
            raise CommitOutcomeUnknown("gone in the middle of it")
        if self.attempts == 4:
            raise ZeroDivisionError("nobody foresaw this")
        change = await super().work()
        self.succeeded.set()
        return change


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_it_survives_what_goes_wrong_and_ends_when_told(app: FastAPI, seeded: Database) -> None:
    courier = UnluckyCourier(seeded, app.state.signalr.context(OrderHub), speed=1000)
    courier.succeeded = asyncio.Event()

    running = asyncio.create_task(courier.run())
    async with asyncio.timeout(PATIENCE_S):
        await courier.succeeded.wait()
    running.cancel()
    await asyncio.wait([running])

    assert courier.attempts >= 5
    assert running.cancelled()
