"""Several processes on one SQLite file, as with two servers or an import beside a server."""

import asyncio
import multiprocessing
from concurrent.futures import ProcessPoolExecutor

import pytest

from app.config.settings import Settings
from app.db.database import Database
from app.orders.lifecycle import OrderStatus
from app.orders.queries import OrderQueries
from tests.orders.support import ADA, SAM, placed
from tests.support import shipping_process

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

PROCESSES = 4
PIECES_EACH = 25


async def test_four_processes_that_write_at_once_lose_no_update_and_meet_no_lock(
    database: Database, settings: Settings
) -> None:
    """A piece is counted in Python between a read and a write, so two that overlapped would count it once."""
    pieces = PROCESSES * PIECES_EACH
    order = (await placed(database, ADA, pieces)).order
    spawn = multiprocessing.get_context("spawn")
    start = spawn.Barrier(PROCESSES)
    job = (settings.database_url, order.id, order.lines[0].id, PIECES_EACH)

    with ProcessPoolExecutor(PROCESSES, spawn, shipping_process.wait_for, (start,)) as processes:
        running = [processes.submit(shipping_process.ship_pieces, *job) for _ in range(PROCESSES)]
        versions = [version for one in running for version in await asyncio.wrap_future(one)]

    queries = OrderQueries(database)
    after = (await queries.get(order.id, SAM)).order
    assert (after.status, after.version, after.lines[0].shipped) == (OrderStatus.SHIPPED, pieces + 1, pieces)
    assert len(after.shipments) == pieces
    assert sorted(versions) == list(range(2, pieces + 2))
    assert [event.seq for event in await queries.timeline(order.id, SAM)] == list(range(1, pieces + 2))
