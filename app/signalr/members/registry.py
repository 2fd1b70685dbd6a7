"""Who is connected to one hub in this process: by connection id, by group and by user."""

from collections.abc import Collection, Iterable
from itertools import chain
from typing import Protocol

from ..calls.caller import Caller
from ..hub.recipients import AnyRecipients, Connections, Everyone, Groups, Users
from ..outgoing.buffered_writer import BufferedWriter
from ..outgoing.writer import ClientWriter


class Member(Caller, Protocol):
    """A connection as its fellow members see it: they send to it, and know its groups."""

    groups: dict[str, None]
    writer: ClientWriter | BufferedWriter


class Registry:
    """The members, and the indexes by which recipients are found."""

    def __init__(self) -> None:
        self._members: dict[str, Member] = {}
        # Dictionaries without values: sets that keep their order, so that a fan-out is the same every time.
        self._groups: dict[str, dict[Member, None]] = {}
        self._users: dict[str, dict[Member, None]] = {}

    @property
    def members(self) -> Collection[Member]:
        """Every member."""
        return self._members.values()

    def find(self, connection_id: str) -> Member | None:
        """Returns the member with this id, if it lives here."""
        return self._members.get(connection_id)

    def has_all(self, connection_ids: Iterable[str]) -> bool:
        """Returns whether all of them live here."""
        return self._members.keys() >= set(connection_ids)

    def add(self, member: Member) -> None:
        """Makes a connection addressable."""
        self._members[member.id] = member
        if member.user_identifier is not None:
            self._users.setdefault(member.user_identifier, {})[member] = None

    def remove(self, member: Member) -> None:
        """Forgets a connection and its memberships."""
        self._members.pop(member.id, None)
        for group in member.groups:
            _discard(self._groups, group, member)
        member.groups.clear()
        if member.user_identifier is not None:
            _discard(self._users, member.user_identifier, member)

    def join(self, member: Member, group: str) -> None:
        """Adds a member to a group, once."""
        self._groups.setdefault(group, {})[member] = None
        member.groups[group] = None

    def leave(self, member: Member, group: str) -> None:
        """Removes a member from a group, if it is there."""
        member.groups.pop(group, None)
        _discard(self._groups, group, member)

    def select(self, recipients: AnyRecipients) -> Iterable[Member]:
        """Returns the recipients that live here."""
        match recipients:
            case Everyone(excluded):
                return _without(self._members.values(), excluded)
            case Connections(ids=ids):
                found = [self._members.get(identifier) for identifier in dict.fromkeys(ids)]
                return [member for member in found if member is not None]
            case Groups(names=(name,), excluded=excluded):
                return _without(self._groups.get(name, ()), excluded)
            case Groups(names=names, excluded=excluded):
                return chain.from_iterable(_without(self._groups.get(name, ()), excluded) for name in names)
            case Users(ids):
                return chain.from_iterable(self._users.get(identifier, ()) for identifier in dict.fromkeys(ids))


def _without(members: Iterable[Member], excluded: tuple[str, ...]) -> Iterable[Member]:
    if not excluded:
        return members
    ids = frozenset(excluded)
    return [member for member in members if member.id not in ids]


def _discard(index: dict[str, dict[Member, None]], key: str, member: Member) -> None:
    members = index.get(key)
    if members is not None:
        members.pop(member, None)
        if not members:
            del index[key]
