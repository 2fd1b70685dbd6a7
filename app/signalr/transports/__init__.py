"""How bytes travel: each transport is a thin adapter between a socket or request and one connection."""
