"""The life of a connection, as a table.

A connection is born with its transport and goes through these states, in this order, and never back:

    HANDSHAKE    The bytes that come are a handshake request. No hub knows the connection, and nobody can send to it.
    CONNECTING   The client is one of the hub's members, and can be sent to. `on_connected` runs. What the client sends
                 waits: the hub is promised that `on_connected` is over before the first call.
    OPEN         The client's messages are handled, in order.
    CLOSING      The end has begun. The server has sent its last message and ignores what still comes. The hub still has
                 to say goodbye: `on_disconnected` runs, after `on_connected` if that still does.
    CLOSED       The hub has said goodbye, the socket was told to close, and nothing knows the connection any more.

Four things can happen, and only they change the state:

    AGREED       The handshake was accepted, and the connection was registered with the members of its hub.
    CONNECTED    `on_connected` returned.
    ENDED        There is a reason to end. `endings.py` has all of them: from the client (it closed, was silent, broke a
                 rule, does not read, or its socket is gone), from the hub (it aborted, or refused in `on_connected`),
                 from the server (it stops, or the credentials have expired). Only the first one counts: in CLOSING and
                 CLOSED, `NEXT` has no place for another.
    RELEASED     The hub has said goodbye. Where no hub has seen the connection, this follows at once.

Two things look as if they were states and are not. Whether a socket is there: a connection with a `Resumption` may be
CONNECTING or OPEN without one. And whether the transport is paused: that is the inbox's business.
"""

from collections.abc import Mapping
from enum import IntEnum, StrEnum


class State(IntEnum):
    """How far a connection has come."""

    HANDSHAKE = 0
    CONNECTING = 1
    OPEN = 2
    CLOSING = 3
    CLOSED = 4


class Event(StrEnum):
    """What changes the state of a connection."""

    AGREED = "agreed"
    CONNECTED = "connected"
    ENDED = "ended"
    RELEASED = "released"


NEXT: Mapping[State, Mapping[Event, State]] = {
    State.HANDSHAKE: {Event.AGREED: State.CONNECTING, Event.ENDED: State.CLOSING},
    State.CONNECTING: {Event.CONNECTED: State.OPEN, Event.ENDED: State.CLOSING},
    State.OPEN: {Event.ENDED: State.CLOSING},
    State.CLOSING: {Event.RELEASED: State.CLOSED},
    State.CLOSED: {},
}
"""The state that follows; an event that a state does not list changes nothing."""
