"""Any delivered file to the text table, or a refusal that says what to do.

Text files are read in this process. Workbooks are read in a child process with limits
of memory, processor and time, because their reader dies of what it cannot hold.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from guiji import files
from guiji.catalog.model import Dataset
from guiji.errors import BatchRefused
from guiji.reading import delimited, refusals, worker
from guiji.reading.kinds import WORKBOOKS, Kind, tell
from guiji.reading.layout import Layout
from guiji.reading.limits import Limits
from guiji.reading.result import Reading

TEXT = "text.parquet"
READING = "reading.json"


def read_file(
    path: Path,
    name: str,
    candidates: Sequence[Dataset],
    out: Path,
    limits: Limits | None = None,
    *,
    others: Sequence[Dataset] = (),
) -> Reading:
    """Read a delivery: every cell as text with its address; tell how it was understood.

    Writes `out`/text.parquet (`schemas.TEXT_COLUMNS`, one string column for each item
    found, `_operation` where there is 操作) and `out`/reading.json. Cells are verbatim;
    a row with a fault keeps its raw line only.

    Args:
        path: the bytes as delivered; its own name does not matter.
        name: the file as the department named it.
        candidates: the datasets that the department provides.
        out: folder for the results; made if need be.
        limits: what the file may cost; None = the defaults.
        others: the datasets of other departments.

    Raises:
        BatchRefused: EMPTY_FILE, UNKNOWN_FILE, WRONG_DEPARTMENT, HEADINGS,
            SEVERAL_DATASETS, UNREADABLE, ENCRYPTED, KIND_…, TOO_BIG, TIMEOUT or
            NO_DATA_SHEET; then neither file is written.

    Source: 2-contract.md, the way, 3 and 4.
    """
    limits = limits or Limits()
    kind = _admitted(path, name, limits)
    own = [Layout.of(d) for d in candidates]
    foreign = [x for x in map(Layout.of, others) if x not in own]
    with files.replacing(out / TEXT) as text:
        reading = _read(path, kind, name, own, foreign, text, limits)
    files.write_json(out / READING, reading.to_json())
    return reading


def _admitted(path: Path, name: str, limits: Limits) -> Kind:
    """Tell the kind of a file that may be read; refuse the others."""
    kind = tell(path)
    if kind is Kind.EMPTY:
        raise refusals.empty_file(name)
    if kind is Kind.ENCRYPTED:
        raise refusals.encrypted(name)
    if kind is Kind.BROKEN:
        raise refusals.unreadable(name, "the zip is damaged")
    if kind is not Kind.TEXT and kind not in WORKBOOKS:
        raise refusals.wrong_kind(name, kind)
    size = path.stat().st_size
    most = limits.text_bytes if kind is Kind.TEXT else limits.workbook_bytes
    if size > most:
        raise refusals.too_big(name, f"{size} bytes, at most {most} are read")
    return kind


def _read(
    path: Path,
    kind: Kind,
    name: str,
    own: Sequence[Layout],
    foreign: Sequence[Layout],
    text: Path,
    limits: Limits,
) -> Reading:
    if kind is Kind.TEXT:
        return delimited.read(path, name, own, foreign, text, limits)
    task = worker.job(path, kind, name, own, foreign, text, limits)
    return Reading.from_json(_in_child(task, name, limits))


def _in_child(task: str, name: str, limits: Limits) -> dict[str, Any]:
    """Run the child; its death or silence is a refusal. It gets no environment."""
    try:
        child = subprocess.run(  # noqa: S603  our own interpreter and module
            [sys.executable, "-P", "-m", worker.__name__],
            input=task,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            env={"PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
            timeout=limits.wall_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise refusals.timed_out(name, limits.wall_seconds) from error
    if child.returncode == -signal.SIGXCPU:
        raise refusals.timed_out(name, limits.cpu_seconds)
    if child.returncode != 0:
        why = f"the reading process ended with {child.returncode}"
        raise refusals.unreadable(name, why)
    answer = json.loads(child.stdout)
    if "refused" in answer:
        raise BatchRefused(**answer["refused"])
    found: dict[str, Any] = answer["reading"]
    return found
