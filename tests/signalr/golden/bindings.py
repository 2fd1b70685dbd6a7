"""The `${name}` placeholders of one case."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

from tests.signalr.golden.wording import wording

_HOLE = re.compile(r"\$\{([^}]+)\}")


class Mismatch(AssertionError):  # noqa: N818 - it is what a test finds, not a fault
    """The server did something else than the recording."""


class Bindings:
    """What each placeholder stands for; a new one in an expectation is bound to what is there."""

    def __init__(self, fetch_token: Callable[[str], Awaitable[str]]) -> None:
        self._values: dict[str, str] = {}
        self._fetch_token = fetch_token

    def saved(self) -> dict[str, str]:
        """The values, to go back to."""
        return dict(self._values)

    def restore(self, saved: dict[str, str]) -> None:
        """Forgets what was bound since."""
        self._values = saved

    async def fill(self, value: Any) -> Any:
        """The value with every placeholder replaced, however deep; each token is fetched once."""
        if isinstance(value, dict):
            return {key: await self.fill(member) for key, member in value.items()}
        if isinstance(value, list):
            return [await self.fill(member) for member in value]
        if not isinstance(value, str):
            return value
        for name in _HOLE.findall(value):
            if name.startswith("token:") and name not in self._values:
                self._values[name] = await self._fetch_token(name.removeprefix("token:"))
        return _HOLE.sub(lambda hole: self._known(hole[1]), value)

    def _known(self, name: str) -> str:
        return _repeated(name) if name.startswith("repeat:") else self._values[name]

    def same(self, expected: Any, actual: Any, where: str) -> None:
        """Compares values and types; a whole float equals an integer. Raises Mismatch with the place."""
        if isinstance(expected, str) and isinstance(actual, str):
            self._same_text(expected, actual, where)
        elif isinstance(expected, dict) and isinstance(actual, dict) and expected.keys() == actual.keys():
            for key, member in expected.items():
                self.same(member, actual[key], f"{where}.{key}")
        elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
            for index, (one, other) in enumerate(zip(expected, actual, strict=True)):
                self.same(one, other, f"{where}[{index}]")
        elif isinstance(expected, bool) is not isinstance(actual, bool) or expected != actual:
            raise Mismatch(f"{where}: expected {expected!r}, got {actual!r}")

    def _same_text(self, expected: str, actual: str, where: str) -> None:
        fixed, free = wording(_HOLE.sub(self._if_known, expected))
        if fixed == actual and not free:
            return  # texts of a megabyte make no good patterns
        new: list[str] = []
        pattern = "".join(
            self._pattern(part, new) if is_hole else re.escape(part)
            for part, is_hole in zip(_HOLE.split(fixed), _alternating(), strict=False)
        )
        found = re.fullmatch(pattern + free, actual, re.DOTALL)
        if found is None:
            raise Mismatch(f"{where}: expected {expected!r}, got {actual[:1000]!r}")
        self._values.update(zip(new, found.groups(), strict=True))

    def _if_known(self, hole: re.Match[str]) -> str:
        name = hole[1]
        return self._known(name) if name in self._values or name.startswith("repeat:") else hole[0]

    def _pattern(self, name: str, new: list[str]) -> str:
        if name == "any":
            return ".*?"
        if name in new:
            return rf"(?:\{new.index(name) + 1})"
        new.append(name)
        return "(.+?)"


def _repeated(name: str) -> str:
    text, _, count = name.removeprefix("repeat:").rpartition(":")
    return text * int(count)


def _alternating() -> Any:
    while True:
        yield False
        yield True
