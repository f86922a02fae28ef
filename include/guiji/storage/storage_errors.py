"""What a failing disk, folder, store or file means, in one line.

Libraries report the same fault in their own ways: as an `OSError`, in the text of a
DuckDB error, or in the many lines of a delta-rs error. Whoever reads the log at night
needs to know what is wrong, where, and what to do.
"""

import re
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import duckdb
from deltalake.exceptions import DeltaError

from guiji.core.errors import GuijiError, LedgerBroken, StorageUnusable
from guiji.core.system_errors import one_line, storage_unusable

P = ParamSpec("P")
R = TypeVar("R")

STORE = ("Generic S3 error", "error sending request")
DATA_FILE = re.compile(r"(?:s3:/)?/[^'\"\n]*?\.parquet")
READING = (duckdb.Error, duckdb.IOException, duckdb.InvalidInputException)
DAMAGE = re.compile(
    "No files found|Failed to read file|No magic bytes|too small to be a Parquet|"
    "TProtocolException|don't know what type|Out of buffer|is (?:likely )?corrupt|"
    "Could not read enough bytes|Prefetch registered|Incorrect stats size"
)
"""How DuckDB says that a Parquet file is not what it was."""


def explained(work: Callable[P, R]) -> Callable[P, R]:
    """Make a function raise errors that say what is wrong with the warehouse.

    The function must leave the last state when it fails. What means something else
    passes as it is.
    """

    @wraps(work)
    def call(*arguments: P.args, **named: P.kwargs) -> R:
        try:
            return work(*arguments, **named)
        except (OSError, duckdb.Error, DeltaError) as error:
            guiji_error = meaning(error)
            if guiji_error is None:
                raise
            raise guiji_error from error

    return call


def meaning(error: Exception) -> GuijiError | None:
    """Return what an error of a library means; None = nothing of the warehouse's."""
    text = one_line(error)
    if (unusable := storage_unusable(error)) is not None:
        return unusable
    if any(sign in text for sign in STORE):
        return StorageUnusable(
            f"the object store fails: {text}; see that it answers and run again"
        )
    if type(error) in READING and DAMAGE.search(text):
        file = DATA_FILE.search(text)
        state = "missing" if "No files found" in text else "damaged"
        return LedgerBroken(
            f"{file[0] if file else 'a data file'} is {state} ({text[:60]}); "
            "`guiji verify` names all such files; bring them back from a backup"
        )
    if isinstance(error, DeltaError):
        return LedgerBroken(
            f"the log of a table cannot be used: {text}; bring _delta_log back from a "
            "backup, then run `guiji verify`"
        )
    return None
