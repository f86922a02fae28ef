"""Reading one file, from its bytes to the text table; runs in a reading process.

Every way in which this can go wrong ends in an answer: mostly a refusal, because a
damaged file makes libraries raise anything. A full disk is no fault of the file, and
neither is an error that only our own code makes. What the process dies of is judged
outside, in `children`.
"""

import errno
import importlib
from pathlib import Path
from typing import Any

import pyarrow as pa

from guiji.core import platform_faults, system_errors
from guiji.core.errors import BatchRefused
from guiji.core.platform_faults import PlatformFault
from guiji.reading import refusals
from guiji.reading.kinds import Kind, tell
from guiji.reading.layout import Layout
from guiji.reading.limits import Limits
from guiji.reading.result import Reading
from guiji.reading.workbooks.sheets import Request

OURS = (
    AssertionError,
    AttributeError,
    IndexError,
    KeyError,
    NameError,
    OverflowError,
    TypeError,
    ZeroDivisionError,
)
"""Errors that are a bug where a function of this package raises them itself."""

FULL_OR_CLOSED = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES)
"""The limit of this process on its output (`EFBIG`) is not among them."""

READERS = {
    Kind.TEXT: "guiji.reading.texts.delimited",
    Kind.XLSX: "guiji.reading.workbooks.workbook",
    Kind.XLS: "guiji.reading.workbooks.excel97",
    Kind.ODS: "guiji.reading.workbooks.workbook",
    Kind.HTML: "guiji.reading.workbooks.web_table",
    Kind.XML2003: "guiji.reading.workbooks.xml2003",
}
"""Module whose `read` reads a kind; loaded when it is needed."""


def answer(task: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """Read the file of a job that `children.job` wrote.

    Returns:
        `reading`, or `refused` with the arguments of `errors.BatchRefused`, or
        `unusable`, what is wrong with our disk, or `faulted`, a fault of our code.
    """
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    name: str = task["name"]
    try:
        return {"reading": _read(task, name, limits).to_json()}
    except BatchRefused as error:
        return {"refused": error.arguments()}
    except MemoryError:
        refusal = refusals.too_big(name, "the memory limit was reached")
        return {"refused": refusal.arguments()}
    except BaseException as error:  # a panic of a reader in Rust is no Exception
        if system_errors.is_one_of(error, FULL_OR_CLOSED):
            return {"unusable": system_errors.one_line(error)}
        if isinstance(error, OURS) and platform_faults.is_raised_by_us(error):
            return {"faulted": PlatformFault.of(error).details}
        why = f"the reader gave {type(error).__name__}"
        return {"refused": refusals.unreadable(name, why).arguments()}


def _read(task: dict[str, Any], name: str, limits: Limits) -> Reading:
    path = Path(task["path"])
    kind = _admitted(path, name, limits)
    reader = importlib.import_module(READERS[kind])
    own = [Layout.from_json(x) for x in task["candidates"]]
    foreign = [Layout.from_json(x) for x in task["others"]]
    out = Path(task["out"])
    reading: Reading
    if kind is Kind.TEXT:
        reading = reader.read(path, name, own, foreign, out, limits)
    else:
        scratch = Path(task["scratch"])
        asked = Request(path, kind, name, own, foreign, out, scratch, limits)
        reading = reader.read(asked)
    return reading


def _admitted(path: Path, name: str, limits: Limits) -> Kind:
    """Return the kind of a file that may be read; refuse the others."""
    size = path.stat().st_size
    if size > max(limits.text_bytes, limits.workbook_bytes):
        raise refusals.too_big(name, f"{size} bytes")
    kind = tell(path, limits.zip_entries)
    if kind is Kind.EMPTY:
        raise refusals.empty_file(name)
    if kind is Kind.ENCRYPTED:
        raise refusals.encrypted(name)
    if kind is Kind.CROWDED:
        raise refusals.too_big(name, "too many parts in the zip")
    if kind is Kind.BROKEN:
        raise refusals.unreadable(name, "the zip is damaged")
    if kind not in READERS:
        raise refusals.wrong_kind(name, kind)
    most = {
        Kind.TEXT: limits.text_bytes,
        Kind.HTML: limits.markup_bytes,
        Kind.XML2003: limits.markup_bytes,
    }.get(kind, limits.workbook_bytes)
    if size > most:
        raise refusals.too_big(name, f"{size} bytes, at most {most} are read")
    return kind
