"""Processor time of a process and its children, from the clocks of the kernel."""

import contextlib
import os
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

_PROC = Path("/proc")
_CPUCLOCK_SCHED = 2
_TICKS = os.sysconf("SC_CLK_TCK")


def processor_seconds(pid: int) -> float:
    """User and system time of the process, of its running descendants and of the children that have ended."""
    stats = _stats()
    children = defaultdict(list)
    for child, fields in stats.items():
        children[int(fields[1])].append(child)
    total, family = 0.0, [pid]
    while family:
        member = family.pop()
        family += children[member]
        with contextlib.suppress(OSError, KeyError):  # it has just ended
            total += time.clock_gettime(_clock(member)) + _seconds_of_ended(stats[member])
    return total


def _clock(pid: int) -> int:
    """The clock of another process in nanoseconds, ended threads included: what clock_getcpuclockid(3) returns."""
    return (~pid << 3) | _CPUCLOCK_SCHED


def _seconds_of_ended(fields: list[str]) -> float:
    return (int(fields[13]) + int(fields[14])) / _TICKS


def _stats() -> dict[int, list[str]]:
    """The fields of /proc/PID/stat after the name of the program, from the state on; see proc_pid_stat(5)."""
    return dict(_read_stats())


def _read_stats() -> Iterator[tuple[int, list[str]]]:
    for entry in _PROC.iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                yield int(entry.name), (entry / "stat").read_text().rpartition(")")[2].split()
