"""The recorded cases, and the places where this server differs on purpose."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
Step = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One recorded scenario. `pings` says that keep-alive pings are part of it; elsewhere they are dropped.

    `quirk` marks a fault of the recorded server; `rows` are the lines of the conformance checklist that it shows.
    """

    name: str
    about: str
    steps: list[Step]
    rows: tuple[str, ...]
    slow: bool
    pings: bool
    quirk: bool

    @property
    def area(self) -> str:
        """The first half of the name."""
        return self.name.partition("/")[0]

    @property
    def reads_journal(self) -> bool:
        """Whether it needs the journal for itself."""
        return any("journal" in step for step in self.steps)


@cache
def recorded_cases() -> tuple[Case, ...]:
    """Every case as it was recorded, quick ones first."""
    everything = [
        Case(
            name=case["name"],
            about=case["about"],
            steps=case["steps"],
            rows=tuple(case.get("checklist", ())),
            slow=case.get("slow", False),
            pings=case.get("pings", False),
            quirk=case.get("quirk", False),
        )
        for path in sorted((HERE / "recordings").glob("*.json"))
        for case in json.loads(path.read_text(encoding="utf-8"))["cases"]
    ]
    return (*(case for case in everything if not case.slow), *(case for case in everything if case.slow))


@dataclass(frozen=True)
class Difference:
    """Why a case does not go as recorded, and what is expected instead, by the number of the step.

    `length`, if given, says after how many steps the case is over.
    """

    reason: str
    steps: Mapping[int, Step]
    length: int | None

    def applied_to(self, case: Case) -> Case:
        """The case as it goes here."""
        steps = [self._changed(step, self.steps.get(number, {})) for number, step in enumerate(case.steps)]
        return replace(case, steps=steps[: self.length])

    def _changed(self, step: Step, change: Step) -> Step:
        return {**step, **change} if change.keys() <= _DETAILS else change


_DETAILS = frozenset({"answer", "continues", "within"})


@cache
def differences(adapter: str = "takeover") -> Mapping[str, Difference]:
    """The deliberate differences by the name of their case; plain ASGI has some more."""
    found: dict[str, Difference] = {}
    for file in ("differences.toml", "differences-asgi.toml")[: 2 if adapter == "asgi" else 1]:
        listed = tomllib.loads((HERE / file).read_text(encoding="utf-8"))
        reasons = listed.pop("reasons", {})
        for name, entry in listed.items():
            steps = {int(number): step for number, step in entry.get("steps", {}).items()}
            reason = reasons[entry["because"]] if "because" in entry else entry["reason"]
            found[name] = Difference(reason, steps, entry.get("length"))
    return found


def played_cases(adapter: str) -> Iterator[Case]:
    """What is to be played: the recordings, with the deliberate differences put in."""
    listed = differences(adapter)
    for case in recorded_cases():
        yield listed[case.name].applied_to(case) if case.name in listed else case
