"""The commands that do their work and end. The ones that serve are in test_serve.py."""

import os
import re
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from typer.testing import Result

from app.auth.principal import Role
from app.auth.tokens import Tokens
from app.cli import doctor
from app.config.settings import Settings
from app.db.schema_version import head_revision
from app.db.serving_lock import ServingLock
from tests.cli.support import one_line, run
from tests.support.logs import logging_restored

SECRET = "kXo1cN0sZr8Wv2mQe7Ty4Ua9Hb3Lp6Jd5Gf"
HEADER = (
    "order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at,"
    "order_delivered_carrier_date,order_delivered_customer_date,order_estimated_delivery_date"
)
GOOD_ROW = "o-{0},c-1,shipped,2018-07-24 20:41:37,2018-07-26 03:24:27,2018-07-26 14:31:00,,2018-08-13 00:00:00"


@pytest.fixture(autouse=True)
def _workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A directory of its own without a .env, where the defaults create what they create."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WAYBILL_SECRET_KEY", SECRET)
    with logging_restored():
        yield


@pytest.fixture
def _migrated(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)


@pytest.fixture
def migrated_sqlite(sqlite_template: Path, tmp_path: Path) -> Path:
    (tmp_path / "var").mkdir()
    return Path(shutil.copy(sqlite_template, tmp_path / "var" / "waybill.db"))


def test_help_lists_every_command() -> None:
    output = run("--help").output
    for command in ("serve", "migrate", "demo", "user", "token", "import", "hubs", "openapi", "doctor"):
        assert re.search(rf"│ {command} ", output)


