"""`waybill openapi`: what clients may request over HTTP."""

import json
import secrets

import typer

from app.config.settings import load_settings
from app.main import create_app


def openapi() -> None:
    """Print the OpenAPI document that a running server answers at /openapi.json."""
    # A secret of its own, so that describing the API does not create the one that development keeps.
    app = create_app(load_settings(secret_key=secrets.token_urlsafe(48)))
    typer.echo(json.dumps(app.openapi(), indent=2, ensure_ascii=False))
