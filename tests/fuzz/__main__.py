"""The long run: `python -m tests.fuzz --inputs 1000000` feeds each target that many inputs, the same in every run."""

import argparse
import resource
import sys
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from random import Random

from tests.fuzz.targets import PARSERS, Target
from tests.fuzz.whole import session_target

_PARSERS: dict[str, Target] = {target.name: target for target in PARSERS}
NAMES = (*_PARSERS, "sessions")
SHOWN = 5
"""Faults of one target that are printed in full."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints what became of the inputs of each target; 1 if anything escaped."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=1_000_000, help="inputs of each target (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="where the pseudo-random numbers begin")
    parser.add_argument("targets", nargs="*", metavar="target", help=f"{', '.join(NAMES)}; default: all")
    options = parser.parse_args(arguments)
    if unknown := set(options.targets) - set(NAMES):
        parser.error(f"unknown target {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    escaped = 0
    for name in options.targets or NAMES:
        # A server is started when its turn comes: its clients time out when they are silent.
        with session_target() if name == "sessions" else nullcontext(_PARSERS[name]) as target:
            escaped += _run(target, options.inputs, options.seed)
    return 1 if escaped else 0


def _run(target: Target, inputs: int, seed: int) -> int:
    random = Random(seed)
    next_input = target.inputs(random)
    outcomes: Counter[str] = Counter()
    size = 0
    begun = time.monotonic()
    for number in range(inputs):
        data = next_input()
        size += len(data)
        try:
            outcomes[target.outcome(data, random)] += 1
        except Exception as error:  # noqa: BLE001 - to find these is what this program is for
            outcomes[f"ESCAPED {type(error).__name__}"] += 1
            _show(number, data, outcomes)
    escaped = sum(count for kind, count in outcomes.items() if kind.startswith("ESCAPED"))
    seconds = time.monotonic() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
    _say(f"{target.name}: {inputs} inputs, {size} bytes, {escaped} escaped, {seconds:.0f} s, peak {peak:.0f} MiB")
    for kind, count in outcomes.most_common():
        _say(f"  {count:>9}  {kind}")
    return escaped


def _show(number: int, data: bytes, outcomes: Counter[str]) -> None:
    if sum(count for kind, count in outcomes.items() if kind.startswith("ESCAPED")) <= SHOWN:
        _say(f"input {number}: {data[:500]!r}\n{traceback.format_exc(limit=-6)}")


def _say(text: str) -> None:
    sys.stdout.write(text.encode(errors="backslashreplace").decode() + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
