"""The tutorial's hub for signed-in users only."""

from typing import Any

from app.auth.principal import Role
from app.signalr import Hub, authorize


@authorize
class SecureHub(Hub):
    """Refuses connections without a valid token."""

    async def who_am_i(self) -> dict[str, Any]:
        """The subject and role that the caller's token proves."""
        claims = self.context.user.claims
        return {"subject": claims["sub"], "role": claims["role"]}

    @authorize(roles={Role.STAFF, Role.ADMIN})
    async def staff_only(self) -> str:
        """An answer for staff; customers read that they are unauthorized."""
        return "You are staff."
