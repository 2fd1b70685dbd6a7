"""Every recorded case of ASP.NET Core SignalR, played against this server over real sockets."""

import pytest

from tests.signalr.golden.outcomes import Outcomes
from tests.signalr.golden.recordings import Case, recorded_cases


@pytest.mark.timeout(300)  # the first of many cases to be waited for may be one of the last to be played
@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in recorded_cases()])
def test_case(case: Case, outcomes: Outcomes) -> None:
    problem = outcomes.read(case.name)
    if problem:
        pytest.fail(problem, pytrace=False)
