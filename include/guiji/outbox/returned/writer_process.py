"""Making one returned workbook; runs in a process of its own.

A file that did its reader no harm may still harm this one, which keeps far more of it
in memory: so it is opened where that costs nothing but the colours.
"""

import tempfile
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from guiji.outbox.returned.findings_view import FindingsView
from guiji.outbox.returned.job import MARKED, Job
from guiji.outbox.returned.marked_workbook import Marking, NotMarked, mark
from guiji.outbox.returned.plain_workbook import BuildRequest, build
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
    """Make a workbook in one of the two ways; see `marking.mark` and `plain.build`."""
    findings = FindingsView.of(pq.read_table(job.findings))
    if way == MARKED:
        mark(
            Marking(
                original=job.original,
                findings=findings,
                about=job.about,
                reading=job.reading,
                text=pq.read_table(job.text),
                instant=job.instant,
                most=limits.marked_cells,
            ),
            job.out,
        )
        return
    build(
        BuildRequest(
            findings=findings,
            about=job.about,
            reading=job.reading,
            text=job.text,
            titles=job.titles,
            instant=job.instant,
            whole=limits.whole_cells,
            most=limits.returned_cells,
        ),
        job.out,
    )
