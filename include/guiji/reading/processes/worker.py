"""The processes that open files: `python -m guiji.reading.processes.worker`.

A file from outside can make whoever opens it allocate without end, run on or crash.
So each file has a process of its own, which limits itself before it opens the file;
there, whatever happens harms that file only. Starting Python and pyarrow costs more
than reading a small file. This server pays for it once: it takes a job per line of
standard input, forks, and answers how the fork ended. It never touches a file itself.
`children` is its only caller.

A job is a line of JSON: `answers`, the module whose `answer` does it, `loads`, what
that one will likely load, `limits`, `slots`, and what that module needs.
"""

import ctypes
import gc
import importlib
import json
import os
import resource
import select
import signal
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from guiji.core import arrow_without_pandas
from guiji.reading.limits import Limits
from guiji.reading.processes import slots

_C = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1
_DIE_WITH = _C.prctl

KEEP_FREED = ((-3, 16 << 20), (-1, 64 << 20))
"""`mallopt` of glibc: M_MMAP_THRESHOLD and M_TRIM_THRESHOLD, in bytes."""

FILES = 64
"""Descriptors that a reading process may have open."""

READY = "ready"
"""What the server says when it can take jobs."""

LOADED = ("guiji.reading.processes.one_file",)
"""What every file needs, loaded once; the rest is loaded with the first job for it."""


def main() -> None:
    """Answer jobs until standard input ends; then the process ends."""
    gc.disable()  # nothing here lives long enough to be worth looking for
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # numpy's; it is asked for no product
    arrow_without_pandas.settle()
    _keep_freed_memory()
    for name in LOADED:
        importlib.import_module(name)
    _say(READY)
    for line in sys.stdin.buffer:
        task = json.loads(line)
        try:
            _say(json.dumps(_forked(task)))
        except OSError as error:  # no place, no process: nothing was read
            failed = {"said": str(error), "code": os.EX_OSERR}
            _say(json.dumps(failed | {"cpu_seconds": 0.0, "peak_bytes": 0}))
    os._exit(os.EX_OK)  # to take down what is loaded would cost 20 ms for nothing


def _keep_freed_memory() -> None:
    """Make the C library keep freed memory: a process that reads is short-lived.

    By default each block of a file is given back to the system and asked for again,
    and the system clears every page of it: a sixth of the time of a large text file.
    """
    if set_option := getattr(_C, "mallopt", None):  # glibc has it, musl has not
        for option, value in KEEP_FREED:
            set_option(option, value)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _forked(task: dict[str, Any]) -> dict[str, Any]:
    """Do a job in a process of its own; tell its answer, its end and its cost."""
    limits = Limits(**task["limits"])
    module = importlib.import_module(task["answers"])  # every later fork has it, too
    for name in task.get("loads", ()):
        importlib.import_module(name)
    place = slots.take(Path(task["slots"]), limits.at_once)
    outlet, inlet = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(outlet)
        _child(module, task, limits, inlet)
    os.close(place)
    os.close(inlet)
    said = _heard(outlet, child)
    _, status, used = os.wait4(child, 0)
    return {
        "said": said.decode(),
        "code": os.waitstatus_to_exitcode(status),
        "cpu_seconds": used.ru_utime + used.ru_stime,
        "peak_bytes": used.ru_maxrss * 1024,
    }


def _heard(outlet: int, child: int) -> bytes:
    """Read a child's output to its end; end it if nobody waits for it any more."""
    heard = []
    events = select.poll()
    events.register(outlet, select.POLLIN)
    events.register(sys.stdin.fileno(), 0)  # tells of its end only
    while True:
        for stream, _ in events.poll():
            if stream != outlet:
                os.kill(child, signal.SIGKILL)
                events.unregister(stream)
            elif block := os.read(outlet, 1 << 16):
                heard.append(block)
            else:
                os.close(outlet)
                return b"".join(heard)


def _child(
    module: ModuleType, task: dict[str, Any], limits: Limits, inlet: int
) -> None:
    """Do a job and end; nothing of this process returns to the server's loop."""
    code = os.EX_SOFTWARE
    try:
        _DIE_WITH(PR_SET_PDEATHSIG, signal.SIGKILL)  # nobody would take the answer
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        limit(limits)
        with os.fdopen(inlet, "wb") as pipe:
            pipe.write(json.dumps(module.answer(task, limits)).encode())
        code = os.EX_OK
    finally:
        os._exit(code)


def limit(limits: Limits) -> None:
    """Limit this process from here on; what it already holds does not count."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    memory = pages * resource.getpagesize() + limits.memory_bytes
    for kind, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, limits.output_bytes),
        (resource.RLIMIT_NOFILE, FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))
    seconds = limits.cpu_seconds
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    signal.setitimer(signal.ITIMER_REAL, limits.wall_seconds)  # kills unless caught


if __name__ == "__main__":
    main()
