"""The backplane of a server that is alone: one process, and nothing to install."""

from broadcaster import Broadcast


def memory() -> Broadcast:
    """Returns a broadcast that reaches this process only."""
    return Broadcast("memory://")
