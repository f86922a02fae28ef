"""Errors of the operating system that concern this machine, not one delivery.

A full disk, a folder without the right to write and a process without free file
descriptors fail whatever is done next, too. Libraries report them as `OSError` or only
in words; here they become `StorageUnusable`, which says what is wrong and where.
"""

import errno
import os
import re

from guiji.core.errors import PassingFault, StorageUnusable

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
CLOSED = (errno.EROFS, errno.EACCES, errno.EPERM)
EXHAUSTED = (errno.EMFILE, errno.ENFILE)
LIBRARIES = ("duckdb", "_duckdb", "deltalake", "pyarrow", "sqlite3")
"""Libraries whose errors tell those of the system in words only."""

COLOUR = re.compile(r"\x1b\[\d*m")
INNER = re.compile(r'"exception_message":"(.*?)","errno"')
MAX_CHARACTERS = 300
"""Most characters of a library's own words."""


def storage_unusable(error: BaseException) -> StorageUnusable | None:
    """Return the error that says which storage cannot be used, and what to do.

    Args:
        error: what a library raised.

    Returns:
        None if the error is none of a full disk, a missing right or too many files.
    """
    if is_one_of(error, FULL):
        return StorageUnusable(
            f"no space is left: {one_line(error)}; free some and run again; "
            "what was there stands"
        )
    if is_one_of(error, CLOSED):
        return StorageUnusable(
            f"no right to write: {one_line(error)}; give it to this user and run again"
        )
    if is_one_of(error, EXHAUSTED):
        return StorageUnusable(
            f"too many open files: {one_line(error)}; raise the limit (ulimit -n) and "
            "run again"
        )
    return None


def is_passing(error: BaseException) -> bool:
    """Return whether the same call may succeed later, without any change of ours."""
    return isinstance(error, PassingFault) or storage_unusable(error) is not None


def one_line(error: BaseException) -> str:
    """Return what a library says as one line of at most `MAX_CHARACTERS`."""
    if isinstance(error, OSError) and error.filename:
        where = error.filename2 or error.filename
        return f"{where}: {error.strerror or error.args[-1]}"
    text = COLOUR.sub("", str(error))
    inner = INNER.search(text)  # DuckDB's background writers report in JSON
    text = inner[1].replace('\\"', "'") if inner else text
    return " ".join(text.partition("\n\nLINE ")[0].split())[:MAX_CHARACTERS]


def is_one_of(error: BaseException, numbers: tuple[int, ...]) -> bool:
    """Return whether an error is one of the system's, by its number or its words."""
    if isinstance(error, OSError) and error.errno in numbers:
        return True
    library = type(error).__module__.partition(".")[0]
    if not isinstance(error, OSError) and library not in LIBRARIES:
        return False
    return any(os.strerror(number) in str(error) for number in numbers)
