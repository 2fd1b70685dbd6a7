"""The parts of the documentation that are made of the recordings: `python -m tests.signalr.golden.documents`.

Writes them into `docs/compatibility.md` and `docs/conformance.md`. With numbers, lists all cases of these rows.
"""

import json
import re
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from tests.signalr.golden.recordings import HERE, Case, Difference, differences, recorded_cases
from tests.support.paths import ROOT

DOCUMENTS = (ROOT / "docs/compatibility.md", ROOT / "docs/conformance.md")
_BLOCK = re.compile(r"(<!-- (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_SCENARIO = re.compile(r"tests/matrix/.*\[(\w+)\]")
_SHOWN = 4


class Row(NamedTuple):
    """One rule: its number, its text, the recorded cases and other tests that show it, and what is missing."""

    number: int
    text: str
    cases: Sequence[Case]
    tests: Sequence[str]
    missing: str | None


@cache
def checklist() -> Mapping[str, Sequence[Row]]:
    """All rules by area."""
    listed = tomllib.loads((HERE / "checklist.toml").read_text(encoding="utf-8"))
    cases: dict[int, list[Case]] = {}
    for case in recorded_cases():
        for reference in case.rows:
            cases.setdefault(int(reference.partition("-")[2]), []).append(case)
    return {
        area: [
            Row(int(n), text, cases.get(int(n), []), listed["shown"].get(n, ()), listed["open"].get(n))
            for n, text in rows.items()
        ]
        for area, rows in listed["rows"].items()
    }


def renewed(text: str) -> str:
    """A document with every generated part as it should be now."""
    return _BLOCK.sub(lambda block: f"{block[1]}\n{_PARTS[block[2]]()}\n\n{block[3]}", text)


def _areas() -> str:
    names = dict.fromkeys(case.area for case in sorted(recorded_cases(), key=lambda case: case.name))
    lines = ["| area | what it is about | cases | as recorded | different on purpose |", "|---|---|---:|---:|---:|"]
    lines += [_counted(area, _about(area), [case for case in recorded_cases() if case.area == area]) for area in names]
    lines.append(_counted("**all**", "", recorded_cases()))
    quirks = [case for case in recorded_cases() if case.quirk]
    decided = sum(case.name in differences() for case in quirks)
    share = 100 * len(differences()) / len(recorded_cases())
    summary = (
        f"{share:.1f} % differ on purpose. {len(quirks)} of the recordings are marked as faults of ASP.NET Core: "
        f"{decided} of these are among the differences, and this server repeats {len(quirks) - decided}."
    )
    return "\n".join([*lines, "", *_wrapped(summary)])


def _counted(area: str, about: str, cases: Sequence[Case]) -> str:
    decided = sum(case.name in differences() for case in cases)
    return f"| {area} | {about} | {len(cases)} | {len(cases) - decided} | {decided} |"


def _about(area: str) -> str:
    about: str = json.loads((HERE / "recordings" / f"{area}.json").read_text(encoding="utf-8"))["about"]
    return about


def _differences() -> str:
    return "\n".join(_explained(differences()))


def _asgi() -> str:
    everywhere = differences()
    return "\n".join(
        _explained({name: one for name, one in differences("asgi").items() if one != everywhere.get(name)})
    )


def _explained(listed: Mapping[str, Difference]) -> Iterator[str]:
    """One item for each reason."""
    by_reason: dict[str, list[str]] = {}
    for name, difference in listed.items():
        by_reason.setdefault(difference.reason, []).append(f"`{name}`")
    for reason, names in by_reason.items():
        first, *rest = _wrapped(f"- {reason} ({', '.join(names)})")
        yield "\n".join([first, *(f"  {line}" for line in rest)])


def _wrapped(text: str, width: int = 116) -> list[str]:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".lstrip()
    return lines


def _rows() -> str:
    lines: list[str] = []
    for area, rows in checklist().items():
        lines += ["", f"## {area}", "", "| # | rule | proved by |", "|---:|---|---|"]
        lines += [f"| {row.number} | {row.text} | {', '.join(_evidence(row))} |" for row in rows]
    return "\n".join(lines[1:])


def _evidence(row: Row) -> Iterator[str]:
    yield from (_marked(case) for case in row.cases[:_SHOWN])
    if len(row.cases) > _SHOWN:
        yield f"and {len(row.cases) - _SHOWN} more"
    for test in row.tests:
        scenario = _SCENARIO.fullmatch(test)
        yield f"`{scenario[1]}` of the matrix" if scenario else f"`{test.removeprefix('tests/')}`"
    if row.missing is not None:
        yield f"*{row.missing}*"


def _marked(case: Case) -> str:
    return f"`{case.name}`" + ("*" if case.name in differences() else "")


_PARTS: Mapping[str, Callable[[], str]] = {
    "areas": _areas,
    "differences": _differences,
    "asgi": _asgi,
    "rows": _rows,
}


def main(numbers: Sequence[str]) -> None:
    """Writes the documents, or lists the cases of some rows."""
    for path in DOCUMENTS if not numbers else ():
        path.write_text(renewed(path.read_text(encoding="utf-8")), encoding="utf-8")
    for row in (row for rows in checklist().values() for row in rows if str(row.number) in numbers):
        for case in row.cases:
            sys.stdout.write(f"{case.name}: {case.about}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
