"""The tables of the documentation agree with the code."""

import dataclasses
import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import SecretStr
from typer.core import TyperGroup
from typer.main import get_command

from app.api.problems.kinds import KINDS
from app.cli import cli
from app.config.settings import Settings, variable_name
from app.main import HUBS, create_app
from app.orders.lifecycle import OrderStatus
from app.signalr import EndpointOptions, HubOptions
from app.signalr.calls.methods import HubMethods
from app.signalr.describe import describe
from tests.docs.page import Page
from tests.support.paths import ROOT

README = Page(ROOT / "README.md")
HUBS_PAGE = Page(ROOT / "docs/hubs.md")
API_PAGE = Page(ROOT / "docs/api.md")
WITHOUT_DEFAULT = {"none", "made in development"}
_EXAMPLE = re.compile(r"^#([A-Z0-9_]+)=(.*)$", re.MULTILINE)


def plain(cell: str) -> str:
    return cell.strip("`")


def written(value: Any) -> str:
    """Returns a default in the form in which an environment variable has it."""
    if isinstance(value, (list, SecretStr)) or value is None:
        assert not value
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.fixture(scope="module")
def defaults() -> dict[str, str]:
    """Every environment variable with its default."""
    with pytest.MonkeyPatch.context() as patch:
        for name in Settings.model_fields:
            patch.delenv(variable_name(name), raising=False)
        fields = Settings.model_fields.items()
        return {variable_name(name): written(field.get_default(call_default_factory=True)) for name, field in fields}


def test_the_readme_lists_every_setting_with_its_default(defaults: dict[str, str]) -> None:
    rows = {plain(name): plain(default) for name, default, _ in README.rows("| variable |")}
    assert {name: "" if default in WITHOUT_DEFAULT else default for name, default in rows.items()} == defaults


def test_the_example_lists_every_setting_with_its_default(defaults: dict[str, str]) -> None:
    assert dict(_EXAMPLE.findall((ROOT / ".env.example").read_text())) == defaults


def options_of(command: Any) -> Iterator[str]:
    """The options of a command and, for a group, of its commands."""
    for option in command.params:
        yield from option.opts
    for inner in getattr(command, "commands", {}).values():
        yield from options_of(inner)


def test_the_readme_lists_every_command_and_only_options_that_exist() -> None:
    group = get_command(cli)
    assert isinstance(group, TyperGroup)
    options = {name: set(options_of(command)) for name, command in group.commands.items()}
    listed: set[str] = set()
    for first, *rest in README.rows("| | |"):
        if (match := re.match(r"`waybill (\w+)", first)) is not None:
            listed.add(match[1])
            assert set(re.findall(r"--[a-z-]+", " ".join([first, *rest]))) <= options[match[1]], first
    assert listed == options.keys()


@pytest.mark.parametrize("options", [HubOptions, EndpointOptions])
def test_every_option_is_listed_with_its_default(options: type[HubOptions | EndpointOptions]) -> None:
    rows = {plain(name): default for name, default, _ in HUBS_PAGE.rows(f"| `{options.__name__}` |")}
    fields = dataclasses.fields(options)
    assert list(rows) == [field.name for field in fields]
    for field in fields:
        default = "all three" if isinstance(field.default, frozenset) else f"{field.default}".removesuffix(".0")
        assert rows[field.name].replace(" ", "") == default.replace(" ", ""), field.name


def test_every_method_and_event_of_the_hubs_is_listed() -> None:
    text = "\n".join(HUBS_PAGE.prose)
    for hub in describe(HUBS).hubs:
        assert f"### {hub.name}, `{hub.path}`" in text
        for name in [*(method.name for method in hub.methods), *(event.name for event in hub.events)]:
            assert f"`{name}`" in text, name


def test_the_methods_of_the_chat_are_listed_with_their_arguments() -> None:
    rows = {plain(row[0]): row[1] for row in HUBS_PAGE.rows("| method | arguments |")}
    for method in HubMethods(HUBS["/chathub"]):
        named = [re.sub(r"_(\w)", lambda part: part[1].upper(), name) for name in method.arguments]
        assert rows[method.name] == ", ".join(f"`{name}`" for name in named), method.name


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_endpoint_is_listed(settings: Settings) -> None:
    described: set[str] = set()
    for path, operations in create_app(settings).openapi()["paths"].items():
        described |= {f"{method.upper()} {path.replace('{order_id}', '{id}')}" for method in operations}
    listed: set[str] = set()
    for endpoints, *_ in API_PAGE.rows("| endpoint |"):
        first, *others = [plain(part) for part in endpoints.split(", ")]
        listed |= {first, *(f"{first.split()[0]} {other}" for other in others)}
    assert listed == described


def test_every_kind_of_problem_is_listed() -> None:
    rows = {plain(slug): int(status) for status, slug, *_ in API_PAGE.rows("| status | slug |")}
    assert rows == {kind.slug: kind.status for kind in KINDS.values() if kind.status}


def test_every_status_of_an_order_is_listed() -> None:
    listed = [plain(status) for statuses, _ in API_PAGE.rows("| status | |") for status in statuses.split(", ")]
    assert sorted(listed) == sorted(OrderStatus)
