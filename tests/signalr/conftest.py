"""What the tests of the hub framework share."""

import pytest
from hypothesis import settings

from tests.signalr.chat import Chat, Journal
from tests.signalr.live import Adapter

# The same examples in every run, so that nobody is stopped by what they did not change;
# `pytest tests/signalr --hypothesis-profile=explore` looks further. Busy cores may make any example slow.
settings.register_profile("signalr", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=5000)
if settings.get_current_profile_name() == "default":
    settings.load_profile("signalr")


@pytest.fixture(params=list(Adapter), ids=lambda adapter: adapter.name.lower())
def adapter(request: pytest.FixtureRequest) -> Adapter:
    """Each way in which a hub meets a WebSocket."""
    chosen: Adapter = request.param
    return chosen


@pytest.fixture
def journal() -> Journal:
    """What happens in the chat hub from now on."""
    Chat.journal = Journal()
    return Chat.journal
