"""The night's side of reading in processes: asks `worker`, and makes deaths verdicts.

The server of a process is started with its first file, or before by who knows of one
to come, and ends with the process. It never touches a file, so its own death is no
verdict: the file gets another one, once.
"""

import atexit
import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from guiji.core.errors import BatchRefused, StorageUnusable
from guiji.core.platform_faults import Faulted, PlatformFault
from guiji.reading import refusals
from guiji.reading.layout import Layout
from guiji.reading.limits import MIB, Limits
from guiji.reading.processes import worker

log = logging.getLogger(__name__)

READER = "guiji.reading.processes.one_file"
"""The module that answers a job of `job`."""

_ZIPPED = (
    "guiji.reading.workbooks.workbook",
    "encodings.cp437",  # in which zips name their parts
)
_OF_WORKBOOKS = {
    **dict.fromkeys((".xlsx", ".xlsm", ".ods"), _ZIPPED),
    **dict.fromkeys((".xls", ".et"), ("guiji.reading.workbooks.excel97",)),
}
_OF_TEXTS = (
    "guiji.reading.texts.delimited",
    "numpy.ma",  # pyarrow asks for it with the first array of numpy
)
"""Modules that read files whose names end so, and all others. A server loads them with
the first such file; what a file with a wrong name needs, its own process loads."""

_TOO_LONG = (-signal.SIGXCPU, -signal.SIGALRM)
_NO_MEMORY = -signal.SIGABRT
"""How a reader in Rust ends that gets no memory."""

_GRACE = 5.0
"""Seconds that an idle server gets to end."""


@dataclass(frozen=True)
class ProcessResult:
    """How a reading process ended.

    Attributes:
        said: its answer; what there is of one if it died.
        code: its exit code, or the number of the signal that ended it, negative.
        cpu_seconds: what it used.
        peak_bytes: the most memory that it held.
    """

    said: str
    code: int
    cpu_seconds: float
    peak_bytes: int


class _Server:
    """A running `worker`; asked by one thread at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._ready = False
        self._is_registered = False

    def prepare(self) -> None:
        """Start the server, if it does not run, without waiting for it."""
        with self._lock:
            self._process = self._process or self._start()

    def ask(self, task: str) -> ProcessResult | None:
        """Have a job done; see `ask`."""
        with self._lock:
            process = self._started()
            try:
                answer = _asked(process, task)
            except BaseException:  # the answer may come later: it is nobody's
                self._stop(kill=True)
                raise
            if answer is None:
                self._stop(kill=True)
            return answer

    def end(self) -> None:
        """End the server, if it runs."""
        with self._lock:
            self._stop(kill=False)

    def forget(self) -> None:
        """Forget the server: it belongs to the parent process."""
        self._lock = threading.Lock()
        if self._process is not None:
            self._process.returncode = 0  # not this process's child
            for stream in (self._process.stdin, self._process.stdout):
                if stream is not None:
                    stream.close()
        self._process, self._ready = None, False

    def _started(self) -> subprocess.Popen[str]:
        """Return a server that can take jobs."""
        process = self._process = self._process or self._start()
        if not self._ready:
            said = process.stdout.readline() if process.stdout else ""
            if said.strip() != worker.READY:
                self._stop(kill=True)
                raise StorageUnusable(
                    "the server of the reading processes did not start"
                )
            self._ready = True
        return process

    def _start(self) -> subprocess.Popen[str]:
        """Start a server that ends with this process and that no fork of it uses."""
        if not self._is_registered:
            os.register_at_fork(after_in_child=self.forget)
            atexit.register(self.end)
            self._is_registered = True
        return _start()

    def _stop(self, kill: bool) -> None:
        process, self._process, self._ready = self._process, None, False
        if process is None:
            return
        if kill:
            process.kill()
        try:
            process.communicate(timeout=_GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def _start() -> subprocess.Popen[str]:
    """Start a server. It gets no environment but the way to this code."""
    return subprocess.Popen(  # noqa: S603  our own interpreter and module
        [sys.executable, "-P", "-S", "-m", worker.__name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        env={"PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
    )


def _asked(process: subprocess.Popen[str], task: str) -> ProcessResult | None:
    if process.stdin is None or process.stdout is None:
        return None
    try:
        process.stdin.write(task + "\n")
        process.stdin.flush()
    except BrokenPipeError:
        return None
    line = process.stdout.readline()
    return ProcessResult(**json.loads(line)) if line.endswith("\n") else None


_SERVER = _Server()


def end() -> None:
    """End this process's server; a later file gets a new one."""
    _SERVER.end()


def prepare() -> None:
    """Start the server now, for a file that will be there soon."""
    _SERVER.prepare()


def ask(task: str) -> ProcessResult | None:
    """Have a job done by a process of its own; None if two servers died."""
    return _SERVER.ask(task) or _SERVER.ask(task)


def _readers(name: str) -> tuple[str, ...]:
    """Return the modules that will likely read a file, judged by its name only."""
    suffix = name[name.rfind(".") :].lower()
    return _OF_WORKBOOKS.get(suffix, _OF_TEXTS)


def job(
    path: Path,
    name: str,
    candidates: Sequence[Layout],
    others: Sequence[Layout],
    out: Path,
    scratch: Path,
    limits: Limits,
    slots: Path,
) -> str:
    """Write a job for `worker`: what `one_file.answer` needs, as one line of JSON."""
    return json.dumps(
        {
            "answers": READER,
            "loads": _readers(name),
            "path": str(path),
            "name": name,
            "candidates": [x.to_json() for x in candidates],
            "others": [x.to_json() for x in others],
            "out": str(out),
            "scratch": str(scratch),
            "limits": asdict(limits),
            "slots": str(slots),
        }
    )


def read(task: str, name: str, limits: Limits) -> dict[str, Any]:
    """Have a file read by a process of its own.

    Args:
        task: what `job` wrote.
        name: the file as the department named it.
        limits: those of the task.

    Returns:
        The reading as plain JSON values.

    Raises:
        BatchRefused: what the process says, or what its death means: TIMEOUT,
            TOO_BIG where it got no more memory, else UNREADABLE.
        StorageUnusable: no process could be started, or it could not write.
        Faulted: our own code failed in it.
    """
    ended = ask(task)
    if ended is None:
        raise refusals.unreadable(name, "the reading server ended twice")
    if ended.code == os.EX_OSERR:
        raise StorageUnusable(f"no reading process can be started: {ended.said}")
    log.info(
        "read in a process: %.2f CPU seconds, at most %d MiB",
        ended.cpu_seconds,
        ended.peak_bytes // MIB,
    )
    code = ended.code
    if code in _TOO_LONG:
        most = limits.cpu_seconds if code == _TOO_LONG[0] else limits.wall_seconds
        raise refusals.timed_out(name, most)
    if code == _NO_MEMORY:
        raise refusals.too_big(name, "the memory limit was reached")
    if code != 0:
        raise refusals.unreadable(name, f"the reading process ended with {code}")
    answer = json.loads(ended.said)
    if "refused" in answer:
        raise BatchRefused(**answer["refused"])
    if "unusable" in answer:
        raise StorageUnusable(
            f"no file can be read: {answer['unusable']}; see to space and rights, then "
            "run again"
        )
    if "faulted" in answer:
        raise Faulted(PlatformFault(**answer["faulted"]))
    reading: dict[str, Any] = answer["reading"]
    return reading
