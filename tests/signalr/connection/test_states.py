"""The table of a connection's states."""

import pytest

from app.signalr.connection.states import NEXT, Event, State


@pytest.mark.parametrize("state", State)
def test_no_state_is_entered_twice(state: State) -> None:
    assert all(following > state for following in NEXT[state].values())


@pytest.mark.parametrize("state", [state for state in State if state < State.CLOSING])
def test_every_living_connection_can_end(state: State) -> None:
    assert NEXT[state][Event.ENDED] is State.CLOSING


@pytest.mark.parametrize("state", [State.CLOSING, State.CLOSED])
def test_only_the_first_ending_counts(state: State) -> None:
    assert Event.ENDED not in NEXT[state]


def test_every_state_can_be_reached_and_every_event_happens() -> None:
    reached = {State.HANDSHAKE} | {following for row in NEXT.values() for following in row.values()}
    assert reached == set(State) == set(NEXT)
    assert {event for row in NEXT.values() for event in row} == set(Event)
