"""Every scenario on every row: clients that we did not write, over every transport and protocol."""

import pytest

from tests.matrix.rows import ROWS, Row
from tests.matrix.scenarios import SCENARIOS, Scenario
from tests.matrix.stage import Stage

pytestmark = pytest.mark.anyio

TESTS = ("test_scenario",)
CASES = [
    pytest.param(row, scenario, id=f"{row.name}-{scenario.name}")
    for row in ROWS
    for scenario in SCENARIOS
    if scenario.belongs_to(row)
]


@pytest.mark.parametrize(("row", "scenario"), CASES)
async def test_scenario(row: Row, scenario: Scenario, stage: Stage) -> None:
    await scenario.play(stage)
