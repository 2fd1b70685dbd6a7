"""The `waybill` command."""

from app.cli.main import cli, main

__all__ = ["cli", "main"]
