"""The processor time of a server holds that of its children."""

import subprocess
import sys

from benchmarks.processor import processor_seconds

_BUSY = "import time; end = time.process_time() + 0.3\nwhile time.process_time() < end: pass"
_PARENT = """
import subprocess, sys
command = [sys.executable, "-c", sys.argv[1]]
subprocess.run(command, check=True)
running = subprocess.Popen([*command[:2], command[2] + "\\nprint(flush=True); input()"], stdin=subprocess.PIPE)
input()
running.communicate(b"end")
"""


def test_children_count_while_they_run_and_after_they_ended() -> None:
    command = [sys.executable, "-c", _PARENT, _BUSY]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()  # the first child has ended, the second has done its work

        assert processor_seconds(process.pid) >= 0.55  # of 0.6; ended children are counted in steps of 10 ms

        process.stdin.close()
