"""The accounts of the demo. Their passwords are public: they exist only where the demo is switched on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field
from sqlalchemy import select

from app.auth.models import UserAccount
from app.auth.passwords import Passwords
from app.auth.principal import Role
from app.clock import utc_now
from app.database import Database
from app.model import CamelModel
from app.upsert import upsert
from app.web.problems import ProblemError, problem_responses


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One sign-in of the demo; ``username`` is also the account's id, and a customer's the customer's id."""

    username: str
    role: Role
    name: str

    @property
    def password(self) -> str:
        return f"{self.username}-demo-password"


CUSTOMERS = (
    DemoAccount("ada", Role.CUSTOMER, "Ada Berg"),
    DemoAccount("bruno", Role.CUSTOMER, "Bruno Costa"),
    DemoAccount("chiara", Role.CUSTOMER, "Chiara Rossi"),
    DemoAccount("dan", Role.CUSTOMER, "Dan Okafor"),
)
ACCOUNTS = (
    *CUSTOMERS,
    DemoAccount("sam", Role.STAFF, "Sam Keller"),
    DemoAccount("alex", Role.ADMIN, "Alex Novak"),
)


async def ensure_accounts(database: Database, passwords: Passwords) -> int:
    """Add the demo's accounts that do not exist yet, and leave the others as they are. Returns how many."""
    async with database.reading() as session:
        known = set(await session.scalars(select(UserAccount.username)))
    missing = [account for account in ACCOUNTS if account.username not in known]
    rows = [await _row(account, passwords) for account in missing]
    if rows:
        async with database.transaction() as session:
            await session.execute(upsert(session, UserAccount).on_conflict_do_nothing(), rows)
    return len(rows)


async def _row(account: DemoAccount, passwords: Passwords) -> dict[str, object]:
    return {
        "id": account.username,
        "username": account.username,
        "password_hash": await passwords.hash(account.password),
        "role": account.role,
        "display_name": account.name,
        "created_at": utc_now(),
    }


# --- The sign-ins, for the page -------------------------------------------------------------------------


class DemoAccountRead(CamelModel):
    """A sign-in that anyone may use."""

    username: Annotated[str, Field(examples=["ada"])]
    password: Annotated[str, Field(examples=["ada-demo-password"])]
    role: Role
    name: Annotated[str, Field(examples=["Ada Berg"])]


class DemoAccountList(CamelModel):
    """The sign-ins of the demo."""

    accounts: Sequence[DemoAccountRead]


router = APIRouter(prefix="/demo", tags=["demo"])


@router.get(
    "/accounts",
    operation_id="listDemoAccounts",
    summary="List the demo's sign-ins",
    responses=problem_responses(404),
)
async def list_demo_accounts(request: Request) -> DemoAccountList:
    """The accounts to try the service with; 404 outside the demo."""
    if not request.app.state.settings.demo:
        raise ProblemError(404, "This is not a demo.")
    return DemoAccountList(
        accounts=[
            DemoAccountRead(username=account.username, password=account.password, role=account.role, name=account.name)
            for account in ACCOUNTS
        ]
    )
