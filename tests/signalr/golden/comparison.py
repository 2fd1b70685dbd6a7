"""When an answer, a message or a line is the one that was recorded."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from tests.signalr.golden.bindings import Bindings, Mismatch
from tests.signalr.golden.raw_http import Answer


class Comparison:
    """The rules of the recordings, with the placeholders of one case."""

    def __init__(self, bindings: Bindings) -> None:
        self._bindings = bindings

    def answer(self, expected: dict[str, Any], actual: Answer) -> None:
        """Status, the listed headers (null: absent) and the body; JSON bodies by value."""
        same = self._bindings.same
        problem = f"status (body {actual.body[:200]!r})"
        same(expected["status"], actual.status, problem)
        headers: dict[str, str | None] = expected.get("headers", {})
        for name, value in headers.items():
            same(value, actual.header(name), name)
        if "bodyHex" in expected:
            same(expected["bodyHex"], actual.body.hex(), "body")
        elif "json" in (headers.get("content-type") or "") and "body" in expected:
            same(json.loads(expected["body"]), json.loads(actual.body), "body")
        elif "body" in expected:
            same(expected["body"], actual.body.decode(), "body")

    def message(self, expected: Any, actual: Any, where: str) -> None:
        """Compares JSON by value, MessagePack by its view, and everything else as text."""
        if isinstance(expected, dict) and isinstance(actual, dict):
            self._bindings.same(expected["json"], actual["json"], where)
            return
        try:
            values = json.loads(expected), json.loads(actual)
        except (TypeError, ValueError):
            values = expected, actual
        self._bindings.same(*values, where)

    def line(self, expected: Any, actual: Any, where: str) -> None:
        """Anything else, by value."""
        self._bindings.same(expected, actual, where)

    def in_order(
        self, rule: Callable[[Any, Any, str], None], expected: Sequence[Any], actual: Sequence[Any], where: str
    ) -> None:
        """As many as expected, each the one at its place."""
        if len(expected) != len(actual):
            raise Mismatch(f"{where}: expected {len(expected)} {expected!r}, got {len(actual)} {actual!r}")
        for index, (one, other) in enumerate(zip(expected, actual, strict=True)):
            rule(one, other, f"{where}[{index}]")

    def in_any_order(
        self, rule: Callable[[Any, Any, str], None], expected: Sequence[Any], actual: Sequence[Any], where: str
    ) -> None:
        """As many as expected, each somewhere."""
        left = list(actual)
        for one in expected:
            for other in left:
                saved = self._bindings.saved()
                try:
                    rule(one, other, where)
                except Mismatch:
                    self._bindings.restore(saved)
                else:
                    left.remove(other)
                    break
            else:
                raise Mismatch(f"{where}: {one!r} is not among {left!r}")
        if left:
            raise Mismatch(f"{where}: there is also {left!r}")
