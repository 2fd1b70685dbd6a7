"""`waybill user`: the accounts that may sign in."""

import typer

from app.cli.commands import Command, Group
from app.cli.user.add import add
from app.cli.user.change import disable, enable, password, role
from app.cli.user.listing import list_users

user = typer.Typer(
    cls=Group,
    name="user",
    help="Add, list and change the accounts that may sign in.",
    no_args_is_help=True,
)
user.command(cls=Command)(add)
user.command("list", cls=Command)(list_users)
user.command(cls=Command)(password)
user.command(cls=Command)(role)
user.command(cls=Command)(disable)
user.command(cls=Command)(enable)
