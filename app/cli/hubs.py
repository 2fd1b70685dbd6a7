"""`waybill hubs`: what clients may call."""

import json
from typing import Annotated

import typer
from rich.table import Table

from app.api.docs.asyncapi import asyncapi_of
from app.cli.console import CommandFailed, out
from app.main import HUBS
from app.signalr.describe import call_of, describe, to_typescript

_HEADING = "Written by `waybill hubs --typescript`; change the hubs instead."
_SERVER_URL = "ws://localhost:8000"


def hubs(
    typescript: Annotated[bool, typer.Option("--typescript", help="Write TypeScript declarations instead.")] = False,
    asyncapi: Annotated[bool, typer.Option("--asyncapi", help="Write an AsyncAPI 3.0 document instead.")] = False,
) -> None:
    """List the hubs with their addresses, methods and events, in the types of TypeScript."""
    if typescript and asyncapi:
        raise CommandFailed("--typescript and --asyncapi write different documents: give only one of them", code=2)
    if typescript:
        typer.echo(to_typescript(describe(HUBS), _HEADING), nl=False)
    elif asyncapi:
        typer.echo(json.dumps(asyncapi_of(HUBS, _SERVER_URL), indent=2, ensure_ascii=False))
    else:
        _list()


def _list() -> None:
    table = Table("Address", "Hub", "", "Name, arguments and result", box=None, header_style="bold")
    for hub in describe(HUBS).hubs:
        rows = [*(("method", call_of(one)) for one in hub.methods), *(("event", call_of(one)) for one in hub.events)]
        for index, row in enumerate(rows):
            table.add_row(*((hub.path, hub.name) if index == 0 else ("", "")), *row)
    out.print(table, markup=False)
