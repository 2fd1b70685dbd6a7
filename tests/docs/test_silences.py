"""A comment that silences a checker gives its reason on the same line, and no test is skipped."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.paths import ROOT

_SILENCE = re.compile(r"#\s*(?:noqa\b(?::\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*)?|type:\s*ignore(?:\[[\w,\s-]*\])?)\s*")
_LEFT_OUT = re.compile(r"pytest\.(?:skip|xfail|mark\.skip|mark\.skipif|mark\.xfail|importorskip)\b")


def _sources() -> Iterator[Path]:
    for folder in ("app", "tests", "benchmarks", "migrations"):
        yield from (path for path in (ROOT / folder).rglob("*.py") if "node_modules" not in path.parts)


def _unexplained(line: str) -> bool:
    silences = list(_SILENCE.finditer(line))
    return bool(silences) and not re.search(r"\w{3}", _SILENCE.sub("", line[silences[0].start() :]))


def test_every_silence_has_its_reason_beside_it() -> None:
    lines = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in _sources()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if _unexplained(line) or (_LEFT_OUT.search(line) and path != Path(__file__))
    ]
    assert lines == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("x = 1  # noqa: S105 - no secret", False),
        ("x = 1  # noqa: S105", True),
        ("x = 1  # type: ignore[misc]  # that is the point", False),
        ("x = 1  # type: ignore[misc]  # noqa: F821", True),
        ("x = 1  # type: ignore[misc]  # noqa: F821 - that is it", False),
        ("x = 1  # nothing silenced", False),
    ],
)
def test_what_counts_as_a_reason(line: str, expected: bool) -> None:
    assert _unexplained(line) is expected
