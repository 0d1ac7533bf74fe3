"""What one command costs: wall time, CPU time and peak memory, of that process alone."""

import dataclasses
import os
import subprocess
import sys
import tempfile
import time


@dataclasses.dataclass
class Cost:
    wall: float  # seconds
    cpu: float  # seconds, user and system
    rss: float  # MB at its peak
    stdout: str
    stderr: str


def cost(command, cwd=None, env=None, expect=(0,)):
    """Runs the command once. Ends the program, with the command's output, on an exit status not in `expect`."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        start = time.monotonic()
        child = subprocess.Popen(
            command, cwd=cwd, env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL, stdout=out, stderr=err
        )
        # wait4 gives this child's usage; getrusage(RUSAGE_CHILDREN) has one peak for all children so far.
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        stdout, stderr = out.read(), err.read()
    if child.returncode not in expect:
        sys.exit(f"{' '.join(map(str, command))}: exit status {child.returncode}\n{stdout[-2000:]}{stderr[-2000:]}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, stdout, stderr)


def best(times, command, **options):
    """The cheapest of several runs by CPU time: noise of a busy machine only ever adds."""
    return min((cost(command, **options) for _ in range(times)), key=lambda c: c.cpu)


def table(header, rows):
    """Prints rows of texts under a header, columns aligned; the first to the left, the others to the right."""
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    for row in [header, *rows]:
        cells = [cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths))]
        print("  ".join(cells).rstrip())
