"""The units of work, on both databases."""

import asyncio
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.util import await_only

from app.auth.principal import Role
from app.config.database_url import normalised
from app.config.settings import Settings
from app.db.database import Database
from app.db.errors import CommitOutcomeUnknown, DatabaseUnavailable
from app.db.sqlite import engine as sqlite_engine
from app.db.sqlite import units as sqlite_units
from app.db.tables.accounts import UserAccount

pytestmark = pytest.mark.anyio
NOON_IN_TOKYO = datetime(2026, 3, 1, 12, 0, 0, 123456, timezone(timedelta(hours=9)))
NAMES = select(UserAccount.id).order_by(UserAccount.id)
only_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
only_postgres = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)


class Gate:
    """Holds a unit of work up until the test opens it, whether it runs in a thread or in the event loop."""

    def __init__(self) -> None:
        self._thread = threading.Event()
        self._task = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._reached = asyncio.Event()

    def wait(self, connection: Connection) -> None:
        self._loop.call_soon_threadsafe(self._reached.set)
        if connection.dialect.name == "postgresql":
            await_only(self._task.wait())
        else:
            assert self._thread.wait(30)

    async def reached(self) -> None:
        await self._reached.wait()

    def open(self) -> None:
        self._thread.set()
        self._task.set()


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


def adding(name: str, **changes: Any) -> Callable[[Connection], str]:
    def work(connection: Connection) -> str:
        connection.execute(insert(UserAccount), account(name, **changes))
        return name

    return work


def found(connection: Connection) -> list[str]:
    return list(connection.scalars(NAMES))


async def test_a_unit_of_work_is_committed_when_it_returns(database: Database) -> None:
    assert await database.write(adding("ada")) == "ada"
    assert await database.read(found) == await database.query(found) == ["ada"]


async def test_a_unit_of_work_is_rolled_back_when_it_raises(database: Database) -> None:
    def break_off_half_way(connection: Connection) -> None:
        adding("ada")(connection)
        raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        await database.write(break_off_half_way)
    assert await database.read(found) == []


async def test_reading_changes_nothing(database: Database) -> None:
    with pytest.raises(Exception, match=r"read.?only|cannot execute INSERT"):
        await database.read(adding("ada"))
    assert await database.read(found) == []


async def test_a_caller_who_is_cancelled_before_the_commit_changes_nothing(database: Database) -> None:
    gate = Gate()

    def slow(connection: Connection) -> None:
        adding("ada")(connection)
        gate.wait(connection)

    first = asyncio.create_task(database.write(slow))
    await gate.reached()
    second = asyncio.create_task(database.write(adding("bob")))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.wait([first])
    gate.open()

    assert await second == "bob"
    assert await database.read(found) == ["bob"]


async def test_moments_come_back_in_utc(database: Database) -> None:
    await database.write(adding("ada"))
    stored = await database.read(lambda connection: connection.scalars(select(UserAccount.created_at)).one())
    assert stored == NOON_IN_TOKYO
    assert stored.tzinfo is UTC


async def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="needs a time zone"):
        await database.write(adding("ada", created_at=NOON_IN_TOKYO.replace(tzinfo=None)))


@pytest.mark.parametrize(("kind", "seen_later"), [("read", []), ("query", ["ada"])])
async def test_what_a_reader_sees_while_somebody_writes(database: Database, kind: str, seen_later: list[str]) -> None:
    gate = Gate()

    def look_twice(connection: Connection) -> tuple[list[str], list[str]]:
        before = found(connection)
        gate.wait(connection)
        return before, found(connection)

    reader = asyncio.create_task(getattr(database, kind)(look_twice))
    await gate.reached()
    await database.write(adding("ada"))
    gate.open()

    assert await reader == ([], seen_later)
    assert await database.read(found) == ["ada"]


async def test_concurrent_writers_lose_no_update(database: Database) -> None:
    await database.write(adding("ada"))

    def increment(connection: Connection) -> None:
        count = int(connection.scalars(select(UserAccount.display_name).with_for_update()).one())
        connection.execute(update(UserAccount).values(display_name=str(count + 1)))

    await asyncio.gather(*(database.write(increment) for _ in range(25)))
    assert await database.read(lambda connection: connection.scalar(select(UserAccount.display_name))) == "25"


async def test_a_disposed_database_can_be_used_again(database: Database) -> None:
    await database.write(adding("ada"))
    await database.dispose()
    assert await database.read(found) == ["ada"]


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
    for unit_of_work in (database.query, database.read, database.write):
        with pytest.raises(DatabaseUnavailable) as caught:
            await unit_of_work(found)
        assert str(caught.value)
        assert "hush" not in str(caught.value)
    await database.dispose()


