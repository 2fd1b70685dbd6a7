"""The life cycle of an order: which status follows from its quantities, and who may do what in which status.

Pure domain. The rules are the tables below.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import NamedTuple, Protocol

from app.auth.principal import STAFF_ROLES, Principal, Role


class OrderStatus(StrEnum):
    """The status of an order. Its values are stored, pushed and shown."""

    PENDING = "Pending"
    PROCESSING = "Processing"
    PARTIALLY_SHIPPED = "PartiallyShipped"
    SHIPPED = "Shipped"
    PARTIALLY_DELIVERED = "PartiallyDelivered"
    DELIVERED = "Delivered"
    PARTIALLY_RETURNED = "PartiallyReturned"
    RETURNED = "Returned"
    CANCELLED = "Cancelled"


class OrderAction(StrEnum):
    """What can be done to an order. The value is the last part of the action's path."""

    CONFIRM = "confirm"
    SHIP = "ship"
    DELIVER = "deliver"
    CANCEL = "cancel"


class Quantities(Protocol):
    """The counts of a line: 0 ≤ returned ≤ delivered ≤ shipped ≤ ordered - cancelled, and 0 ≤ cancelled."""

    @property
    def ordered(self) -> int: ...
    @property
    def cancelled(self) -> int: ...
    @property
    def shipped(self) -> int: ...
    @property
    def delivered(self) -> int: ...
    @property
    def returned(self) -> int: ...


class Totals(NamedTuple):
    """The counts of a whole order, summed over its lines. An order has at least one line."""

    ordered: int
    cancelled: int
    shipped: int
    delivered: int
    returned: int

    @classmethod
    def of(cls, lines: Iterable[Quantities]) -> "Totals":
        counts = [(i.ordered, i.cancelled, i.shipped, i.delivered, i.returned) for i in lines]
        return cls(*map(sum, zip(*counts, strict=True)))

    @property
    def expected(self) -> int:
        """How many units the customer will have in the end."""
        return self.ordered - self.cancelled

    @property
    def open(self) -> int:
        """How many units are not shipped yet. Only these can still be shipped or cancelled."""
        return self.expected - self.shipped

    @property
    def underway(self) -> int:
        """How many units were shipped and have not arrived."""
        return self.shipped - self.delivered

    @property
    def left(self) -> "Left":
        """Which kinds of units are left to act on."""
        return Left(to_ship=self.open > 0, to_arrive=self.underway > 0)


class Left(NamedTuple):
    """Whether an order has units that are not shipped yet, and units that have not arrived yet."""

    to_ship: bool
    to_arrive: bool


def status_of(totals: Totals, *, confirmed: bool) -> OrderStatus:
    """Returns the status that follows from these quantities. Every legal combination has exactly one."""
    if not totals.expected:
        return OrderStatus.CANCELLED
    if totals.delivered == totals.expected:
        return _arrived(totals)
    if totals.delivered:
        return OrderStatus.PARTIALLY_DELIVERED
    if totals.shipped:
        return OrderStatus.PARTIALLY_SHIPPED if totals.open else OrderStatus.SHIPPED
    return OrderStatus.PROCESSING if confirmed else OrderStatus.PENDING


def _arrived(totals: Totals) -> OrderStatus:
    if not totals.returned:
        return OrderStatus.DELIVERED
    return OrderStatus.RETURNED if totals.returned == totals.delivered else OrderStatus.PARTIALLY_RETURNED


# --- Who may do what, when ---------------------------------------------------------------------------------

_S = OrderStatus
_CUSTOMER = frozenset({Role.CUSTOMER})
_UNSHIPPED = frozenset({_S.PENDING, _S.PROCESSING, _S.PARTIALLY_SHIPPED, _S.PARTIALLY_DELIVERED})
_ON_THE_ROAD = frozenset({_S.PARTIALLY_SHIPPED, _S.SHIPPED, _S.PARTIALLY_DELIVERED})


def _to_ship(left: Left) -> bool:
    return left.to_ship


def _to_arrive(left: Left) -> bool:
    return left.to_arrive


@dataclass(frozen=True, slots=True)
class Rule:
    """A permission of these roles to take `action` in these statuses, if there is something left to act on."""

    action: OrderAction
    roles: frozenset[Role]
    statuses: frozenset[OrderStatus]
    applies: Callable[[Left], bool] = _to_ship
    nothing_left: str = "Everything that was not cancelled has been shipped."


RULES = (
    Rule(OrderAction.CONFIRM, STAFF_ROLES, frozenset({_S.PENDING})),
    Rule(OrderAction.SHIP, STAFF_ROLES, _UNSHIPPED),
    Rule(OrderAction.DELIVER, STAFF_ROLES, _ON_THE_ROAD, _to_arrive, "Everything that was shipped has arrived."),
    Rule(OrderAction.CANCEL, STAFF_ROLES, _UNSHIPPED),
    Rule(OrderAction.CANCEL, _CUSTOMER, frozenset({_S.PENDING})),
)

