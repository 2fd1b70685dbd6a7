"""`waybill user`: what an operator types, sees and is told."""

import json
import os
import pty
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from app.auth.accounts import Account, Users
from app.auth.passwords import Passwords
from app.cli.user.accounts import with_database
from app.config.settings import Settings
from app.db.database import Database
from tests.cli.support import one_line, run
from tests.support.logs import logging_restored
from tests.support.paths import ROOT

PASSWORD = "correct horse battery"
GENERATED = r"[a-z2-9]{5}(-[a-z2-9]{5}){3}\n"


@pytest.fixture(autouse=True)
def database_file(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty database of the test's own; hashing is made cheap."""
    monkeypatch.chdir(tmp_path)
    file = Path(shutil.copy(sqlite_template, tmp_path / "waybill.db"))
    variables = {
        "DATABASE_URL": f"sqlite:///{file}",
        "WAYBILL_SECRET_KEY": "kXo1cN0sZr8Wv2mQe7Ty4Ua9Hb3Lp6Jd5Gf",
        "WAYBILL_ARGON2_TIME_COST": "1",
        "WAYBILL_ARGON2_MEMORY_KIB": "8",
        "WAYBILL_ARGON2_PARALLELISM": "1",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with logging_restored():
        yield file


def sign_in(username: str, password: str) -> Account | None:
    async def work(database: Database, settings: Settings) -> Account | None:
        return await Users(database, Passwords.of(settings)).authenticate(username, password)

    return with_database(work)


def add(username: str, role: str = "staff", *options: str) -> None:
    result = run("user", "add", username, "--role", role, "--password-stdin", *options, stdin=f"{PASSWORD}\n")
    assert result.exit_code == 0, result.output


def listed() -> dict[str, dict[str, object]]:
    return {account["username"]: account for account in json.loads(run("user", "list", "--json").stdout)}


def place_order_of(file: Path, customer_id: str, name: str) -> None:
    """Leaves what an order leaves of its customer."""
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        row = {"id": customer_id, "name": name}
        connection.execute(text("INSERT INTO customer VALUES (:id, :name, '2026-01-01 00:00:00.000000')"), row)
    engine.dispose()


# --- add ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"], ids=["bare", "LF", "CRLF"])
def test_the_password_comes_from_standard_input(ending: str) -> None:
    options = ["--role", "admin", "--name", "Rita R.", "--password-stdin"]
    result = run("user", "add", "rita", *options, stdin=PASSWORD + ending)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "Added rita with the role admin.\n"
    account = sign_in("rita", PASSWORD)
    assert account is not None
    assert (account.role, account.display_name) == ("admin", "Rita R.")


def test_a_generated_password_is_printed_once_and_alone() -> None:
    result = run("user", "add", "rita", "--role", "admin", "--generate")
    assert re.fullmatch(GENERATED, result.stdout)
    assert sign_in("rita", result.stdout.strip()) is not None


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("short\n", "the password has 5 characters; at least 12 are needed"),
        ("", "the password has 0 characters"),
        (b"\xff\xfe correct horse\n", "is not UTF-8 text"),
        ("two lines\nof a password\n", "the password contains something that is not text"),
        ("x1y2z" * 300, "the password has 515 characters; at most 128 are allowed"),
    ],
    ids=["short", "empty", "not UTF-8", "two lines", "long"],
)
def test_a_bad_password_is_one_line_and_adds_nothing(given: str | bytes, told: str) -> None:
    result = run("user", "add", "sam", "--role", "staff", "--password-stdin", stdin=given)
    assert told in one_line(result)
    assert listed() == {}


def test_without_a_terminal_the_password_needs_an_option() -> None:
    result = run("user", "add", "sam", "--role", "staff")
    assert result.exit_code == 2
    assert result.stderr.startswith("waybill: there is no terminal to ask for the password: pass it on standard input")


@pytest.mark.parametrize(
    "options",
    [
        ["--role", "boss", "--generate"],
        ["--generate"],
        ["--role", "staff", "--generate", "--password-stdin"],
        ["--role", "staff", "--generate", "--customer-id", "c-1"],
        ["--role", "staff", "--password", PASSWORD],
    ],
    ids=" ".join,
)
def test_wrong_options_are_refused(options: list[str]) -> None:
    assert run("user", "add", "sam", *options).exit_code == 2
    assert listed() == {}


def test_a_bad_username_says_what_is_allowed() -> None:
    line = one_line(run("user", "add", "sam k", "--role", "staff", "--generate"))
    assert line.startswith("the username 'sam k' may only have letters (a to z), digits and . _ @ + -")


def test_a_taken_username_is_told_before_a_password_is_asked_for() -> None:
    add("sam")
    line = one_line(run("user", "add", "Sam", "--role", "staff"))
    assert line.startswith("the username sam is taken: choose another, or change that account with `waybill user")


def test_a_terminal_asks_until_the_password_is_good_and_shows_none_of_it() -> None:
    controller, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "user", "add", "rita", "--role", "admin"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "dumb"},
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
    )
    os.close(terminal)
    shown = ""
    answers = [("Password: ", "short"), ("Password: ", PASSWORD), ("again: ", "other"), ("Password: ", PASSWORD)]
    for prompt, answer in [*answers, ("again: ", PASSWORD)]:
        unread = len(shown)
        while prompt not in shown[unread:]:
            shown += os.read(controller, 1000).decode()
        os.write(controller, f"{answer}\n".encode())
    assert process.wait() == 0
    shown += os.read(controller, 10_000).decode()
    os.close(controller)
    assert "This password has 5 characters; at least 12 are needed" in shown
    assert "The two passwords differ." in shown
    assert "Added rita with the role admin." in shown
    assert PASSWORD not in shown
    assert sign_in("rita", PASSWORD) is not None


