"""Run one step of the small world, and keep what the disk would be after every kill.

`python kill_points.py merge <template> <copies>` does the step on a copy of the data
folder `template`. A point is any change of the disk: a rename, a removal, a sync, and
a Delta commit, which is a point before and after. What a `kill -9` at the n-th point
leaves is what the disk holds at that moment, so the folder is copied there to
`copies/<n>`, unless nothing has changed since the last copy. At every ninth point a
process is killed for real as well (`copies/<n>-killed`), which shows that a copy is
what a kill leaves. Prints a line for each point: what kind of change it is.
`... once <step> <data>` does the step there, unharmed.

A kind is a function and the folder that it changes. The tests of every day look at the
first and the last point of each kind and at what was killed for real (`sampled`), with
`--complete` at all points.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

from deltalake import DeltaTable
from servers.processes import sampled
from warehouse_catalog import JURISDICTION, catalog
from warehouse_world import (
    POWER,
    SECOND,
    WATER,
    World,
    penalty,
    registration,
)

from guiji.context import Context
from guiji.core import files
from guiji.core import settings as settings_module
from guiji.core.settings import Settings
from guiji.publication import publish
from guiji.reports.deadlines import breaches
from guiji.warehouse import compaction, incremental_compaction

WRITING = ("fsync", "link", "rename", "replace", "symlink", "unlink")
COMMITTING = ("create", "create_write_transaction")
KILL_EVERY = 9
TEMPORARY = re.compile(r"(?<=\.spill)/[^/]+(/tmp\w+)?")


def second_night(settings: Settings) -> Callable[[], object]:
    """Prepare the merge of the second night: a correction, a new row, a revocation."""
    world = World(settings)
    changed = registration("水务公司", WATER, "2026-11-02", capital="200")
    batches = [
        world.deliver(SECOND, "enterprise_registration", [changed]),
        world.deliver(
            SECOND,
            "administrative_penalty",
            [penalty(POWER, "2号", "2026-11-03"), penalty(WATER, "1号", "2026-11-02")],
        ),
    ]
    return lambda: world.merge(SECOND, *batches)


def one_channel(settings: Settings) -> World:
    """The small world with one channel that shows penalties."""
    channels = [c for c in JURISDICTION["channels"] if c["id"] == "credit_net"]
    return World(settings, catalog(jurisdiction={"channels": channels}))


def second_publication(settings: Settings) -> Callable[[], object]:
    """Prepare the publication of the second night, which is merged."""
    world = one_channel(settings)
    return lambda: publish.publish(world.context.at(SECOND))


def first_fold(settings: Settings) -> Callable[[], object]:
    """Prepare the fold of the penalties."""
    world = World(settings)
    return lambda: compaction.fold(
        Context(settings, catalog=world.catalog), "administrative_penalty"
    )


def first_compaction(settings: Settings) -> Callable[[], object]:
    """Prepare a run that parts a tail and folds a bucket of the penalties."""
    limits = incremental_compaction.RunLimits(loose_rows=1, run_rows=1)
    context = Context(settings, catalog=World(settings).catalog)
    return lambda: incremental_compaction.compact(
        context, "administrative_penalty", limits
    )


def with_deadlines(settings: Settings) -> World:
    """The small world whose penalties are due after two working days."""
    clock = {"id": "d", "kind": "delivery", "working_days": 2, "clause": "十二"}
    entry = {"clocks": [clock], "valid_from": date(2026, 1, 1)}
    return World(settings, catalog(administrative_penalty=entry))


def second_breaches(settings: Settings) -> Callable[[], object]:
    """Prepare the breaches of the second night, which is merged."""
    world = with_deadlines(settings)
    return lambda: breaches.write(world.context.at(SECOND))


STEPS = {
    "merge": second_night,
    "publish": second_publication,
    "fold": first_fold,
    "compact": first_compaction,
    "breaches": second_breaches,
}


Reached = Callable[[str], None]
"""Called at a point, with its kind."""


def kind_of(function: str, target: object) -> str:
    """Name a change by its function and the ending of the file, none for a folder."""
    descriptor = isinstance(target, int)
    path = Path(f"/proc/self/fd/{target}").readlink() if descriptor else str(target)
    return f"{function} {Path(path).suffix}"


def drill(step: str, settings: Settings, copies: Path) -> list[str]:
    """Do a step in a process that keeps the disk of every point; return the kinds."""
    program = [sys.executable, __file__, step, str(settings.data), str(copies)]
    done = subprocess.run(program, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.splitlines()


def states(copies: Path, kinds: Sequence[str], complete: bool) -> list[Path]:
    """Return the folders to look at: all, or those of the sampled points.

    Args:
        copies: what `keep_every_state` left; a point without a change has no folder,
            what it left is in that of an earlier one.
    """
    if complete:
        return sorted(copies.iterdir())
    kept = sorted(int(c.name) for c in copies.iterdir() if c.name.isdigit())
    chosen = {max(n for n in kept if n <= point) for point in sampled(kinds)}
    return [copies / str(number) for number in sorted(chosen)]


def at_every_point(reached: Reached) -> None:
    """Call a function whenever this process is about to change the disk."""
    unlink = os.unlink

    def guarded(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            if real is not unlink or os.path.lexists(arguments[0]):
                reached(kind_of(real.__name__, arguments[0]))
            return real(*arguments, **named)

        return call

    for name in WRITING:
        setattr(os, name, guarded(getattr(os, name)))

    def framed(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            reached(f"before {real.__name__}")
            done = real(*arguments, **named)
            reached(f"after {real.__name__}")
            return done

        return call

    for name in COMMITTING:
        setattr(DeltaTable, name, framed(getattr(DeltaTable, name)))


def seen(data: Path) -> dict[str, str]:
    """What the disk holds: each file and link, temporary folders by no name."""
    return {
        TEMPORARY.sub("", str(path.relative_to(data))): str(path.readlink())
        if path.is_symlink()
        else files.sha256_of(path)
        for path in data.rglob("*")
        if path.is_symlink() or path.is_file()
    }


def without_instants(held: dict[str, str]) -> dict[str, str]:
    """The same, comparable between runs: a commit holds the time of its making."""
    return {name: "" if "_delta_log" in name else of for name, of in held.items()}


def keep_every_state(step: str, settings: Settings, copies: Path) -> list[str]:
    """Do the step once in a child that copies the disk at every point it reaches;
    return the kind of each point."""
    numbers, answer = count(1), os.pipe()
    child = os.fork()
    if child == 0:
        run = STEPS[step](settings)
        last: dict[str, str] = {}
        copying = False

        def reached(kind: str) -> None:
            nonlocal last, copying
            if copying:  # which makes links too
                return
            number, now = next(numbers), seen(settings.data)
            os.write(answer[1], f"{kind}\n".encode())
            if now != last:
                last, copying = now, True
                shutil.copytree(settings.data, copies / str(number), symlinks=True)
                copying = False

        at_every_point(reached)
        run()
        os._exit(0)
    os.close(answer[1])
    with os.fdopen(answer[0], "rb") as points:
        kinds = points.read().decode().splitlines()
    succeeded(child)
    return kinds


def succeeded(child: int, status: int = 0) -> None:
    """Wait for a child that must end so."""
    found = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if found != status:
        raise SystemExit(f"the step ended with {found}, not {status}")


def killed_at(step: str, settings: Settings, point: int) -> None:
    """Do the step in a child that is killed when it reaches a point."""
    child = os.fork()
    if child == 0:
        run = STEPS[step](settings)
        left = iter(range(point - 1, -1, -1))

        def reached(_: str) -> None:
            if next(left) == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        at_every_point(reached)
        run()
        os._exit(0)
    succeeded(child, -signal.SIGKILL)


def compare(copies: Path, point: int, killed: Path) -> None:
    """See to it that a real kill left what the copy of that moment holds."""
    kept = max(int(c.name) for c in copies.iterdir() if int(c.name) <= point)
    left = without_instants(seen(killed))
    held = without_instants(seen(copies / str(kept)))
    if left != held:
        names = {name for name, _ in left.items() ^ held.items()}
        raise SystemExit(f"the kill at {point} left something else: {sorted(names)}")


def main() -> None:
    step, *folders = sys.argv[1:]
    settings = settings_module.current()
    if step == "once":
        chosen, data = folders
        run = STEPS[chosen](replace(settings, data=Path(data)))
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        run()
        return
    template, copies = map(Path, folders)
    run = copies.with_name("run")
    shutil.copytree(template, run, symlinks=True)
    kinds = keep_every_state(step, replace(settings, data=run), copies)
    for point in range(KILL_EVERY, len(kinds) + 1, KILL_EVERY):
        killed = copies.with_name("killed") / f"{point}-killed"
        shutil.copytree(template, killed, symlinks=True)
        killed_at(step, replace(settings, data=killed), point)
        compare(copies, point, killed)
    for killed in copies.with_name("killed").glob("*"):
        killed.rename(copies / killed.name)
    sys.stdout.writelines(f"{kind}\n" for kind in kinds)


if __name__ == "__main__":
    main()
