"""Measure a command as its own process: CPU seconds, peak memory, what it printed."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Measure:
    """What one finished process cost.

    Attributes:
        wall: seconds by the clock.
        cpu: user + system seconds, children included.
        peak_mb: largest resident size of the process, MiB.
        result: the JSON value on the last line of its output; None = there is none.
    """

    wall: float
    cpu: float
    peak_mb: float
    result: Any


def medians(measures: Sequence[Measure], wall_digits: int = 1) -> dict[str, float]:
    """Return the columns of a table for several runs; of memory, the largest."""
    return {
        "cpu_seconds": round(statistics.median(m.cpu for m in measures), 1),
        "wall_seconds": round(statistics.median(m.wall for m in measures), wall_digits),
        "peak_mb": round(max(m.peak_mb for m in measures)),
    }


def run(argv: list[str]) -> Measure:
    """Run a Python module or script with arguments and wait for it.

    Raises:
        RuntimeError: it failed; the message ends with what it printed.
    """
    return command([sys.executable, *argv])


def command(argv: list[str], codes: Collection[int] = (0,)) -> Measure:
    """Run a command and wait for it.

    Args:
        argv: the program and its arguments.
        codes: exit codes with which it may end.

    Raises:
        RuntimeError: it failed; the message ends with what it printed.
    """
    with tempfile.TemporaryFile("w+") as out:
        started = time.perf_counter()
        child = subprocess.Popen(argv, stdout=out, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        printed = out.read().strip()
    if child.returncode not in codes:
        raise RuntimeError(f"{argv} ended with {child.returncode}: {printed[-2000:]}")
    last = printed.splitlines()[-1] if printed else ""
    try:
        result = json.loads(last)
    except json.JSONDecodeError:
        result = None
    return Measure(
        wall=wall,
        cpu=usage.ru_utime + usage.ru_stime,
        peak_mb=usage.ru_maxrss / 1024,
        result=result,
    )
