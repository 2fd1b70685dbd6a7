"""What was measured: samples, their summary beside a baseline, as a table for people and as JSON."""

import json
import os
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import Any

from rich.table import Table

from benchmarks.peers import BASELINE

OnStep = Callable[[str], None]
"""Told what is measured next."""

_PACKAGES = ("fastapi", "starlette", "uvicorn", "websockets", "uvloop", "httptools", "orjson", "msgspec", "sqlalchemy")


@dataclass(frozen=True, slots=True)
class Metric:
    """What is measured, in which unit, and with how many decimals it is shown. Names are unique in a report."""

    name: str
    unit: str
    decimals: int = 1


@dataclass(slots=True)
class Report:
    """The samples of one scenario: for each peer and metric, one for each round."""

    scenario: str
    parameters: Mapping[str, Any]
    metrics: Sequence[Metric]
    samples: dict[str, dict[str, list[float]]] = field(default_factory=dict)

    def add(self, peer: str, metric: Metric, value: float) -> None:
        """Notes the sample of one round."""
        self.samples.setdefault(peer, {}).setdefault(metric.name, []).append(value)

    def typical(self, peer: str, metric: Metric) -> float:
        """The median over the rounds."""
        return median(self.samples[peer][metric.name])

    def ratio(self, peer: str, metric: Metric) -> float | None:
        """How often the baseline's figure goes into this one; None if the baseline was not measured."""
        if BASELINE not in self.samples or not (base := self.typical(BASELINE, metric)):
            return None
        return self.typical(peer, metric) / base

    def table(self) -> Table:
        """One row for each metric and peer."""
        described = ", ".join(f"{value} {name.replace('_', ' ')}" for name, value in self.parameters.items())
        table = Table(title=f"{self.scenario}: {described}", caption="over the rounds")
        # Only the first column may wrap: a figure that is cut short would be another figure.
        table.add_column("measured")
        table.add_column("peer", no_wrap=True)
        for name in ("median", "least", "most", f"× {BASELINE}"):
            table.add_column(name, no_wrap=True, justify="right")
        for metric in self.metrics:
            for number, peer in enumerate(self.samples):
                table.add_row("" if number else f"{metric.name}, {metric.unit}", peer, *self._figures(peer, metric))
            table.add_section()
        return table

    def _figures(self, peer: str, metric: Metric) -> list[str]:
        samples, ratio = self.samples[peer][metric.name], self.ratio(peer, metric)
        figures = [f"{value:.{metric.decimals}f}" for value in (median(samples), min(samples), max(samples))]
        return [*figures, "" if ratio is None else f"{ratio:.2f}"]

    def as_json(self) -> dict[str, Any]:
        """Everything, every sample included."""
        return {
            "scenario": self.scenario,
            "parameters": dict(self.parameters),
            "metrics": [asdict(metric) for metric in self.metrics],
            "peers": [
                {
                    "peer": peer,
                    "metrics": {
                        metric.name: {
                            "median": self.typical(peer, metric),
                            "least": min(self.samples[peer][metric.name]),
                            "most": max(self.samples[peer][metric.name]),
                            "ratio": self.ratio(peer, metric),
                            "samples": self.samples[peer][metric.name],
                        }
                        for metric in self.metrics
                    },
                }
                for peer in self.samples
            ],
        }


def write_json(path: Path, report: Report) -> None:
    """Writes a report, and what it was measured with, to a file."""
    content = {"environment": environment(), **report.as_json()}
    path.write_text(json.dumps(content, indent=2) + "\n")


def environment() -> dict[str, Any]:
    """When, and with which versions; nothing that names the machine."""
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "packages": {name: found for name in _PACKAGES if (found := _version(name)) is not None},
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
