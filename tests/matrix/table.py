"""Writes docs/client-matrix.md from the results of a run: `python -m tests.matrix.table JUNIT.xml`."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.etree import ElementTree as Xml

from app.signalr import TransportType
from tests.matrix import test_cutting, test_scenarios
from tests.matrix.clients import CLIENTS, Client
from tests.matrix.rows import ROWS, Protocol, Row, Variant
from tests.matrix.scenarios import SCENARIOS
from tests.support.paths import ROOT

DOCUMENT = ROOT / "docs" / "client-matrix.md"

_HEAD = """\
# Tested clients

The tests run published clients against a real server, each over every transport and protocol that it has. Every row
plays the same {scenarios} scenarios, from a first call to a server that restarts, except those that its client does not
support (below). In the rows with stateful reconnect, a proxy also cuts the connection again and again, at any byte,
while both ends talk. No message may then be lost, doubled, or out of order.

A cell shows how many tests passed, out of how many. `make client-matrix` runs them and writes this page.

| client | version | transport | JSON | MessagePack |
|---|---|---|---:|---:|
"""

_VARIANTS = {
    Variant.PLAIN: "",
    Variant.ASGI: ", through plain ASGI",
    Variant.STATEFUL: ", stateful reconnect",
    Variant.CROSS_ORIGIN: ", from another origin",
}

TESTS = {
    f"{test}[{case.id}]": case.values[0]
    for module in (test_scenarios, test_cutting)
    for test in module.TESTS
    for case in module.CASES
}
"""The row of each test, by the name that pytest gives the test."""


def read_results(report: Path) -> dict[str, bool]:
    """Whether each test of a run has passed. What is missing in the report has not."""
    results = dict.fromkeys(TESTS, False)
    for case in Xml.parse(report).iter("testcase"):
        name = case.get("name", "")
        if name in results:
            results[name] = all(case.find(trouble) is None for trouble in ("failure", "error", "skipped"))
    return results


def render(results: Mapping[str, bool]) -> str:
    """The page."""
    passed = sum(results.values())
    lines = [line for client in CLIENTS for line in _lines(client, results)]
    lines.append(f"| together | | | {passed}/{len(results)} | |")
    page = _HEAD.format(scenarios=len(SCENARIOS)) + "\n".join(lines) + "\n\n" + "\n".join(_limits())
    failed = sorted(name for name, has_passed in results.items() if not has_passed)
    if failed:
        page += "\n\n## Failed\n\n" + "\n".join(f"- `{name}`" for name in failed)
    return page + "\n"


def _lines(client: Client, results: Mapping[str, bool]) -> Iterator[str]:
    rows = [row for row in ROWS if row.client is client]
    for transport, variant in dict.fromkeys((row.transport, row.variant) for row in rows):
        cells = [_cell(rows, transport, variant, protocol, results) for protocol in Protocol]
        yield f"| {client.label} | {client.version} | {transport}{_VARIANTS[variant]} | {' | '.join(cells)} |"


def _cell(
    rows: list[Row], transport: TransportType, variant: Variant, protocol: Protocol, results: Mapping[str, bool]
) -> str:
    found = [
        results[name]
        for name, row in TESTS.items()
        if row in rows and (row.transport, row.variant, row.protocol) == (transport, variant, protocol)
    ]
    return f"{sum(found)}/{len(found)}" if found else "–"


def _limits() -> Iterator[str]:
    yield "## What the clients do not support\n"
    for client in CLIENTS:
        cannot = [feature.value for feature in sorted(client.lacks, key=lambda feature: feature.name)]
        for transport, lacks in client.lacks_on.items():
            cannot += [f"{feature.value} over {transport}" for feature in lacks]
        if client.transports != tuple(TransportType):
            cannot.append(f"speak anything but {', '.join(client.transports)}")
        if cannot:
            yield f"- {client.label} {client.version} cannot {'; '.join(cannot)}."


if __name__ == "__main__":
    DOCUMENT.write_text(render(read_results(Path(sys.argv[1]))), encoding="utf-8")
