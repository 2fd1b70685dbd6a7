"""The table of the requests: one row for each kind, number of connections and peer."""

from collections.abc import Sequence

from rich.table import Table

from benchmarks.orders.requests import Cell
from benchmarks.results import Metric, Report

_BUSY = 90
"""Percent of the time from which on the load generator may have held a service back."""


def requests_table(report: Report, cells: Sequence[Cell]) -> Table:
    """CPU time with its least and most and its ratios; of the other figures the median, and least to most."""
    table = Table(title=report.title, caption=_caption(report, cells))
    table.add_column("request, connections", no_wrap=True)
    table.add_column("peer", no_wrap=True)
    for name in ("CPU µs", "least", "most", *(f"× {base}" for base in report.bases), "per second", "p50 ms", "p99 ms"):
        table.add_column(name, no_wrap=True, justify="right")
    for cell in cells:
        peers = [peer for peer in report.samples if report.has(peer, cell.cpu)]
        for number, peer in enumerate(peers):
            others = [_span(report, peer, metric) for metric in (cell.rate, cell.p50, cell.p99)]
            what = "" if number else f"{cell.kind}, {cell.connections}"
            table.add_row(what, peer, *report.figures(peer, cell.cpu), *others)
        table.add_section()
    return table


def _span(report: Report, peer: str, metric: Metric) -> str:
    middle, least, most, *_ = report.figures(peer, metric)
    return f"{middle} ({least}–{most})"


def _caption(report: Report, cells: Sequence[Cell]) -> str:
    caption = "median over the rounds (least–most)"
    busiest = max(max(samples) for peer in report.samples for samples in _busy(report, peer, cells))
    if busiest < _BUSY:
        return caption
    return f"{caption}; the load was busy up to {busiest:.0f} % of the time: rates and latencies may be its own"


def _busy(report: Report, peer: str, cells: Sequence[Cell]) -> list[list[float]]:
    return [report.samples[peer][cell.busy.name] for cell in cells if report.has(peer, cell.busy)]
