"""The state machine of a connection, with the same few runs each time."""

from hypothesis import Phase, settings

from tests.fuzz.connections import SETTINGS, Connections

TestConnections = Connections.TestCase
# Without shrinking, which takes minutes: `python -m tests.fuzz.connections` does that.
TestConnections.settings = settings(SETTINGS, max_examples=30, derandomize=True, phases=[Phase.generate])
