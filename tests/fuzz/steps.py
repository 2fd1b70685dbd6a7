"""What the rules of the state machine draw."""

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from hypothesis import strategies as st
from hypothesis.stateful import rule

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
PICK = st.integers(0, 1000)
"""Which of those that there are, counted round and round."""

ONE_IN_TEN = st.integers(0, 9).map(lambda number: number == 0)
"""For what ends a connection: most runs should get further."""


class Step(NamedTuple):
    """What happens on the wire after something was sent."""

    delivers: bool
    cuts: list[int]
    keeps: int
    turns: int
    reads: int | None


STEPS = st.builds(
    Step,
    delivers=st.sampled_from([True, True, True, False]),
    cuts=st.lists(st.integers(1, 60), max_size=3),
    keeps=st.sampled_from([0, 0, 0, 0, 1, 7]),
    turns=st.sampled_from([0, 1, 2, 5, 20]),
    reads=st.sampled_from([None, None, 0, 1, 5]),
)
Act = Callable[..., None]


class Follower(Protocol):
    """A machine with a wire."""

    def follow(self, step: Step) -> None:
        """Does what was drawn for the wire."""


def action(**strategies: st.SearchStrategy[Any]) -> Callable[[Act], Act]:
    """A rule that sends something, of which the server may get all, a part, or nothing yet."""

    def decorate(act: Act) -> Act:
        def send(self: Follower, step: Step, **drawn: Any) -> None:
            act(self, **drawn)
            self.follow(step)

        send.__name__ = act.__name__
        make_rule: Any = rule  # its overloads do not know that no strategy is named `target`
        decorated: Act = make_rule(step=STEPS, **strategies)(send)
        return decorated

    return decorate
