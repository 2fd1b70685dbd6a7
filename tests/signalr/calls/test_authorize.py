"""`@authorize` on methods, through the connection; on hubs, as conditions. Requests are in test_negotiate.py."""

from typing import Any

import pytest

from app.signalr import ANONYMOUS, ClaimsPrincipal, Hub, HubResource, authorize
from app.signalr.authorization import admits, requirements_of
from tests.signalr.harness import completion, failure, idle, invocation, serving, user

pytestmark = pytest.mark.anyio

ALICE = user("alice", "customer")
SAM = user("sam", "staff", "admin")


def refused(name: str) -> dict[str, Any]:
    return failure(f"Failed to invoke '{name}' because user is unauthorized")


async def owns(principal: ClaimsPrincipal, resource: HubResource) -> bool:
    return bool(resource.arguments[0] == principal.identifier)


class Shop(Hub):
    called: list[str] = []

    async def browse(self) -> str:
        return "browsing"

    @authorize
    async def buy(self) -> str:
        self.called.append("buy")
        return "bought"

    @authorize(roles=["staff", "service"])
    async def restock(self) -> str:
        self.called.append("restock")
        return "restocked"

    @authorize(roles=["staff"])
    @authorize(roles=["admin"])
    async def close_down(self) -> str:
        return "closed"

    @authorize(policy=owns)
    async def orders_of(self, name: str) -> str:
        return f"orders of {name}"

    @authorize(policy=lambda principal, resource: principal.claims.get("vip") is True)
    async def lounge(self) -> str:
        return "welcome"


@pytest.fixture(autouse=True)
def _nothing_called() -> None:
    Shop.called.clear()


@pytest.mark.parametrize(
    ("principal", "target", "allowed"),
    [
        (ANONYMOUS, "Browse", True),
        (ANONYMOUS, "Buy", False),
        (ANONYMOUS, "Restock", False),
        (ANONYMOUS, "Lounge", False),
        (ALICE, "Buy", True),
        (ALICE, "Restock", False),
        (SAM, "Restock", True),
        (SAM, "CloseDown", True),
        (user("x", "staff"), "CloseDown", False),
        (ALICE, "Lounge", False),
        (ClaimsPrincipal("v", claims={"vip": True}), "Lounge", True),
        (ClaimsPrincipal("v", claims={"vip": True}, is_authenticated=False), "Lounge", False),
    ],
)
async def test_methods(principal: ClaimsPrincipal, target: str, allowed: bool) -> None:
    async with serving(Shop) as bench:
        client = await bench.connect(None, principal)
        answer = await client.invoke(target)
        if allowed:
            assert "result" in answer
        else:
            assert answer == refused(target)
        assert await client.invoke("Browse") == completion("browsing")


async def test_a_policy_knows_the_arguments() -> None:
    async with serving(Shop) as bench:
        client = await bench.connect(None, ALICE)
        assert await client.invoke("OrdersOf", "alice") == completion("orders of alice")
        assert await client.invoke("OrdersOf", "bob") == refused("OrdersOf")


async def test_the_unauthorized_call_nothing_and_hear_nothing_without_an_id() -> None:
    async with serving(Shop) as bench:
        client = await bench.connect()
        client.send(invocation("Buy"), invocation("Restock"))
        await idle()
        assert client.received == []
        assert Shop.called == []


async def test_binding_comes_before_authorization() -> None:
    async with serving(Shop) as bench:
        client = await bench.connect()
        answer = await client.invoke("Buy", "too", "much")
        assert answer == failure("Failed to invoke 'Buy' due to an error on the server.")


async def test_hubs_inherit_what_their_bases_demand() -> None:
    @authorize(roles=["staff"])
    class Staff(Hub):
        pass

    class Managers(Staff):
        pass

    @authorize(roles=["admin"])
    class Admins(Staff):
        pass

    resource = HubResource("hub")
    assert not await admits(requirements_of(Managers), ALICE, resource)
    assert await admits(requirements_of(Managers), user("x", "staff"), resource)
    assert not await admits(requirements_of(Admins), user("x", "staff"), resource)
    assert not await admits(requirements_of(Admins), user("x", "admin"), resource)
    assert await admits(requirements_of(Admins), SAM, resource)
    assert not requirements_of(Hub)


async def test_a_policy_of_a_hub_sees_no_method() -> None:
    seen: list[HubResource] = []

    def watch(_: ClaimsPrincipal, resource: HubResource) -> bool:
        seen.append(resource)
        return True

    @authorize(policy=watch)
    class Watched(Hub):
        pass

    assert await admits(requirements_of(Watched), ALICE, HubResource("Watched"))
    assert (seen[0].hub, seen[0].method, tuple(seen[0].arguments)) == ("Watched", None, ())
