"""The reasons to refuse a request about an order, in the domain's own words. The routes translate them to HTTP."""

from collections.abc import Sequence

from app.orders.lifecycle import OrderAction, OrderStatus


class OrderError(Exception):
    """The base of every refusal. Nothing was changed."""


class OrderNotFoundError(OrderError):
    """There is no such order, or the principal must not learn of it. A caller cannot tell the two apart."""

    def __init__(self, order_id: int) -> None:
        super().__init__(f"There is no order {order_id}, or it is not yours.")


class ForbiddenActionError(OrderError):
    """The principal may see the order but may never do this to it."""


class IllegalActionError(OrderError):
    """The principal may do this in general, but the order's current state does not allow it."""

    def __init__(self, reason: str, status: OrderStatus, allowed: Sequence[OrderAction]) -> None:
        super().__init__(reason)
        self.status = status
        self.allowed = allowed


class StaleVersionError(OrderError):
    """The request is based on a version of the order that is no longer the current one."""

    def __init__(self, current: int) -> None:
        super().__init__(f"The order has changed since; its version is {current} now.")
        self.current = current


class QuantityExceededError(OrderError):
    """The request asks for more of a line than is open."""

    def __init__(self, line_id: int, asked: int, open_quantity: int) -> None:
        super().__init__(f"Line {line_id} has {open_quantity} open, not {asked}.")
        self.line_id = line_id
        self.asked = asked
        self.open = open_quantity


class UnknownPartError(OrderError):
    """The request names a line or a shipment that this order does not have."""

    def __init__(self, kind: str, part_id: int, known: Sequence[int]) -> None:
        super().__init__(f"The order has no {kind} {part_id}; it has {', '.join(map(str, known)) or 'none'}.")
        self.kind = kind
        self.part_id = part_id
        self.known = known


class AlreadyDeliveredError(OrderError):
    """The shipment has already arrived."""

    def __init__(self, shipment_id: int) -> None:
        super().__init__(f"Shipment {shipment_id} has been delivered already.")
        self.shipment_id = shipment_id


class UnknownCustomerError(OrderError):
    """The customer does not exist, and the request has no name with which to create them."""

    def __init__(self, customer_id: str) -> None:
        super().__init__(f"There is no customer {customer_id!r}, and no name to create them with.")
        self.customer_id = customer_id


class ReferenceTakenError(OrderError):
    """Another order already has this reference."""

    def __init__(self, reference: str, order_id: int) -> None:
        super().__init__(f"Order {order_id} has the reference {reference!r} already.")
        self.reference = reference
        self.order_id = order_id
