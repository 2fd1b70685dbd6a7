"""The status is a function of the quantities, and the table of actions is complete."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.auth.principal import Principal, Role
from app.orders.lifecycle import (
    OrderAction,
    OrderStatus,
    Totals,
    Verdict,
    actions_of,
    decide,
    may_see,
    status_of,
)
from tests.orders.support import ADA, ALEX, BRUNO, SAM, SHOP

CONFIRM, SHIP, DELIVER, CANCEL = OrderAction


@dataclass(frozen=True)
class Line:
    ordered: int
    cancelled: int
    shipped: int
    delivered: int
    returned: int


@dataclass(frozen=True)
class State:
    totals: Totals
    status: OrderStatus
    customer_id: str = ADA.subject


@st.composite
def lines(draw: st.DrawFn) -> Line:
    ordered = draw(st.integers(1, 5))
    cancelled = draw(st.integers(0, ordered))
    shipped = draw(st.integers(0, ordered - cancelled))
    delivered = draw(st.integers(0, shipped))
    return Line(ordered, cancelled, shipped, delivered, draw(st.integers(0, delivered)))


orders = st.lists(lines(), min_size=1, max_size=4).map(Totals.of)

# One legal combination for each status: 4 pieces, of which so many cancelled, shipped, delivered, returned.
EXAMPLES = {
    OrderStatus.PENDING: (State(Totals(4, 0, 0, 0, 0), OrderStatus.PENDING), False),
    OrderStatus.PROCESSING: (State(Totals(4, 1, 0, 0, 0), OrderStatus.PROCESSING), True),
    OrderStatus.PARTIALLY_SHIPPED: (State(Totals(4, 1, 2, 0, 0), OrderStatus.PARTIALLY_SHIPPED), True),
    OrderStatus.SHIPPED: (State(Totals(4, 1, 3, 0, 0), OrderStatus.SHIPPED), True),
    OrderStatus.PARTIALLY_DELIVERED: (State(Totals(4, 0, 3, 2, 1), OrderStatus.PARTIALLY_DELIVERED), True),
    OrderStatus.DELIVERED: (State(Totals(4, 1, 3, 3, 0), OrderStatus.DELIVERED), True),
    OrderStatus.PARTIALLY_RETURNED: (State(Totals(4, 0, 4, 4, 1), OrderStatus.PARTIALLY_RETURNED), True),
    OrderStatus.RETURNED: (State(Totals(4, 1, 3, 3, 3), OrderStatus.RETURNED), True),
    OrderStatus.CANCELLED: (State(Totals(4, 4, 0, 0, 0), OrderStatus.CANCELLED), False),
}

ALLOWED_TO_STAFF = {
    OrderStatus.PENDING: [CONFIRM, SHIP, CANCEL],
    OrderStatus.PROCESSING: [SHIP, CANCEL],
    OrderStatus.PARTIALLY_SHIPPED: [SHIP, DELIVER, CANCEL],
    OrderStatus.SHIPPED: [DELIVER],
    OrderStatus.PARTIALLY_DELIVERED: [SHIP, DELIVER, CANCEL],
    OrderStatus.DELIVERED: [],
    OrderStatus.PARTIALLY_RETURNED: [],
    OrderStatus.RETURNED: [],
    OrderStatus.CANCELLED: [],
}


@pytest.mark.parametrize("status", OrderStatus)
def test_each_status_has_its_quantities(status: OrderStatus) -> None:
    state, confirmed = EXAMPLES[status]

    assert status_of(state.totals, confirmed=confirmed) is status


@given(orders, st.booleans())
def test_a_status_says_what_is_left_to_do(totals: Totals, confirmed: bool) -> None:
    status = status_of(totals, confirmed=confirmed)

    assert (status is OrderStatus.CANCELLED) == (totals.cancelled == totals.ordered)
    arrived = {OrderStatus.DELIVERED, OrderStatus.PARTIALLY_RETURNED, OrderStatus.RETURNED}
    if status in arrived:
        assert totals.open == totals.underway == 0
    if status is OrderStatus.SHIPPED:
        assert not totals.open
        assert totals.underway
    if status in {OrderStatus.PENDING, OrderStatus.PROCESSING}:
        assert totals.open == totals.expected
        assert (status is OrderStatus.PROCESSING) == confirmed
    if status is OrderStatus.PARTIALLY_DELIVERED:
        assert 0 < totals.delivered < totals.expected


@given(orders)
def test_confirmation_only_matters_before_anything_is_shipped(totals: Totals) -> None:
    before, after = status_of(totals, confirmed=False), status_of(totals, confirmed=True)

    assert (before, after) == (OrderStatus.PENDING, OrderStatus.PROCESSING) or before is after


@given(st.lists(lines(), min_size=1, max_size=4), st.booleans(), st.data())
def test_the_order_of_the_lines_does_not_matter(some_lines: list[Line], confirmed: bool, data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(some_lines))

    assert status_of(Totals.of(shuffled), confirmed=confirmed) is status_of(Totals.of(some_lines), confirmed=confirmed)


@pytest.mark.parametrize("principal", [SAM, ALEX, SHOP], ids=lambda principal: principal.role)
@pytest.mark.parametrize("action", OrderAction)
@pytest.mark.parametrize("status", OrderStatus)
def test_staff_admins_and_services_may_do_what_the_order_allows(
    status: OrderStatus, action: OrderAction, principal: Principal
) -> None:
    state, _ = EXAMPLES[status]

    decision = decide(principal, state, action)

    assert decision.allowed == (action in ALLOWED_TO_STAFF[status])
    if not decision.allowed:
        assert decision.verdict is Verdict.ILLEGAL
        assert decision.reason.endswith(".")


@pytest.mark.parametrize("action", OrderAction)
@pytest.mark.parametrize("status", OrderStatus)
def test_customers_may_only_cancel_and_only_while_pending(status: OrderStatus, action: OrderAction) -> None:
    state, _ = EXAMPLES[status]

    decision = decide(ADA, state, action)

    if action is not CANCEL:
        assert decision.verdict is Verdict.FORBIDDEN
        assert decision.reason == f"Only staff can {action} an order."
    elif status is OrderStatus.PENDING:
        assert decision.allowed
    else:
        assert decision.verdict is Verdict.ILLEGAL
        assert decision.reason


@pytest.mark.parametrize("action", OrderAction)
@pytest.mark.parametrize("status", OrderStatus)
def test_another_customers_order_does_not_exist(status: OrderStatus, action: OrderAction) -> None:
    state, _ = EXAMPLES[status]

    assert not may_see(BRUNO, state.customer_id)
    assert decide(BRUNO, state, action).verdict is Verdict.NOT_FOUND


def test_what_is_all_shipped_cannot_be_shipped_or_cancelled_though_partly_delivered() -> None:
    state = State(Totals(4, 0, 4, 2, 0), OrderStatus.PARTIALLY_DELIVERED)

    assert actions_of(SAM, state).allowed == [DELIVER]
    assert actions_of(SAM, state).blocked[SHIP] == "Everything that was not cancelled has been shipped."


def test_nothing_on_the_way_cannot_be_delivered_though_partly_delivered() -> None:
    state = State(Totals(4, 0, 2, 2, 0), OrderStatus.PARTIALLY_DELIVERED)

    assert actions_of(SAM, state).allowed == [SHIP, CANCEL]
    assert actions_of(SAM, state).blocked[DELIVER] == "Everything that was shipped has arrived."


@pytest.mark.parametrize("principal", [ADA, BRUNO, SAM], ids=lambda principal: principal.subject)
@pytest.mark.parametrize("status", OrderStatus)
def test_every_action_is_either_allowed_or_explained(status: OrderStatus, principal: Principal) -> None:
    state, _ = EXAMPLES[status]

    blocked = actions_of(principal, state).blocked

    assert set(actions_of(principal, state).allowed) | set(blocked) == set(OrderAction)
    assert not set(actions_of(principal, state).allowed) & set(blocked)
    assert all(blocked.values())


def test_every_role_is_in_the_table() -> None:
    state, _ = EXAMPLES[OrderStatus.PENDING]
    for role in Role:
        principal = Principal(ADA.subject, role, "", 0)
        assert decide(principal, state, CANCEL).allowed
