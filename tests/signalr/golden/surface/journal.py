"""What the hubs saw, in order, for a recording to compare."""

from collections.abc import Iterable

from app.signalr import HubCallerContext


class Journal:
    """The lines of one application since they were last read."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._seen: set[str] = set()
        self._old: set[str] = set()

    def begin(self, open_ids: Iterable[str]) -> None:
        """Begins anew: connections that there are, or were, add no more lines, however late they take their leave."""
        self._lines.clear()
        self._old.update(self._seen, open_ids)
        self._seen.clear()

    def note(self, connection_id: str, line: str) -> None:
        """Adds a line of a connection."""
        if connection_id not in self._old:
            self._seen.add(connection_id)
            self._lines.append(line)

    def drain(self) -> list[str]:
        """Takes all lines."""
        lines, self._lines = self._lines, []
        return lines


def note(context: HubCallerContext, line: str) -> None:
    """Adds a line to the journal of the application that a hub belongs to."""
    journal: Journal = context.http.app.state.journal
    journal.note(context.connection_id, line)


def outcome(error: BaseException | None) -> str:
    """`null`, or the error as `Type: message`."""
    return "null" if error is None else described(error)


def described(error: BaseException) -> str:
    """An error as `Type: message`, under its name on the wire if it has one."""
    return f"{getattr(type(error), 'wire_name', type(error).__name__)}: {error}"