_BY_ACTION_AND_ROLE: Mapping[tuple[OrderAction, Role], Rule] = MappingProxyType(
    {(rule.action, role): rule for rule in RULES for role in rule.roles}
)

# The reason for a refusal in a status that no rule names. _SPECIAL has better words for some pairs.
_STANDING: Mapping[OrderStatus, str] = MappingProxyType(
    {
        _S.PENDING: "The order is not confirmed and nothing has been shipped yet.",
        _S.PROCESSING: "The order is being prepared; nothing has been shipped yet.",
        _S.PARTIALLY_SHIPPED: "A part of the order has been shipped already.",
        _S.SHIPPED: "The order has been shipped already.",
        _S.PARTIALLY_DELIVERED: "A part of the order has been delivered already.",
        _S.DELIVERED: "The order has been delivered already.",
        _S.PARTIALLY_RETURNED: "The order was delivered and a part of it came back.",
        _S.RETURNED: "The order was delivered and came back.",
        _S.CANCELLED: "The order was cancelled.",
    }
)
_SPECIAL: Mapping[tuple[OrderAction, OrderStatus], str] = MappingProxyType(
    {
        (OrderAction.CONFIRM, _S.PROCESSING): "The order is confirmed already.",
        (OrderAction.CANCEL, _S.PROCESSING): "The order is being prepared; only staff can cancel it now.",
        (OrderAction.CANCEL, _S.PARTIALLY_SHIPPED): (
            "A part of the order has been shipped; only staff can cancel the rest."
        ),
        (OrderAction.CANCEL, _S.PARTIALLY_DELIVERED): (
            "A part of the order has been delivered; only staff can cancel the rest."
        ),
        (OrderAction.CANCEL, _S.CANCELLED): "The order is cancelled already.",
    }
)


class OrderState(Protocol):
    """The part of an order that a decision depends on."""

    @property
    def customer_id(self) -> str: ...
    @property
    def status(self) -> OrderStatus: ...
    @property
    def totals(self) -> Totals: ...


class Verdict(StrEnum):
    """The answer to the question whether a principal may act, from the weakest position to the strongest."""

    NOT_FOUND = "not_found"
    FORBIDDEN = "forbidden"
    ILLEGAL = "illegal"
    ALLOWED = "allowed"


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to "may this principal do this to this order now", with the reason if not."""

    verdict: Verdict
    reason: str = ""

    @property
    def allowed(self) -> bool:
        return self.verdict is Verdict.ALLOWED


_ALLOWED = Decision(Verdict.ALLOWED)
_NOT_FOUND = Decision(Verdict.NOT_FOUND, "There is no such order.")


def may_see(principal: Principal, customer_id: str) -> bool:
    """Returns whether the principal may know that an order of this customer exists."""
    return principal.is_staff or principal.subject == customer_id


def may_place(principal: Principal) -> bool:
    """Returns whether the principal may place orders. Those who may, may do so for any customer."""
    return principal.is_staff


def decide(principal: Principal, order: OrderState, action: OrderAction) -> Decision:
    """Returns what the tables say. Checks in this order: whether the principal may see it, its role, the status."""
    if not may_see(principal, order.customer_id):
        return _NOT_FOUND
    return _decision(action, principal.role, order.status, order.totals.left)


@cache  # there are some hundred combinations
def _decision(action: OrderAction, role: Role, status: OrderStatus, left: Left) -> Decision:
    rule = _BY_ACTION_AND_ROLE.get((action, role))
    if rule is None:
        return Decision(Verdict.FORBIDDEN, f"Only staff can {action} an order.")
    if status not in rule.statuses:
        return Decision(Verdict.ILLEGAL, _SPECIAL.get((action, status)) or _STANDING[status])
    if not rule.applies(left):
        return Decision(Verdict.ILLEGAL, rule.nothing_left)
    return _ALLOWED


def allowed_actions(principal: Principal, order: OrderState) -> list[OrderAction]:
    """Returns the actions that are allowed now, in the order of the life cycle."""
    return list(_allowed(principal.role, order.status, order.totals.left)) if _sees(principal, order) else []


def blocked_actions(principal: Principal, order: OrderState) -> dict[OrderAction, str]:
    """Returns the actions that are not allowed now, each with the reason."""
    if not _sees(principal, order):
        return dict.fromkeys(OrderAction, _NOT_FOUND.reason)
    return dict(_blocked(principal.role, order.status, order.totals.left))


def _sees(principal: Principal, order: OrderState) -> bool:
    return may_see(principal, order.customer_id)


@cache
def _allowed(role: Role, status: OrderStatus, left: Left) -> tuple[OrderAction, ...]:
    return tuple(action for action in OrderAction if _decision(action, role, status, left).allowed)


@cache
def _blocked(role: Role, status: OrderStatus, left: Left) -> tuple[tuple[OrderAction, str], ...]:
    decisions = ((action, _decision(action, role, status, left)) for action in OrderAction)
    return tuple((action, decision.reason) for action, decision in decisions if not decision.allowed)
