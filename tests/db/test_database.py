"""The units of work, on both databases."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import anyio
import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import StatementError

from app.auth.principal import Role
from app.config.settings import Settings
from app.db.database import Database
from app.db.errors import DatabaseUnavailable
from app.db.tables.accounts import UserAccount

pytestmark = pytest.mark.anyio
NOON_IN_TOKYO = datetime(2026, 3, 1, 12, 0, 0, 123456, timezone(timedelta(hours=9)))


def account(name: str, **changes: Any) -> dict[str, Any]:
    row = {
        "id": name,
        "username": name,
        "password_hash": "-",
        "role": Role.STAFF,
        "display_name": "0",
        "created_at": NOON_IN_TOKYO,
    }
    return row | changes


async def names(database: Database) -> list[str]:
    async with database.reading() as session:
        return list(await session.scalars(select(UserAccount.id).order_by(UserAccount.id)))


async def test_a_transaction_commits_when_its_block_ends(database: Database) -> None:
    async with database.transaction() as session:
        await session.execute(insert(UserAccount).values(account("ada")))
    assert await names(database) == ["ada"]


async def test_a_transaction_rolls_back_when_its_block_raises(database: Database) -> None:
    async def break_off_half_way() -> None:
        async with database.transaction() as session:
            await session.execute(insert(UserAccount).values(account("ada")))
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        await break_off_half_way()
    assert await names(database) == []


async def test_a_cancelled_transaction_rolls_back_and_frees_the_way(database: Database) -> None:
    with anyio.CancelScope() as scope:
        async with database.transaction() as session:
            await session.execute(insert(UserAccount).values(account("ada")))
            scope.cancel()
            await anyio.sleep_forever()
    async with database.transaction() as session:
        await session.execute(insert(UserAccount).values(account("bob")))
    assert await names(database) == ["bob"]


async def test_moments_come_back_in_utc(database: Database) -> None:
    async with database.transaction() as session:
        await session.execute(insert(UserAccount).values(account("ada")))
    async with database.reading() as session:
        stored = (await session.scalars(select(UserAccount.created_at))).one()
    assert stored == NOON_IN_TOKYO
    assert stored.tzinfo is UTC


async def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    naive = NOON_IN_TOKYO.replace(tzinfo=None)
    with pytest.raises(StatementError, match="needs a time zone"):
        async with database.transaction() as session:
            await session.execute(insert(UserAccount).values(account("ada", created_at=naive)))


async def test_a_reader_sees_one_snapshot_and_blocks_no_writer(database: Database) -> None:
    async with database.reading() as session:
        assert (await session.scalars(select(UserAccount.id))).all() == []
        async with database.transaction() as writer:
            await writer.execute(insert(UserAccount).values(account("ada")))
        assert (await session.scalars(select(UserAccount.id))).all() == []
    assert await names(database) == ["ada"]


async def test_concurrent_writers_lose_no_update(database: Database) -> None:
    async with database.transaction() as session:
        await session.execute(insert(UserAccount).values(account("ada")))

    async def increment() -> None:
        async with database.transaction() as session:
            row = select(UserAccount.display_name).with_for_update()
            count = int((await session.scalars(row)).one())
            await anyio.lowlevel.checkpoint()
            await session.execute(update(UserAccount).values(display_name=str(count + 1)))

    async with anyio.create_task_group() as tasks:
        for _ in range(25):
            tasks.start_soon(increment)
    async with database.reading() as session:
        assert (await session.scalars(select(UserAccount.display_name))).one() == "25"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_sqlite_is_set_up_for_concurrent_use(database: Database) -> None:
    async with database.reading() as session:
        values = [
            (await session.execute(text(f"PRAGMA {name}"))).scalar_one()
            for name in ("journal_mode", "foreign_keys", "busy_timeout")
        ]
    assert values == ["wal", 1, 5000]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_an_sqlite_writer_waits_for_another_process(database: Database, settings: Settings) -> None:
    other = Database(settings.database_url)
    waiting = anyio.Event()

    async def write_too() -> None:
        waiting.set()
        async with other.transaction() as session:
            await session.execute(insert(UserAccount).values(account("bob")))

    async with anyio.create_task_group() as tasks, database.transaction() as session:
        tasks.start_soon(write_too)
        await waiting.wait()
        await session.execute(insert(UserAccount).values(account("ada")))
    await other.dispose()
    assert await names(database) == ["ada", "bob"]


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////nowhere/at/all.db",
        "postgresql+asyncpg://nobody:hush@127.0.0.1:1/nothing",
        "postgresql+asyncpg://nobody:hush@/nothing?host=/nowhere",
    ],
)
async def test_an_unreachable_database_is_one_error(url: str) -> None:
    database = Database(url)
    for unit_of_work in (database.reading, database.transaction):
        with pytest.raises(DatabaseUnavailable) as caught:
            async with unit_of_work():
                pass
        assert str(caught.value)
        assert "hush" not in str(caught.value)
    await database.dispose()


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_a_missing_postgres_database_is_unavailable(settings: Settings) -> None:
    database = Database(settings.database_url.replace("/waybill_", "/no_waybill_"))
    with pytest.raises(DatabaseUnavailable, match='"no_waybill_'):
        async with database.reading():
            pass
    await database.dispose()
