"""Who is asking: the identity that a verified token proves."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What kind of account a principal is; the values are those of the token's `role` claim."""

    CUSTOMER = "customer"
    STAFF = "staff"
    ADMIN = "admin"
    SERVICE = "service"


STAFF_ROLES = frozenset(Role) - {Role.CUSTOMER}
"""The roles that work on the orders of every customer."""


@dataclass(frozen=True, slots=True)
class Principal:
    """A verified identity. For a customer, `subject` is also the customer's id.

    `expires_at` is when the token expires, in whole seconds since the epoch.
    """

    subject: str
    role: Role
    name: str
    expires_at: int

    @property
    def is_staff(self) -> bool:
        """Whether this principal works on the orders of every customer, not only on their own."""
        return self.role in STAFF_ROLES
