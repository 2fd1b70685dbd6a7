"""What every benchmark must report."""

import math
from collections.abc import Sequence

from benchmarks.results import Report


def quiet(_: str) -> None:
    """Tells nobody what is measured next."""


def assert_complete(report: Report, peers: tuple[str, ...], rounds: int) -> None:
    """One finite sample for each peer, metric and round."""
    assert tuple(report.samples) == peers
    for peer in peers:
        assert_measured(report, peer, [metric.name for metric in report.metrics], rounds)


def assert_measured(report: Report, peer: str, metrics: Sequence[str], rounds: int) -> None:
    """One finite sample of exactly these metrics for each round."""
    samples = report.samples[peer]
    assert sorted(samples) == sorted(metrics)
    for values in samples.values():
        assert len(values) == rounds
        assert all(map(math.isfinite, values))
