"""Several processes at once, and processes that are killed: for tests of both."""

import multiprocessing
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from servers.waiting import PATIENCE

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(
    [
        "__main__",
        "guiji.intake.claim",
        "guiji.intake.databases.extract",
        "guiji.intake.sftp.inbox",
        "alembic.command",
    ]
)
KILLED = 9
_CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.link"}


def at_once(work: Callable[..., Any], calls: Sequence[Sequence[Any]]) -> list[Any]:
    """Call a function in as many processes as there are calls; give what each gave."""
    with ProcessPoolExecutor(len(calls), mp_context=CONTEXT) as pool:
        waiting = [pool.submit(work, *call) for call in calls]
        return [one.result(timeout=PATIENCE) for one in waiting]


def sampled(kinds: Sequence[str]) -> set[int]:
    """Return the numbers, from 1, of the first and the last point of each kind."""
    numbered = list(enumerate(kinds, 1))
    last = {kind: number for number, kind in numbered}
    first = {kind: number for number, kind in reversed(numbered)}
    return {*first.values(), *last.values()}


def killed_everywhere(
    template: Path, work: Callable[[Path], object], complete: bool
) -> tuple[int, list[Path]]:
    """Run a function once for each of its steps, and kill it there.

    Every run has its own copy of a folder. A step is a file of it opened for writing,
    renamed, linked, removed or changed in its rights, a folder made or removed, or a
    commit of the ledger; the process dies just before the n-th of them.

    Args:
        complete: kill at all steps, not only at the first and the last of each kind,
            an event and the ending of its file.

    Returns:
        How many steps there are, and the copies as the killed processes left them, in
        the order of the steps.
    """
    with ProcessPoolExecutor(1, mp_context=CONTEXT) as pool:
        return pool.submit(_kill_everywhere, template, work, complete).result()


def _kill_everywhere(
    template: Path, work: Callable[[Path], object], complete: bool
) -> tuple[int, list[Path]]:
    kinds = _forked(template.with_name("unharmed"), template, work, 0, 0)
    steps = range(1, len(kinds) + 1) if complete else sorted(sampled(kinds))
    killed: list[Path] = []
    for step in steps:
        folder = template.with_name(f"killed-{step}")
        _forked(folder, template, work, step, KILLED)
        killed.append(folder)
    return len(kinds), killed


def _forked(
    folder: Path, template: Path, work: Callable[[Path], object], step: int, code: int
) -> list[str]:
    """Run a function in a fork that is to end with a code; return its steps' kinds."""
    shutil.copytree(template, folder)
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        _run(step, folder, work, writing)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as told:
        kinds = told.read().splitlines()
    ended = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    assert ended == code, f"killed at step {step}, it ended with {ended}"
    return kinds


def _run(step: int, folder: Path, work: Callable[[Path], object], writing: int) -> None:
    """Run a function, tell each step's kind and die before one; 0 = before none."""
    left = step

    def one_more(kind: str) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os._exit(KILLED)
        os.write(writing, f"{kind}\n".encode())

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        if _changes(event, arguments, str(folder)):
            one_more(f"{event} {Path(str(arguments[0])).suffix}")

    sys.addaudithook(hear)
    sa.event.listen(sa.Engine, "commit", lambda _: one_more("commit"))
    try:
        work(folder)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        os._exit(1)
    os._exit(0)


def _changes(event: str, arguments: tuple[Any, ...], folder: str) -> bool:
    if arguments and str(arguments[0]).endswith(".lock"):
        return False  # holds nothing: whoever can take it knows that nobody has it
    if event == "open":
        writes = arguments[2] & (os.O_WRONLY | os.O_RDWR)
        return bool(writes) and str(arguments[0]).startswith(folder)
    return event in _CHANGES and str(arguments[0]).startswith(folder)
