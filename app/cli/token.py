"""`waybill token`: a bearer token for scripts."""

from typing import Annotated

import typer

from app.auth.principal import Role
from app.auth.tokens import Tokens
from app.cli.console import CommandFailed
from app.config.settings import load_settings

_SUBJECT_MAX = 64


def token(
    subject: Annotated[
        str, typer.Option(help="Whom the token is for: an account's id; for a customer, the customer's id.")
    ],
    role: Annotated[Role, typer.Option(help="What its owner may do.")] = Role.SERVICE,
    name: Annotated[str, typer.Option(help="The name in timelines; the subject if empty.")] = "",
    ttl: Annotated[
        int | None,
        typer.Option(min=1, help="Seconds until the token expires.", show_default="WAYBILL_TOKEN_TTL or 3600"),
    ] = None,
) -> None:
    """Print a bearer token, and nothing else, on stdout."""
    if not 0 < len(subject) <= _SUBJECT_MAX:
        raise CommandFailed(f"--subject must have 1 to {_SUBJECT_MAX} characters; it has {len(subject)}", code=2)
    settings = load_settings()
    tokens = Tokens.of(settings)
    typer.echo(tokens.issue(subject, role, name, ttl=ttl))
