"""Accounts are added and changed by rules, on both databases."""

from typing import Any

import anyio
import pytest
from sqlalchemy import func, select

from app.auth.account_service import AccountService, NewAccount
from app.auth.accounts import ACCOUNTS, Users, has_admin
from app.auth.errors import (
    AccountError,
    CustomerHasAccountError,
    InvalidAccountError,
    LastAdminError,
    RoleFixedError,
    UnknownAccountError,
    UsernameTakenError,
)
from app.auth.passwords import Passwords
from app.auth.principal import Role
from app.config.settings import Settings
from app.db.database import Database

pytestmark = pytest.mark.anyio
PASSWORD = "correct horse battery"
OTHER = "staple correct horse"


@pytest.fixture
def accounts(database: Database, settings: Settings) -> AccountService:
    return AccountService(database, Passwords.of(settings))


@pytest.fixture
def users(database: Database, settings: Settings) -> Users:
    return Users(database, Passwords.of(settings))


def new(username: str, role: Role = Role.STAFF, customer_id: str | None = None) -> NewAccount:
    return NewAccount(username, role, username.title(), customer_id)


async def test_a_new_account_can_sign_in(accounts: AccountService, users: Users) -> None:
    added = await accounts.add(new("sam"), PASSWORD)
    assert (added.username, added.role, added.display_name, added.is_enabled) == ("sam", Role.STAFF, "Sam", True)
    assert await users.authenticate("sam", PASSWORD) == added == await accounts.get("sam")
    assert await users.authenticate("sam", OTHER) is None


async def test_only_a_customers_account_has_the_id_of_a_customer(accounts: AccountService) -> None:
    assert (await accounts.add(new("ada", Role.CUSTOMER, "c-1"), PASSWORD)).id == "c-1"
    assert (await accounts.add(new("c-2"), PASSWORD)).id.startswith("u-")


@pytest.mark.parametrize("username", ["sam", "SAM", "Sam"])
async def test_a_username_is_given_once(accounts: AccountService, username: str) -> None:
    await accounts.add(new("sam"), PASSWORD)
    with pytest.raises(UsernameTakenError, match="the username sam is taken"):
        await accounts.require_free(new(username))
    with pytest.raises(UsernameTakenError):
        await accounts.add(new(username), OTHER)


async def test_a_customer_has_one_account(accounts: AccountService) -> None:
    await accounts.add(new("ada", Role.CUSTOMER, "c-1"), PASSWORD)
    with pytest.raises(CustomerHasAccountError, match="the customer c-1 has the account ada already"):
        await accounts.add(new("ada2", Role.CUSTOMER, "c-1"), PASSWORD)


@pytest.mark.parametrize("usernames", [["sam"], ["sam", "Sam", "SAM", "sAM", "saM", "SaM"]], ids=["same", "case"])
async def test_of_many_who_want_one_username_at_once_one_gets_it(
    accounts: AccountService, usernames: list[str]
) -> None:
    outcomes: list[str] = []

    async def add(username: str) -> None:
        try:
            outcomes.append((await accounts.add(new(username), PASSWORD)).username.lower())
        except UsernameTakenError:
            outcomes.append("taken")

    async with anyio.create_task_group() as tasks:
        for number in range(6):
            tasks.start_soon(add, usernames[number % len(usernames)])
    assert sorted(outcomes) == ["sam", *["taken"] * 5]
    assert len(await accounts.all()) == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("a b", Role.STAFF, "Ann"), "the username 'a b' may only have letters"),
        (("ann", Role.STAFF, " "), "the name is empty"),
        (("ann", Role.CUSTOMER, "Ann"), "has a customer id if, and only if"),
        (("ann", Role.STAFF, "Ann", "c-1"), "has a customer id if, and only if"),
        (("ann", Role.CUSTOMER, "Ann", "c\n1"), "the customer id contains"),
    ],
)
def test_what_breaks_a_rule_is_refused(arguments: tuple[Any, ...], told: str) -> None:
    with pytest.raises(InvalidAccountError, match=told):
        NewAccount(*arguments)


async def test_a_weak_password_is_refused_and_not_shown(accounts: AccountService, database: Database) -> None:
    with pytest.raises(InvalidAccountError, match="at least 12 are needed") as refusal:
        await accounts.add(new("sam"), "hush-hush")
    assert "hush" not in str(refusal.value)
    assert await database.query(lambda connection: connection.scalar(select(func.count()).select_from(ACCOUNTS))) == 0


async def test_a_new_password_replaces_the_old_one(accounts: AccountService, users: Users) -> None:
    before = await accounts.add(new("sam"), PASSWORD)
    after = await accounts.set_password("sam", OTHER)
    assert after.password_changed_at > before.password_changed_at
    assert after.created_at == before.created_at
    assert await users.authenticate("sam", PASSWORD) is None
    assert await users.authenticate("sam", OTHER) == after


async def test_a_disabled_account_cannot_sign_in_until_it_is_enabled(accounts: AccountService, users: Users) -> None:
    await accounts.add(new("sam"), PASSWORD)
    disabled = await accounts.disable("sam")
    assert not disabled.is_enabled
    assert await users.authenticate("sam", PASSWORD) is None
    assert await accounts.disable("sam") == disabled
    assert (await accounts.enable("sam")).is_enabled
    assert await users.authenticate("sam", PASSWORD) is not None


