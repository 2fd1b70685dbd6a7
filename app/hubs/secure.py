"""The tutorial's hub for signed-in users only."""

from typing import Any

from app.auth.principal import STAFF_ROLES
from app.signalr import Hub, authorize


@authorize
class SecureHub(Hub):
    """A hub that refuses connections without a valid token."""

    async def who_am_i(self) -> dict[str, Any]:
        """Returns the subject and the role that the caller's token proves."""
        claims = self.context.user.claims
        return {"subject": claims["sub"], "role": claims["role"]}

    @authorize(roles=STAFF_ROLES)
    async def staff_only(self) -> str:
        """Returns a text to staff. Customers get an error that says they are unauthorized."""
        return "You are staff."
