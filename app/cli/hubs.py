"""``waybill hubs``: what clients may call."""

import json
from typing import Annotated, Any

import typer
from rich.table import Table

from app.cli.console import CommandFailed, out
from app.main import HUBS
from app.signalr.methods import HubMethod, HubMethods
from app.signalr.schema import describe, to_typescript
from app.web.asyncapi import asyncapi_of

_HEADING = "Written by `waybill hubs --typescript`; change the hubs instead."
_SERVER_URL = "ws://localhost:8000"


def hubs(
    typescript: Annotated[bool, typer.Option("--typescript", help="Write TypeScript declarations instead.")] = False,
    asyncapi: Annotated[bool, typer.Option("--asyncapi", help="Write an AsyncAPI 3.0 document instead.")] = False,
) -> None:
    """List the hubs with their addresses, methods and arguments."""
    if typescript and asyncapi:
        raise CommandFailed("--typescript and --asyncapi write different documents: give one of them", code=2)
    if typescript:
        typer.echo(to_typescript(describe(HUBS), _HEADING), nl=False)
    elif asyncapi:
        typer.echo(json.dumps(asyncapi_of(HUBS, _SERVER_URL), indent=2, ensure_ascii=False))
    else:
        _list()


def _list() -> None:
    table = Table("Address", "Hub", "Method", box=None, header_style="bold")
    for path, hub in HUBS.items():
        methods = [_spelled(method) for method in HubMethods(hub)] or ["(it only pushes)"]
        for index, method in enumerate(methods):
            table.add_row(*((path, hub.__name__) if index == 0 else ("", "")), method)
    out.print(table, markup=False)


def _spelled(method: HubMethod) -> str:
    arguments = ", ".join(f"{name}: {_type_name(kind)}" for name, kind in method.arguments.items())
    returns = "" if method.returns in {None, type(None)} else f" -> {_type_name(method.returns)}"
    return f"{method.name}({arguments}){returns}"


def _type_name(kind: Any) -> str:
    return kind.__name__ if isinstance(kind, type) and not hasattr(kind, "__args__") else str(kind)
