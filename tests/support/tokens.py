"""Tokens without a sign-in, signed with the secret of the settings, as `waybill token` does."""

from app.auth.principal import Role
from app.auth.tokens import Tokens
from app.config.settings import Settings


def access_token(settings: Settings, subject: str, role: Role, *, ttl: int | None = None) -> str:
    """Returns a token that a server with these settings accepts. `ttl` is in seconds."""
    return Tokens.of(settings).issue(subject, role, ttl=ttl)


def bearer(token: str) -> dict[str, str]:
    """Returns the header that carries a token."""
    return {"Authorization": f"Bearer {token}"}
