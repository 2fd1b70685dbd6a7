"""What the hubs saw, in order, for a recording to compare."""

from app.signalr import HubCallerContext


class Journal:
    """The lines of one application since they were last read."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def note(self, line: str) -> None:
        """Adds a line."""
        self._lines.append(line)

    def drain(self) -> list[str]:
        """Takes all lines."""
        lines, self._lines = self._lines, []
        return lines


def note(context: HubCallerContext, line: str) -> None:
    """Adds a line to the journal of the application that a hub belongs to."""
    journal: Journal = context.http.app.state.journal
    journal.note(line)


def outcome(error: BaseException | None) -> str:
    """`null`, or the error as `Type: message`."""
    return "null" if error is None else described(error)


def described(error: BaseException) -> str:
    """An error as `Type: message`, under its name on the wire if it has one."""
    return f"{getattr(type(error), 'wire_name', type(error).__name__)}: {error}"
