"""Moves claimed files out of a local inbox, so that newer ones of the name are kept.

A file is set aside under a hidden name of its folder, compared, and removed. A killed
claim leaves the hidden file behind; the next one ends the removal, or gives the file
its name back where the ledger does not have its bytes.

The hidden name is `.<name>.leaving`. Where that is longer than a file system takes, a
hash stands for the name, which is noted beside the arrivals (`intake.arrivals`).
"""

import hashlib
import os
import re
from pathlib import Path, PurePosixPath

from guiji.core import files
from guiji.intake import arrivals
from guiji.intake.inbox_listing import COMPANION, TRIAL, readable

LEAVING = ".leaving"
HASHED = re.compile(r"\.guiji-([0-9a-f]{32})\.leaving")
LOST_NAME = "原名未知"
"""Begins the name of a file whose own name was noted nowhere."""


def move(root: Path, path: Path) -> Path:
    """Set a file aside; return where it is now.

    Args:
        root: of the inbox.
        path: the file.

    Raises:
        FileNotFoundError: another claim has just done it.
    """
    aside = path.with_name(f".{path.name}{LEAVING}")
    if len(os.fsencode(aside.name)) > files.LONGEST_NAME:
        digest = hashlib.sha256(os.fsencode(path.relative_to(root))).hexdigest()[:32]
        aside = path.with_name(f".guiji-{digest}{LEAVING}")
        files.write_json(_note(root, aside), {"name": os.fsencode(path.name).hex()})
    path.rename(aside)
    return aside


def is_aside(name: str) -> bool:
    """Recognise by its name that a file was set aside."""
    return name.startswith(".") and name.endswith(LEAVING)


def forget(root: Path, aside: Path) -> None:
    """End the removal of a file that was set aside: its companions, then itself."""
    path = _own(root, aside)
    if not path.exists():  # else they vouch for a newer file
        arrivals.forget(root, path)
        for suffix in COMPANION:
            name = path.name + suffix
            if len(os.fsencode(name)) <= files.LONGEST_NAME:
                companion = path.with_name(name)
                arrivals.forget(root, companion)
                companion.unlink(missing_ok=True)
    remove(root, aside)


def remove(root: Path, aside: Path) -> None:
    """Remove a file that was set aside, and what was noted of its name."""
    aside.unlink(missing_ok=True)
    _note(root, aside).unlink(missing_ok=True)


def put_back(root: Path, aside: Path) -> None:
    """Rename a file that was set aside to its own name, beside any newer one.

    A new name moves the time of change, so when the file arrived is noted first.
    """
    usual = _own(root, aside)
    target, number = usual, 1
    while True:
        try:
            if not os.path.lexists(target):
                arrivals.pass_on(root, aside, target)
            target.hardlink_to(aside)
        except FileExistsError:
            if target.exists() and target.samefile(aside):  # a kill was between
                break
            number += 1
            target = _numbered(usual, number)
        except FileNotFoundError:  # another claim has just done it
            return
        else:
            break
    remove(root, aside)


def remove_emptied(department: Path, folder: Path) -> None:
    """Remove a sub-folder that a claim has emptied, and those above it.

    The department's own folder stays, and so does 试报/ in it.
    """
    while folder != department:
        is_trial = readable(os.fsencode(folder.name)) == TRIAL
        if is_trial and folder.parent == department:
            return
        try:
            folder.rmdir()
        except OSError:  # something else is in it
            return
        folder = folder.parent


def _own(root: Path, aside: Path) -> Path:
    """Return the own name of a file that was set aside."""
    hashed = HASHED.fullmatch(aside.name)
    if hashed is None:
        return aside.with_name(aside.name[1:].removesuffix(LEAVING))
    try:
        noted = files.read_json(_note(root, aside))["name"]
    except FileNotFoundError:
        return aside.with_name(f"{LOST_NAME}-{hashed[1][:8]}")
    return aside.with_name(os.fsdecode(bytes.fromhex(noted)))


def _note(root: Path, aside: Path) -> Path:
    return root / arrivals.FOLDER / f"{aside.name[1:]}.name"


def _numbered(path: Path, number: int) -> Path:
    """Return another name beside a file's, cut where it would be too long."""
    name, ending = PurePosixPath(path.name), f"-{number}"
    room = files.LONGEST_NAME - len(os.fsencode(ending + name.suffix))
    stem = os.fsencode(name.stem)[:room].decode(errors="ignore")
    return path.with_name(f"{stem}{ending}{name.suffix}")
