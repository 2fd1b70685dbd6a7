"""The list of scenarios: each is a function that plays on a stage, and says what its client must be able to do."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.matrix.clients import Feature
from tests.matrix.rows import Row
from tests.matrix.stage import Stage

Play = Callable[[Stage], Awaitable[None]]


@dataclass(frozen=True)
class Scenario:
    """One thing that every row must show, if its client has the features for it."""

    name: str
    play: Play
    needs: frozenset[Feature]
    suits: Callable[[Row], bool]

    def belongs_to(self, row: Row) -> bool:
        """Whether the row can show it at all."""
        return self.suits(row) and all(map(row.can, self.needs))


SCENARIOS: list[Scenario] = []


def _any_row(_: Row) -> bool:
    return True


def scenario(*needs: Feature, suits: Callable[[Row], bool] = _any_row) -> Callable[[Play], Play]:
    """Puts a function on the list, under its own name. `suits` leaves out rows to which it means nothing."""

    def register(play: Play) -> Play:
        SCENARIOS.append(Scenario(play.__name__, play, frozenset(needs), suits))
        return play

    return register
