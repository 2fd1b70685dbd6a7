"""The demo's sign-ins over HTTP, for the page."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field

from app.api.camel_model import CamelModel
from app.api.problems import ProblemError, problem_responses
from app.auth.principal import Role
from app.demo.accounts import ACCOUNTS


class DemoAccountRead(CamelModel):
    """A sign-in that anyone may use."""

    username: Annotated[str, Field(examples=["ada"])]
    password: Annotated[str, Field(examples=["ada-demo-password"])]
    role: Role
    name: Annotated[str, Field(examples=["Ada Berg"])]


class DemoAccountList(CamelModel):
    """The sign-ins of the demo."""

    accounts: Sequence[DemoAccountRead]


def _no_demo() -> ProblemError:
    return ProblemError(404, "This is not a demo.")


router = APIRouter(prefix="/demo", tags=["demo"])


@router.get(
    "/accounts",
    operation_id="listDemoAccounts",
    summary="List the demo's sign-ins",
    responses=problem_responses(_no_demo()),
)
async def list_demo_accounts(request: Request) -> DemoAccountList:
    """The accounts to try the service with; 404 outside the demo."""
    if not request.app.state.settings.demo:
        raise _no_demo()
    return DemoAccountList(
        accounts=[
            DemoAccountRead(username=account.username, password=account.password, role=account.role, name=account.name)
            for account in ACCOUNTS
        ]
    )