async def test_a_disabled_account_costs_one_verification_like_a_wrong_password(
    accounts: AccountService, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its hash is weaker than configured, so that a sign-in would also hash the password anew."""
    await accounts.add(new("sam"), PASSWORD)
    await accounts.add(new("ann"), PASSWORD)
    await accounts.disable("sam")
    passwords = Passwords(time_cost=2, memory_kib=8, parallelism=1)
    users = Users(database, passwords)
    await users.authenticate("nobody", PASSWORD)  # makes the hash that unknown usernames are compared with
    steps: list[str] = []
    for name in ("hash", "verify"):
        original = getattr(passwords._hasher.current_hasher, name)

        def counted(*arguments: Any, name: str = name, original: Any = original) -> Any:
            steps.append(name)
            return original(*arguments)

        monkeypatch.setattr(passwords._hasher.current_hasher, name, counted)
    counts = []
    for username, password in (("sam", PASSWORD), ("sam", OTHER), ("ann", OTHER), ("nobody", OTHER)):
        steps.clear()
        assert await users.authenticate(username, password) is None
        counts.append(list(steps))
    assert counts == [["verify"]] * 4


async def test_staff_can_become_admin_and_back(accounts: AccountService) -> None:
    await accounts.add(new("alex", Role.ADMIN), PASSWORD)
    await accounts.add(new("sam"), PASSWORD)
    assert (await accounts.set_role("sam", Role.ADMIN)).role is Role.ADMIN
    assert (await accounts.set_role("alex", Role.STAFF)).role is Role.STAFF


@pytest.mark.parametrize(("username", "role"), [("ada", Role.STAFF), ("sam", Role.CUSTOMER)])
async def test_nobody_becomes_a_customer_or_stops_being_one(
    accounts: AccountService, username: str, role: Role
) -> None:
    await accounts.add(new("ada", Role.CUSTOMER, "ada"), PASSWORD)
    await accounts.add(new("sam"), PASSWORD)
    with pytest.raises(RoleFixedError, match=f"cannot get the role {role}"):
        await accounts.set_role(username, role)
    assert (await accounts.set_role("ada", Role.CUSTOMER)).role is Role.CUSTOMER


async def test_the_last_admin_stays(accounts: AccountService, database: Database) -> None:
    assert not await database.query(has_admin)
    await accounts.add(new("alex", Role.ADMIN), PASSWORD)
    await accounts.add(new("ann", Role.ADMIN), PASSWORD)
    await accounts.disable("ann")
    with pytest.raises(LastAdminError, match="alex is the last admin who can sign in"):
        await accounts.disable("alex")
    with pytest.raises(LastAdminError):
        await accounts.set_role("alex", Role.STAFF)
    assert (await accounts.set_role("ann", Role.STAFF)).role is Role.STAFF, "a disabled admin is not the last one"
    assert (await accounts.get("alex")).role is Role.ADMIN
    assert await database.query(has_admin)


async def test_admins_who_disable_each_other_at_once_leave_one(accounts: AccountService) -> None:
    names = [f"admin{number}" for number in range(5)]
    for name in names:
        await accounts.add(new(name, Role.ADMIN), PASSWORD)
    refused: list[AccountError] = []

    async def disable(username: str) -> None:
        try:
            await accounts.disable(username)
        except LastAdminError as error:
            refused.append(error)

    async with anyio.create_task_group() as tasks:
        for name in names:
            tasks.start_soon(disable, name)
    assert len(refused) == 1
    assert [account.is_enabled for account in await accounts.all()].count(True) == 1


@pytest.mark.parametrize(
    ("username", "told"),
    [
        ("sma", "there is no account 'sma'; did you mean sam?"),
        ("SAM", "did you mean sam?"),
        ("zzz", "there is no account 'zzz'$"),
        ("a\0b", "there is no account"),
        ("\udcff", "there is no account"),
    ],
)
async def test_an_unknown_username_suggests_close_ones(accounts: AccountService, username: str, told: str) -> None:
    await accounts.add(new("sam"), PASSWORD)
    for change in (accounts.get, accounts.disable, accounts.enable):
        with pytest.raises(UnknownAccountError, match=told.replace("?", r"\?")):
            await change(username)


async def test_accounts_are_listed_by_username(accounts: AccountService) -> None:
    for name in ("sam", "ann", "zoe"):
        await accounts.add(new(name), PASSWORD)
    assert [account.username for account in await accounts.all()] == ["ann", "sam", "zoe"]


async def test_a_password_that_is_changed_during_a_sign_in_stays_changed(
    accounts: AccountService, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sign-in renews the hash that it has verified, and no other."""
    weak = Passwords(time_cost=1, memory_kib=16, parallelism=1)
    await AccountService(database, weak).add(new("sam"), PASSWORD)
    passwords = Passwords.of(settings)
    users = Users(database, passwords)
    verify = passwords.verify

    async def verify_slowly(password: str, encoded: str | None) -> tuple[bool, str | None]:
        result = await verify(password, encoded)
        await accounts.set_password("sam", OTHER)
        return result

    with monkeypatch.context() as slow:
        slow.setattr(passwords, "verify", verify_slowly)
        assert await users.authenticate("sam", PASSWORD) is not None

    assert await users.authenticate("sam", PASSWORD) is None
    assert await users.authenticate("sam", OTHER) is not None
