"""Plays the selected cases side by side: `python -m tests.signalr.golden.play takeover DIRECTORY`.

`DIRECTORY/selected.json` names the cases; the outcome of each becomes a file beside it. Ends with standard input.
"""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import threading
import traceback
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.signalr.golden.bindings import Mismatch
from tests.signalr.golden.clock import QuickLoop
from tests.signalr.golden.outcomes import Outcomes
from tests.signalr.golden.pulse import Pulse
from tests.signalr.golden.raw_http import Address
from tests.signalr.golden.recordings import Case, played_cases
from tests.signalr.golden.replay import Replay

LANES = 12
"""Surfaces on which cases are played at the same time, one after another on each."""

SLOW_SPEED = 3.0
"""How much faster time passes for the slow cases: the longest of them waits for a minute and a half."""

TRIES = 3
"""How often a case is played that fails while the machine is too busy for anybody to be on time."""


@contextlib.contextmanager
def serving(adapter: str, count: int, speed: float) -> Iterator[list[Address]]:
    """So many surfaces, each in a process of its own."""
    command = [sys.executable, "-W", "error", "-m", "tests.signalr.golden.serve", adapter, str(count), str(speed)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        ports = process.stdout.readline()
        if not ports:
            raise RuntimeError("the surface did not start")
        yield [Address("127.0.0.1", port) for port in json.loads(ports)]
        process.communicate()  # ends its standard input, and so the process


class Player:
    """Plays cases and writes down what became of them."""

    def __init__(self, adapter: str, outcomes: Outcomes) -> None:
        self._adapter = adapter
        self._outcomes = outcomes

    def play_quick(self, cases: Sequence[Case]) -> None:
        """On several surfaces, one case at a time on each."""

        async def play() -> None:
            pulse, waiting = Pulse(), deque(cases)
            async with pulse.felt():
                await asyncio.gather(*(self._one_after_another(address, waiting, pulse) for address in addresses))

        with serving(self._adapter, min(LANES, len(cases)), 1) as addresses:
            asyncio.run(play())

    def play_slow(self, cases: Sequence[Case]) -> None:
        """Plays all at once on a clock that runs faster. A case that reads the journal gets a surface of its own."""

        async def play() -> None:
            pulse, (shared, *own) = Pulse(), addresses
            places = [own.pop() if case.reads_journal else shared for case in cases]
            async with pulse.felt():
                await asyncio.gather(*(self._play(*pair, pulse) for pair in zip(places, cases, strict=True)))

        with (
            serving(self._adapter, 1 + sum(case.reads_journal for case in cases), SLOW_SPEED) as addresses,
            asyncio.Runner(loop_factory=lambda: QuickLoop(SLOW_SPEED)) as runner,
        ):
            runner.run(play())

    async def _one_after_another(self, address: Address, cases: deque[Case], pulse: Pulse) -> None:
        while cases:
            await self._play(address, cases.popleft(), pulse)

    async def _play(self, address: Address, case: Case, pulse: Pulse) -> None:
        for _ in range(TRIES):
            stumbles = pulse.stumbles
            problem = await _problem(address, case)
            if not problem or pulse.stumbles == stumbles:
                break
        self._outcomes.write(case.name, problem)


async def _problem(address: Address, case: Case) -> str:
    try:
        await Replay(address, case).run()
    except Mismatch as error:
        return str(error)
    except Exception:  # noqa: BLE001 - the test of this case will tell
        return traceback.format_exc()
    return ""


def main(adapter: str, directory: Path) -> None:
    """Plays what is selected, the slow cases beside the others."""
    threading.Thread(target=_end_with_standard_input, daemon=True).start()
    outcomes = Outcomes(directory)
    with outcomes.ending():
        selected = outcomes.selected()
        cases = [case for case in played_cases(adapter) if case.name in selected]
        player = Player(adapter, outcomes)
        parts = [
            threading.Thread(target=play, args=(part,))
            for play, part in (
                (player.play_slow, [case for case in cases if case.slow]),
                (player.play_quick, [case for case in cases if not case.slow]),
            )
            if part
        ]
        for part in parts:
            part.start()
        for part in parts:
            part.join()


def _end_with_standard_input() -> None:
    while os.read(sys.stdin.fileno(), 1):  # not through sys.stdin, whose lock would outlast the interpreter
        pass
    os._exit(1)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
