"""Several processes at once, and processes that are killed: for tests of both."""

import multiprocessing
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

import sqlalchemy as sa

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
        return [one.result(timeout=300) for one in waiting]


def killed_everywhere(template: Path, work: Callable[[Path], object]) -> list[Path]:
    """Run a function once for each of its steps, and kill it there.

    Every run has its own copy of a folder. A step is a file of it opened for writing,
    renamed, linked, removed or changed in its rights, a folder made or removed, or a
    commit of the ledger; the process dies just before the n-th of them.

    Returns:
        The copies as the killed processes left them, in the order of the steps.
    """
    with ProcessPoolExecutor(1, mp_context=CONTEXT) as pool:
        return pool.submit(_kill_everywhere, template, work).result(timeout=600)


def _kill_everywhere(template: Path, work: Callable[[Path], object]) -> list[Path]:
    killed: list[Path] = []
    for step in count(1):
        folder = template.with_name(f"killed-{step}")
        shutil.copytree(template, folder)
        process = os.fork()
        if process == 0:
            _run(step, folder, work)
        code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        if code == 0:
            return killed
        assert code == KILLED, f"step {step} ended with {code}"
        killed.append(folder)
    raise AssertionError("a function has an end")


def _run(step: int, folder: Path, work: Callable[[Path], object]) -> None:
    left = step

    def one_more(*_: Any) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os._exit(KILLED)

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        if _changes(event, arguments, str(folder)):
            one_more()

    sys.addaudithook(hear)
    sa.event.listen(sa.Engine, "commit", one_more)
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
