"""Options that several commands share. An option that is not given leaves its setting as it is."""

from typing import Annotated, Any

import typer

from app.config.settings import Settings, load_settings

HostOption = Annotated[str | None, typer.Option(help="Address to listen on.", show_default="WAYBILL_HOST or 127.0.0.1")]
PortOption = Annotated[
    int | None,
    typer.Option(min=0, max=65535, help="Port to listen on; 0 for any free one.", show_default="PORT or 8000"),
]


def settings_with(**given: Any) -> Settings:
    """Returns the settings; an option that was given (is not None) replaces its setting."""
    return load_settings(**{name: value for name, value in given.items() if value is not None})