# --- Mistakes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["serve", "migrate", "demo", "doctor", "hubs"])
def test_a_wrong_setting_is_one_line(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYBILL_LOG_LEVEL", "loud")
    result = run(command)
    if command == "hubs":  # it needs no settings
        assert result.exit_code == 0
        return
    assert result.exit_code == 1
    assert "WAYBILL_LOG_LEVEL: Input should be 'debug', 'info', 'warning' or 'error'" in result.output
    assert len(result.output.splitlines()) == 1


@pytest.mark.parametrize("command", [["serve", "--port=0"], ["migrate"], ["demo", "--port=0"]])
def test_an_unreachable_database_is_one_line(command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:hush@127.0.0.1:1/none")
    line = one_line(run(*command))
    assert line.startswith("the database cannot be reached (")
    assert line.endswith("check DATABASE_URL, or run `waybill doctor`")
    assert "hush" not in line


def test_a_place_that_cannot_be_written_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/file/waybill.db")
    assert "the database cannot be reached" in one_line(run("migrate"))


def test_a_taken_port_is_one_line_and_costs_no_data(migrated_sqlite: Path) -> None:
    before = migrated_sqlite.read_bytes()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        for command in (["serve"], ["demo", "--reset"]):
            line = one_line(run(*command, "--port", str(port)))
            assert line.startswith(f"port {port} on 127.0.0.1 is taken: choose another with --port")
    assert migrated_sqlite.read_bytes() == before


def test_an_address_of_another_machine_is_one_line() -> None:
    assert "choose" in one_line(run("serve", "--host", "192.0.2.1", "--port", "0"))


def test_several_workers_need_a_broker() -> None:
    line = one_line(run("serve", "--workers", "2"))
    assert "memory:// reaches only its own" in line


def test_serving_without_a_database_says_how_to_get_one_and_makes_none() -> None:
    assert "run `waybill migrate`" in one_line(run("serve", "--port", "0"))
    assert not Path("var").exists()


# --- migrate --------------------------------------------------------------------------------------------


def test_migrate_tells_its_steps_and_has_nothing_to_do_afterwards(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", empty_database_url)
    first = run("migrate")
    assert first.exit_code == 0
    assert re.search(r"^  0001  \w", first.stderr, re.MULTILINE)
    assert first.stderr.endswith(f"The schema is at {head_revision()}.\n")
    assert run("migrate").stderr == f"The schema is at {head_revision()} already.\n"


def test_migrate_makes_the_default_database() -> None:
    assert run("migrate").exit_code == 0
    assert Path("var/waybill.db").is_file()


def test_migrate_leaves_a_newer_schema_alone(migrated_sqlite: Path) -> None:
    engine = create_engine(f"sqlite:///{migrated_sqlite}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    assert "is at 9999, which this version does not know" in one_line(run("migrate"))


# --- token ----------------------------------------------------------------------------------------------


def test_token_prints_a_token_and_nothing_else() -> None:
    result = run("token", "--subject", "c-1", "--role", "customer", "--name", "Ada", "--ttl", "60")
    assert result.exit_code == 0
    assert result.stderr == ""
    principal = Tokens.of(Settings(_env_file=None)).verify(result.stdout.removesuffix("\n"))
    assert (principal.subject, principal.role, principal.name) == ("c-1", Role.CUSTOMER, "Ada")


@pytest.mark.parametrize(
    "arguments",
    [[], ["--subject", ""], ["--subject", "x" * 65], ["--subject=x", "--role=root"], ["--subject=x", "--ttl=0"]],
    ids=str,
)
def test_token_refuses_what_makes_no_sense(arguments: list[str]) -> None:
    result = run("token", *arguments)
    assert result.exit_code == 2
    assert result.stdout == ""


# --- import ---------------------------------------------------------------------------------------------


def write_orders(path: Path, *rows: str) -> str:
    path.write_text("\n".join([HEADER, *rows]) + "\n")
    return str(path)


@pytest.mark.usefixtures("_migrated")
def test_import_takes_the_good_rows_lists_the_bad_and_adds_nothing_twice(tmp_path: Path) -> None:
    file = write_orders(tmp_path / "orders.csv", GOOD_ROW.format(1), "[bad],row", GOOD_ROW.format(2))
    first = run("import", file)
    assert first.exit_code == 0
    assert first.stdout == "2 imported, 0 there already, 1 bad\n"
    assert re.search(r"^ 3 .*fields", first.stderr, re.MULTILINE)
    assert "3/3" in first.stderr
    again = run("import", file)
    assert again.exit_code == 0
    assert again.stdout == "0 imported, 2 there already, 1 bad\n"


@pytest.mark.usefixtures("migrated_sqlite")
def test_import_of_nothing_but_bad_rows_fails(tmp_path: Path) -> None:
    result = run("import", write_orders(tmp_path / "orders.csv", "bad,row"))
    assert result.exit_code == 1
    assert "no row of the file could be imported" in result.stderr


@pytest.mark.usefixtures("migrated_sqlite")
@pytest.mark.parametrize(
    "content", [None, b"some,other,file\n1,2,3\n", b"\xff\xfe\x00"], ids=["absent", "other", "binary"]
)
def test_import_of_no_file_of_orders_is_told_with_code_2(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "orders.csv"
    if content is not None:
        file.write_bytes(content)
    result = run("import", str(file))
    assert result.exit_code == 2
    [line] = result.stderr.splitlines()
    assert line.startswith(f"waybill: {file} ")


def test_import_without_a_schema_says_how_to_get_one(tmp_path: Path) -> None:
    file = write_orders(tmp_path / "orders.csv", GOOD_ROW.format(1))
    assert "run `waybill migrate`" in one_line(run("import", file))


# --- hubs and doctor ------------------------------------------------------------------------------------


def test_hubs_lists_methods_and_events_with_their_arguments() -> None:
    output = run("hubs").stdout
    assert re.search(r"/chathub +ChatHub +method +Broadcast\(message: string\): void", output)
    assert "SendMessage(user: string, message: string)" in output
    assert re.search(r"/hubs/orders +OrderHub +event +OrderPlaced\(event: OrderEvent\): void", output)
    assert re.search(r"/securehub +SecureHub", output)


@pytest.fixture
def _built_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("index.html", "chat.html"):
        (tmp_path / name).touch()
    with monkeypatch.context() as patch:
        patch.setattr(doctor, "DIST", tmp_path)
        yield


def findings(result: Result) -> dict[str, tuple[str, str]]:
    lines = (line.split(maxsplit=2) for line in result.stdout.splitlines())
    return {name: (mark, message) for mark, name, message in lines}


@pytest.mark.usefixtures("_migrated", "_built_page")
def test_doctor_finds_nothing_wrong_with_a_good_installation() -> None:
    run("user", "add", "rita", "--role", "admin", "--generate")
    result = run("doctor")
    assert {name: mark for name, (mark, _) in findings(result).items()} == dict.fromkeys(
        ("settings", "database", "schema", "accounts", "server", "broker", "page", "tools"), "ok"
    )
    assert result.exit_code == 0


def test_doctor_says_how_to_fix_each_flaw(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:hush@127.0.0.1:1/none")
    monkeypatch.setenv("WAYBILL_SECRET_KEY", "short")
    monkeypatch.setattr(doctor, "DIST", tmp_path)
    result = run("doctor")
    found = findings(result)
    assert result.exit_code == 1
    assert found["settings"] == ("fail", "WAYBILL_SECRET_KEY is too short (5 bytes); production would refuse it")
    assert found["database"][0] == "fail"
    assert "is DATABASE_URL right?" in found["database"][1]
    assert found["schema"] == ("fail", "unknown while the database cannot be reached")
    assert found["broker"][0] == "ok"
    assert found["page"] == ("fail", "index.html, chat.html missing: run `make build`")
    assert "hush" not in result.output


@pytest.mark.usefixtures("migrated_sqlite", "_built_page")
def test_doctor_says_that_there_is_no_admin_and_production_needs_one(monkeypatch: pytest.MonkeyPatch) -> None:
    hint = "no admin can sign in: run `waybill user add USERNAME --role admin`"
    result = run("doctor")
    assert (findings(result)["accounts"], result.exit_code) == (("note", hint), 0)
    monkeypatch.setenv("WAYBILL_ENVIRONMENT", "production")
    result = run("doctor")
    assert (findings(result)["accounts"], result.exit_code) == (("fail", hint), 1)


@pytest.mark.usefixtures("_built_page")
def test_doctor_names_the_process_that_serves_the_database(migrated_sqlite: Path) -> None:
    with ServingLock(f"sqlite:///{migrated_sqlite}").held():
        assert findings(run("doctor"))["server"] == ("ok", f"process {os.getpid()} serves the database")


@pytest.mark.usefixtures("migrated_sqlite", "_built_page")
def test_doctor_notes_tools_that_are_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shell = shutil.which("sh")
    assert shell is not None
    (tmp_path / "sh").symlink_to(shell)
    monkeypatch.setenv("PATH", str(tmp_path))
    result = run("doctor")
    assert "note  tools     node: not found" in result.stdout
    assert result.exit_code == 0


@pytest.mark.usefixtures("_built_page")
def test_doctor_points_to_a_misspelt_variable_and_a_missing_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYBILL_SEKRET", "hush")
    found = findings(run("doctor"))
    assert found["database"] == (
        "fail",
        "there is no file var/waybill.db: run `waybill migrate`, or set DATABASE_URL",
    )
    assert not Path("var").exists()
    assert found["settings"] == ("fail", "WAYBILL_SEKRET: no such setting; .env.example lists them all")
    assert found["schema"][0] == "fail"
    assert "run `waybill migrate`" in found["schema"][1]
