"""Making one returned workbook; runs in a process of its own.

A file that did its reader no harm may still harm this one, which keeps far more of it
in memory: so it is opened where that costs nothing but the colours. The module of a way
is loaded by the server before it forks, see `job`.
"""

import importlib
import tempfile
from typing import Any

import pyarrow as pa

from guiji.outbox.returned.job import MODULES, Job, NotMarked
from guiji.reading.limits import Limits


def answer(task: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """Make the workbook of a job.

    Returns:
        `made`, the way; or `failed`, an English word for the log: libraries' messages
        may hold cells, so only the kind of an error is told.
    """
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    tempfile.tempdir = task["scratch"]
    try:
        make(Job.of(task), task["way"], limits)
    except NotMarked as error:
        return {"failed": str(error)}
    except BaseException as error:  # whatever openpyxl runs into
        return {"failed": type(error).__name__}
    return {"made": task["way"]}


def make(job: Job, way: str, limits: Limits) -> None:
    """Make a workbook in one of the two ways; see `make` of `job.MODULES`."""
    importlib.import_module(MODULES[way]).make(job, limits)
