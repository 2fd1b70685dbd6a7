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

from benchmarks.peers import BASELINE, REFERENCE

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

    def has(self, peer: str, metric: Metric) -> bool:
        """Whether the metric was measured for this peer: not every peer can do everything."""
        return metric.name in self.samples.get(peer, {})

    def ratio(self, peer: str, metric: Metric, base: str = BASELINE) -> float | None:
        """How often the base's figure goes into this one; None if the base was not measured."""
        if not self.has(base, metric) or not (typical := self.typical(base, metric)):
            return None
        return self.typical(peer, metric) / typical

    @property
    def bases(self) -> list[str]:
        """The peers that others are compared with, as far as they were measured."""
        return [base for base in (BASELINE, REFERENCE) if base in self.samples]

    def table(self) -> Table:
        """One row for each metric and peer."""
        table = Table(title=self.title, caption="over the rounds")
        # Only the first column may wrap: a figure that is cut short would be another figure.
        table.add_column("measured")
        table.add_column("peer", no_wrap=True)
        for name in ("median", "least", "most", *(f"× {base}" for base in self.bases)):
            table.add_column(name, no_wrap=True, justify="right")
        for metric in self.metrics:
            peers = [peer for peer in self.samples if self.has(peer, metric)]
            for number, peer in enumerate(peers):
                table.add_row("" if number else f"{metric.name}, {metric.unit}", peer, *self.figures(peer, metric))
            table.add_section()
        return table

    @property
    def title(self) -> str:
        """The scenario and its sizes."""
        described = ", ".join(f"{value} {name.replace('_', ' ')}" for name, value in self.parameters.items())
        return f"{self.scenario}: {described}"

    def figures(self, peer: str, metric: Metric) -> list[str]:
        """Median, least, most, and the ratio to each base, as they are shown."""
        samples = self.samples[peer][metric.name]
        figures = [f"{value:.{metric.decimals}f}" for value in (median(samples), min(samples), max(samples))]
        ratios = [self.ratio(peer, metric, base) for base in self.bases]
        return [*figures, *("" if ratio is None else f"{ratio:.2f}" for ratio in ratios)]

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
                        if self.has(peer, metric)
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