# --- customers ------------------------------------------------------------------------------------------


def test_a_customers_account_sees_the_customer_of_its_username(database_file: Path) -> None:
    place_order_of(database_file, "c-1", "Ada Berg")
    result = run("user", "add", "c-1", "--role", "customer", "--generate")
    assert result.stderr.endswith("The account sees the orders of the customer c-1 (Ada Berg).\n")
    assert (listed()["c-1"]["id"], listed()["c-1"]["name"]) == ("c-1", "Ada Berg")


def test_a_username_that_is_no_customer_needs_the_customers_id(database_file: Path) -> None:
    place_order_of(database_file, "c-1", "Ada Berg")
    line = one_line(run("user", "add", "ada", "--role", "customer", "--generate"))
    assert line.startswith("there is no customer ada: say whose orders the account sees with --customer-id")
    add("ada", "customer", "--customer-id", "c-1", "--name", "Ada")
    assert (listed()["ada"]["id"], listed()["ada"]["name"]) == ("c-1", "Ada")
    line = one_line(run("user", "add", "ada2", "--role", "customer", "--customer-id", "c-1", "--generate"))
    assert line == "the customer c-1 has the account ada already: name another customer with --customer-id"


def test_an_account_may_come_before_the_first_order() -> None:
    result = run("user", "add", "ada", "--role", "customer", "--customer-id", "ada", "--generate")
    assert result.exit_code == 0
    assert "There is no customer ada yet: the account will see the orders that are placed for that id" in result.stderr


# --- list -----------------------------------------------------------------------------------------------


def test_the_list_is_a_table_of_roles_and_states() -> None:
    add("sam")
    add("ada", "customer", "--customer-id", "c-1", "--name", "Ada [Berg]")
    run("user", "disable", "sam")
    heading, ada, sam = run("user", "list").stdout.splitlines()
    assert heading.split()[:3] == ["Username", "Role", "State"]
    assert re.fullmatch(r"ada +customer +enabled +\d{4}-\d\d-\d\d \d\d:\d\d +c-1 +Ada \[Berg\] *", ada)
    assert re.fullmatch(r"sam +staff +disabled \d{4}-\d\d-\d\d +\d{4}-\d\d-\d\d \d\d:\d\d +sam *", sam)
    assert len(run("user", "list", "--role", "customer").stdout.splitlines()) == 2


def test_the_list_is_json_for_scripts_and_holds_no_password() -> None:
    add("sam", "staff", "--name", "Sam Keller")
    [account] = json.loads(run("user", "list", "--json").stdout)
    moments = [account.pop("createdAt"), account.pop("passwordChangedAt")]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", moment) for moment in moments)
    assert re.fullmatch(r"u-[0-9a-f]{16}", account.pop("id"))
    assert account == {
        "username": "sam",
        "role": "staff",
        "name": "Sam Keller",
        "enabled": True,
        "disabledAt": None,
    }


def test_an_empty_list_says_how_to_add_an_account() -> None:
    result = run("user", "list")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "`waybill user add USERNAME --role ROLE`" in result.stderr
    assert run("user", "list", "--json").stdout == "[]\n"


# --- password, role, disable, enable --------------------------------------------------------------------


def test_a_new_password_replaces_the_old_one_and_says_what_stays_valid() -> None:
    add("sam")
    result = run("user", "password", "sam", "--generate")
    assert re.fullmatch(GENERATED, result.stdout)
    assert "A token that sam has already stays valid until it expires, within 3600 seconds" in result.stderr
    assert sign_in("sam", PASSWORD) is None
    assert sign_in("sam", result.stdout.strip()) is not None


def test_an_account_is_disabled_and_enabled() -> None:
    add("sam")
    result = run("user", "disable", "sam")
    assert result.stderr.startswith("sam cannot sign in any more.\nA token that sam has already stays valid")
    assert sign_in("sam", PASSWORD) is None
    assert run("user", "disable", "sam").exit_code == 0
    assert run("user", "enable", "sam").stderr == "sam can sign in.\n"
    assert sign_in("sam", PASSWORD) is not None


def test_a_role_is_changed() -> None:
    add("sam")
    assert run("user", "role", "sam", "admin").exit_code == 0
    assert listed()["sam"]["role"] == "admin"
    assert run("user", "role", "sam", "boss").exit_code == 2


def test_the_last_admin_is_neither_disabled_nor_demoted() -> None:
    add("rita", "admin")
    for change in (["disable", "rita"], ["role", "rita", "staff"]):
        line = one_line(run("user", *change))
        assert line == "rita is the last admin who can sign in: add or enable another admin first"
    assert (listed()["rita"]["role"], listed()["rita"]["enabled"]) == ("admin", True)


def test_a_customers_role_is_fixed() -> None:
    add("ada", "customer", "--customer-id", "c-1")
    assert "ada has the role customer and cannot get the role staff" in one_line(run("user", "role", "ada", "staff"))


@pytest.mark.parametrize("command", [["password"], ["disable"], ["enable"], ["role"]], ids=" ".join)
def test_an_unknown_username_suggests_a_close_one(command: list[str]) -> None:
    add("sam")
    words = [*command, "sma", *(["staff"] if command == ["role"] else [])]
    assert one_line(run("user", *words)) == "there is no account 'sma'; did you mean sam?"


def test_a_database_without_a_schema_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:///other.db")
    for words in (["list"], ["add", "sam", "--role", "staff", "--generate"]):
        assert "run `waybill migrate`" in one_line(run("user", *words))
