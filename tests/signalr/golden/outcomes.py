"""What became of each case, as files: the process that plays writes them, the tests of every process read them."""

import contextlib
import json
import time
from collections.abc import Collection, Iterator
from pathlib import Path

_PAUSE = 0.02


class Outcomes:
    """A directory with a file for each case that has been played."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def select(self, names: Collection[str]) -> None:
        """Says which cases are to be played."""
        (self._directory / "selected.json").write_text(json.dumps(sorted(names)), encoding="utf-8")

    def selected(self) -> frozenset[str]:
        """The names of the cases to play."""
        return frozenset(json.loads((self._directory / "selected.json").read_text(encoding="utf-8")))

    def write(self, name: str, problem: str) -> None:
        """Notes the end of a case; an empty text says that all was as recorded."""
        unfinished = self._directory / "unfinished" / name
        finished = self._directory / "finished" / name
        for path in (unfinished, finished):
            path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(problem, encoding="utf-8")
        unfinished.rename(finished)  # at once, so that nobody reads half of it

    def read(self, name: str) -> str:
        """Waits for the end of a case. Raises RuntimeError if it will never come."""
        finished = self._directory / "finished" / name
        while not finished.exists():
            if (self._directory / "ended").exists() and not finished.exists():
                raise RuntimeError(f"{name} was not played; see {self._directory / 'log.txt'}")
            time.sleep(_PAUSE)
        return finished.read_text(encoding="utf-8")

    @contextlib.contextmanager
    def ending(self) -> Iterator[None]:
        """Notes on leaving that nothing more will be played."""
        try:
            yield
        finally:
            (self._directory / "ended").touch()
