"""What is said of the recordings is true: the documents are current, the differences are few and real."""

import ast
import re
from pathlib import Path

import pytest

from tests.matrix.scenarios import SCENARIOS
from tests.signalr.golden.documents import DOCUMENTS, Row, checklist, renewed
from tests.signalr.golden.recordings import differences, recorded_cases
from tests.support.paths import ROOT

ROWS = [row for rows in checklist().values() for row in rows]
_TEST = re.compile(r"(?P<file>[\w/]+\.py)::(?P<function>test_\w+)(?:\[(?P<scenario>\w+)\])?")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_a_document_is_current(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert renewed(text) == text, "run: python -m tests.signalr.golden.documents"


@pytest.mark.parametrize("adapter", ["takeover", "asgi"])
def test_every_difference_is_one_of_a_recorded_case(adapter: str) -> None:
    recorded = {case.name: case for case in recorded_cases()}
    for name, difference in differences(adapter).items():
        assert difference.applied_to(recorded[name]).steps != recorded[name].steps, name
        assert all(number < len(recorded[name].steps) for number in difference.steps), name
        assert difference.reason.endswith("."), name


def test_fewer_than_three_in_a_hundred_differ() -> None:
    assert 100 * len(differences()) < 3 * len(recorded_cases())


def test_every_rule_of_the_checklist_is_shown_or_said_to_be_open() -> None:
    assert [row.number for row in ROWS] == list(range(1, 241))
    for row in ROWS:
        assert row.cases or row.tests or row.missing, row
        assert not (row.missing and (row.cases or row.tests)), row


def test_the_recordings_name_rules_of_the_checklist() -> None:
    numbers = {reference.partition("-")[2] for case in recorded_cases() for reference in case.rows}
    assert numbers <= {str(row.number) for row in ROWS}


@pytest.mark.parametrize("row", [pytest.param(row, id=str(row.number)) for row in ROWS if row.tests])
def test_the_tests_that_show_a_rule_exist(row: Row) -> None:
    for test in row.tests:
        found = _TEST.fullmatch(test)
        assert found is not None, test
        module = ast.parse((ROOT / found["file"]).read_text(encoding="utf-8"))
        functions = {node.name for node in module.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}
        assert found["function"] in functions, test
        assert found["scenario"] in (None, *(scenario.name for scenario in SCENARIOS)), test
