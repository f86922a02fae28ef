"""Run one step of the small world many times, killed at every point where it writes.

`python kill_points.py merge <template> <copies>` copies the data folder `template`
once per point, and in a process of its own does the step until it is about to make
its n-th change of the disk, where the process ends without a word (`os._exit`), as by
`kill -9`. A change is a rename, a removal, a sync, and a Delta commit, which is a
point before and after. It stops with the first n that the step does not reach, and
prints how many points there were. `... once <step> <data>` does the step there,
unharmed.
"""

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

from deltalake import DeltaTable
from warehouse_catalog import JURISDICTION, catalog
from warehouse_world import (
    POWER,
    SECOND,
    WATER,
    World,
    penalty,
    registration,
)

from guiji import settings as settings_module
from guiji.publication import publish
from guiji.settings import Settings
from guiji.warehouse import fold

CALENDAR = "2026-test"
WRITING = ("fsync", "link", "rename", "replace", "symlink", "unlink")
COMMITTING = ("create", "create_write_transaction")
KILLED = 9


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
    return lambda: publish.publish(settings, world.catalog, SECOND, CALENDAR)


def first_fold(settings: Settings) -> Callable[[], object]:
    """Prepare the fold of the penalties."""
    world = World(settings)
    return lambda: fold.fold(settings, world.catalog, "administrative_penalty")


STEPS = {"merge": second_night, "publish": second_publication, "fold": first_fold}


def arm(point: int) -> None:
    """End this process when it is about to change the disk for the n-th time."""
    left = iter(range(point - 1, -1, -1))
    unlink = os.unlink

    def guarded(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            is_change = real is not unlink or os.path.lexists(arguments[0])
            if is_change and next(left) == 0:
                os._exit(KILLED)
            return real(*arguments, **named)

        return call

    for name in WRITING:
        setattr(os, name, guarded(getattr(os, name)))

    def framed(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            if next(left) == 0:
                os._exit(KILLED)
            done = real(*arguments, **named)
            if next(left) == 0:
                os._exit(KILLED)
            return done

        return call

    for name in COMMITTING:
        setattr(DeltaTable, name, framed(getattr(DeltaTable, name)))


def killed_at(step: str, settings: Settings, point: int) -> bool:
    """Do the step in a child that ends at a point; tell whether it came that far."""
    child = os.fork()
    if child == 0:
        run = STEPS[step](settings)
        arm(point)
        run()
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status not in (0, KILLED):
        raise SystemExit(f"the step failed by itself: {status}")
    return status == KILLED


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
    for point in count(1):
        target = copies / str(point)
        shutil.copytree(template, target, symlinks=True)
        if not killed_at(step, replace(settings, data=target), point):
            sys.stdout.write(f"{point - 1}\n")
            return


if __name__ == "__main__":
    main()