# --- SQLite ---------------------------------------------------------------------------------------------


@only_sqlite
async def test_sqlite_is_set_up_for_concurrent_use(database: Database) -> None:
    def settings(connection: Connection) -> list[Any]:
        names = ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
        return [connection.scalar(text(f"PRAGMA {name}")) for name in names]

    assert await database.read(settings) == ["wal", 1, 5000, 2]


@only_sqlite
async def test_waiting_writers_share_a_commit_and_stand_or_fall_alone(database: Database) -> None:
    gate, commits = Gate(), 0

    @event.listens_for(database.engine, "commit")
    def count(_: Connection) -> None:
        nonlocal commits
        commits += 1

    def slow(connection: Connection) -> None:
        adding("a")(connection)
        gate.wait(connection)

    def fails_after_writing(connection: Connection) -> None:
        adding("c")(connection)
        adding("b")(connection)  # exists already

    first = asyncio.create_task(database.write(slow))
    await gate.reached()
    works: list[Callable[[Connection], Any]] = [adding("b"), fails_after_writing, adding("d")]
    waiting = [asyncio.create_task(database.write(work)) for work in works]
    cancelled = asyncio.create_task(database.write(adding("e")))
    await asyncio.sleep(0)
    cancelled.cancel()
    gate.open()
    outcomes = await asyncio.gather(first, *waiting, return_exceptions=True)

    assert [type(outcome) for outcome in outcomes] == [type(None), str, IntegrityError, str]
    assert await database.read(found) == ["a", "b", "d"]
    assert commits == 2


@only_sqlite
async def test_a_writer_waits_for_another_process(database: Database, settings: Settings) -> None:
    other, gate = Database(settings.database_url), Gate()

    def slow(connection: Connection) -> None:
        adding("ada")(connection)
        gate.wait(connection)

    first = asyncio.create_task(database.write(slow))
    await gate.reached()
    second = asyncio.create_task(other.write(adding("bob")))
    await asyncio.sleep(0.05)
    assert not second.done()
    gate.open()
    await asyncio.gather(first, second)
    await other.dispose()
    assert await database.read(found) == ["ada", "bob"]


@only_sqlite
async def test_writers_behind_a_lock_that_stays_are_refused_together(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_engine, "BUSY_TIMEOUT_S", 0.2)
    monkeypatch.setattr(sqlite_units, "BUSY_TIMEOUT_S", 0.2)
    holder, database, gate = Database(settings.database_url), Database(settings.database_url), Gate()
    held = asyncio.create_task(holder.write(gate.wait))
    await gate.reached()

    begun = asyncio.create_task(database.write(adding("a")))
    await asyncio.sleep(0.02)
    behind = [asyncio.create_task(database.write(adding(name))) for name in "bcdefgh"]
    outcomes = await asyncio.gather(begun, *behind, return_exceptions=True)

    assert {type(outcome) for outcome in outcomes} == {DatabaseUnavailable}
    gate.open()
    await held
    assert await database.write(adding("z")) == "z"
    await asyncio.gather(holder.dispose(), database.dispose())


@only_sqlite
async def test_a_full_disk_is_unavailable_and_takes_nothing_along(database: Database) -> None:
    def limit(connection: Connection, pages: int) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}").close()

    await database.write(adding("ada"))
    await database.write(lambda connection: limit(connection, 1))  # which SQLite takes as: no more than there are
    with pytest.raises(DatabaseUnavailable, match="full"):
        await database.write(adding("bob", display_name="x" * 1_000_000))
    await database.write(lambda connection: limit(connection, 100_000))
    assert await database.write(adding("bob")) == "bob"
    assert await database.read(found) == ["ada", "bob"]


@only_sqlite
async def test_no_unit_of_work_can_end_the_thread_that_runs_it(database: Database) -> None:
    def leaves_a_statement_open(connection: Connection) -> Any:
        returning = insert(UserAccount).returning(UserAccount.id)
        return connection.execute(returning, account("open"))  # nobody reads the result, so RELEASE fails

    def stops_the_thread(_: Connection) -> None:
        raise SystemExit

    gate = Gate()
    held = asyncio.create_task(database.write(gate.wait))
    await gate.reached()
    works: list[Callable[[Connection], Any]] = [leaves_a_statement_open, adding("ada"), stops_the_thread]
    waiting = [asyncio.create_task(database.write(work)) for work in works]
    await asyncio.sleep(0)
    gate.open()
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    await held

    assert {type(outcome) for outcome in outcomes} == {DatabaseUnavailable}
    assert await database.write(adding("bob")) == "bob"
    for unit_of_work in (database.query, database.read):
        with pytest.raises(DatabaseUnavailable):
            await unit_of_work(stops_the_thread)
        assert await unit_of_work(found) == ["bob"]


