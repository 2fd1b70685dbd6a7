"""Whom a message is for, in a form that means the same in every process."""

from msgspec import Struct


class Recipients(Struct, frozen=True, tag=True, gc=False):
    """A set of connections of one hub, meaningful in every process."""


class Everyone(Recipients, frozen=True, gc=False):
    """All connections but the excluded ones."""

    excluded: tuple[str, ...] = ()


class Connections(Recipients, frozen=True, gc=False):
    """The connections with these ids, each once; `single` when one was asked for, and only that can be invoked."""

    ids: tuple[str, ...]
    single: bool = False


class Groups(Recipients, frozen=True, gc=False):
    """The members of these groups; a member of two of them receives twice."""

    names: tuple[str, ...]
    excluded: tuple[str, ...] = ()
    several: bool = False


class Users(Recipients, frozen=True, gc=False):
    """Every connection of these users, each once."""

    ids: tuple[str, ...]


AnyRecipients = Everyone | Connections | Groups | Users
