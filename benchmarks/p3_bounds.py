"""Measure a process that may eat the machine: with bounds on its memory and time."""

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PAUSE = 0.05
"""Seconds between two looks at the process."""


@dataclass(frozen=True)
class Bounded:
    """What a process cost, up to its end or until it was ended.

    Attributes:
        wall: seconds by the clock.
        cpu: user + system seconds.
        peak_mb: largest resident size, MiB.
        spilled_mb: largest size of its spill folder, MiB.
        result: the JSON value on the last line of its output; None = there is none.
        unfinished: why it has no result; None = it has finished.
    """

    wall: float
    cpu: float
    peak_mb: float
    spilled_mb: float
    result: Any
    unfinished: str | None


def run(
    argv: list[str],
    *,
    seconds: float,
    memory_mb: float,
    spill: Path | None = None,
    python: Path | None = None,
) -> Bounded:
    """Run a Python module with arguments; end it when it passes a bound.

    Args:
        argv: arguments of the interpreter.
        seconds: of the clock.
        memory_mb: of resident memory, MiB.
        spill: the folder to which it spills.
        python: another interpreter than this one.
    """
    with tempfile.TemporaryFile("w+") as out:
        started = time.perf_counter()
        child = subprocess.Popen(
            [str(python or sys.executable), *argv], stdout=out, stderr=subprocess.STDOUT
        )
        peak = spilled = 0.0
        unfinished = None
        while True:
            ended, status, usage = os.wait4(child.pid, os.WNOHANG)
            wall = time.perf_counter() - started
            if ended:
                break
            peak = max(peak, _peak_mb(child.pid))
            spilled = max(spilled, size_mb(spill))
            if unfinished is None and (wall > seconds or peak > memory_mb):
                passed = f"{seconds:.0f} s" if wall > seconds else f"{memory_mb:.0f} MB"
                unfinished = f"not finished: passed {passed}"
                child.kill()
            time.sleep(PAUSE)
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        lines = out.read().strip().splitlines() or [""]
    result = None
    if child.returncode == 0:
        result = json.loads(lines[-1])
    elif unfinished is None:
        unfinished = f"not finished: {lines[-1][:200]}"
    cpu = usage.ru_utime + usage.ru_stime
    return Bounded(wall, cpu, peak, spilled, result, unfinished)


def keep_bytecode(folder: Path) -> None:
    """Let the processes started from now on compile modules once, as installed ones."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")


def size_mb(folder: Path | None) -> float:
    """Add up the files below a folder, MiB; files that vanish count as nothing."""
    if folder is None:
        return 0.0
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(parent) / name).lstat().st_size
            except FileNotFoundError:
                continue
    return total / 2**20


def _peak_mb(pid: int) -> float:
    """Look up the largest resident size so far.

    `ru_maxrss` would not do: it begins with the size of the process that forked.
    """
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    found = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(found[0].split()[1]) / 1024 if found else 0.0