@only_sqlite
async def test_reading_nothing_leaves_nothing_behind(database: Database) -> None:
    for _ in range(2 * sqlite_units.LONG_READERS):
        assert await database.read(lambda _: 1) == 1
    assert await database.read(found) == []


@only_sqlite
async def test_a_refusal_that_rests_on_what_was_not_committed_is_not_passed_on(database: Database) -> None:
    def refuses_because_of_ada(connection: Connection) -> None:
        if found(connection) == ["ada"]:
            raise KeyError("ada is there")

    gate = Gate()
    held = asyncio.create_task(database.write(gate.wait))
    await gate.reached()
    waiting = [asyncio.create_task(database.write(work)) for work in (adding("ada"), refuses_because_of_ada)]

    @event.listens_for(database.engine, "commit")
    def fail(_: Connection) -> None:
        raise OSError("the disk is gone")

    await asyncio.sleep(0)
    gate.open()
    outcomes = await asyncio.gather(held, *waiting, return_exceptions=True)
    event.remove(database.engine, "commit", fail)

    assert [type(outcome) for outcome in outcomes[1:]] == [DatabaseUnavailable] * 2
    assert await database.read(found) == []


@only_sqlite
async def test_work_that_comes_while_the_database_is_disposed_of_is_done(database: Database) -> None:
    gate = Gate()
    held = asyncio.create_task(database.write(gate.wait))
    await gate.reached()
    disposing = asyncio.create_task(database.dispose())
    await asyncio.sleep(0.02)
    late = asyncio.create_task(database.write(adding("ada")))
    await asyncio.sleep(0)
    gate.open()

    await asyncio.gather(held, disposing, late)
    assert await database.read(found) == ["ada"]


# --- PostgreSQL -----------------------------------------------------------------------------------------


def terminate(connection: Connection, others: Database) -> None:
    """Ends this connection from outside, as a restart of the server or a proxy would."""
    pid = connection.scalar(text("SELECT pg_backend_pid()"))
    ended = text("SELECT pg_terminate_backend(:pid, 5000)").bindparams(pid=pid)
    await_only(others.query(lambda other: other.scalar(ended)))


@only_postgres
async def test_a_connection_that_died_while_idle_is_replaced_unnoticed(database: Database, settings: Settings) -> None:
    others = Database(settings.database_url)
    for unit_of_work in (database.query, database.read, database.write):
        pid = await unit_of_work(lambda connection: connection.scalar(text("SELECT pg_backend_pid()")))
        ended = text("SELECT pg_terminate_backend(:pid, 5000)").bindparams(pid=pid)
        assert await others.query(lambda connection, ended=ended: connection.scalar(ended))  # type: ignore[misc]  # a default binds it now
        assert await unit_of_work(found) == []
    await others.dispose()


@only_postgres
async def test_work_whose_connection_is_lost_before_its_commit_is_done_once(
    database: Database, settings: Settings
) -> None:
    others, runs = Database(settings.database_url), 0

    def lose_the_first_connection(connection: Connection) -> None:
        nonlocal runs
        runs += 1
        adding("ada")(connection)
        if runs == 1:
            terminate(connection, others)
        adding("bob")(connection)

    await database.write(lose_the_first_connection)
    await others.dispose()
    assert runs == 2
    assert await database.read(found) == ["ada", "bob"]


@only_postgres
async def test_work_whose_connection_is_lost_twice_is_unavailable(database: Database, settings: Settings) -> None:
    others, runs = Database(settings.database_url), 0

    def always_lose_it(connection: Connection) -> list[str]:
        nonlocal runs
        runs += 1
        terminate(connection, others)
        return found(connection)

    with pytest.raises(DatabaseUnavailable):
        await database.read(always_lose_it)
    await others.dispose()
    assert runs == 2


@only_postgres
async def test_a_connection_lost_during_the_commit_leaves_the_outcome_open(
    database: Database, settings: Settings
) -> None:
    others, runs = Database(settings.database_url), 0

    def lose_it_at_the_end(connection: Connection) -> None:
        nonlocal runs
        runs += 1
        adding("ada")(connection)
        terminate(connection, others)

    with pytest.raises(CommitOutcomeUnknown):
        await database.write(lose_it_at_the_end)
    await others.dispose()
    assert runs == 1


@only_postgres
async def test_a_missing_postgres_database_is_unavailable(settings: Settings) -> None:
    database = Database(normalised(settings.database_url).replace("/waybill_", "/no_waybill_"))
    with pytest.raises(DatabaseUnavailable, match='"no_waybill_'):
        await database.read(found)
    await database.dispose()
