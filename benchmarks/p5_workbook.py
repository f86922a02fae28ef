"""P5: a workbook becomes the text table, against a bare loop over its cells.

    python -m benchmarks.p5_workbook 100000

Every way is a process of its own, from the start of Python to its end, and goes over
all cells of the same file. Ours is the server of the reading processes with this one
job: it loads, forks, judges the zip and its XML, reads, finds lost cells, writes every
cell as text with its row to Parquet. The bare ways make Python values of the cells and
drop them. `ratio` is CPU against bare calamine; of openpyxl it is against ours. One
line more is what the forked process alone takes: a server that runs already costs the
next file nothing else.
"""

import json
import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import measure

MODULE = "benchmarks.p5_workbook"
ROWS = 100_000
TIMES = {"calamine": 3, "ours": 3, "openpyxl": 1}
WHAT = {
    "calamine": "python-calamine: iter_rows over all cells",
    "ours": "ours: reading process, preflight, text table in Parquet",
    "openpyxl": "openpyxl, read only: iter_rows over all cells",
}


FORKED = "of ours: the reading process, where the server runs already"


def calamine(book: Path, _: Path) -> None:
    """Go over all cells by python-calamine."""
    from python_calamine import load_workbook

    for row in load_workbook(book).get_sheet_by_index(0).iter_rows():
        for _cell in row:
            pass


def openpyxl(book: Path, _: Path) -> None:
    """Go over all cells by openpyxl, as it reads large files."""
    from openpyxl import load_workbook

    for row in load_workbook(book, read_only=True).worksheets[0].values:
        for _cell in row:
            pass


def ours(_: Path, job: Path) -> None:
    """Be the server of the reading processes, with one job."""
    from guiji.reading.processes import worker

    os.dup2(os.open(job, os.O_RDONLY), sys.stdin.fileno())
    worker.main()


WAYS: dict[str, Callable[[Path, Path], None]] = {
    "calamine": calamine,
    "ours": ours,
    "openpyxl": openpyxl,
}


def run(rows: int) -> list[dict[str, object]]:
    """Measure all ways of reading so many rows; of several runs the median counts."""
    with tempfile.TemporaryDirectory() as folder:
        names = ("book.xlsx", "job", "text.parquet")
        book, job, out = (Path(folder) / name for name in names)
        prepare(book, job, out, rows)
        found: dict[str, list[measure.Measure]] = {way: [] for way in WAYS}
        for turn in range(max(TIMES.values())):  # in turns: the machine is noisy
            for way in WAYS:
                if turn < TIMES[way]:
                    run = measure.run(["-m", MODULE, way, str(book), str(job)])
                    found[way].append(run)
        check(found["ours"][-1].result, out, rows)
    cpu = {way: statistics.median(m.cpu for m in ms) for way, ms in found.items()}
    ratios = {
        "ours": cpu["ours"] / cpu["calamine"],
        "openpyxl": cpu["openpyxl"] / cpu["ours"],
    }
    lines = [
        {
            "target": "P5",
            "what": WHAT[way],
            "rows": rows,
            "cpu_seconds": round(cpu[way], 2),
            "wall_seconds": round(statistics.median(m.wall for m in found[way]), 2),
            "peak_mb": round(max(m.peak_mb for m in found[way])),
            "ratio": round(ratios[way], 2) if way in ratios else "",
        }
        for way in WAYS
    ]
    forked = statistics.median(m.result["cpu_seconds"] for m in found["ours"])
    return [*lines, _forked(rows, forked, forked / cpu["calamine"])]


def _forked(rows: int, seconds: float, ratio: float) -> dict[str, object]:
    """Return what the process cost that the server forked."""
    return {
        "target": "P5",
        "what": FORKED,
        "rows": rows,
        "cpu_seconds": round(seconds, 2),
        "wall_seconds": "",
        "peak_mb": "",
        "ratio": round(ratio, 2),
    }


def prepare(book: Path, job: Path, out: Path, rows: int) -> None:
    """Write the workbook, and the job of reading it."""
    from benchmarks import p5_data
    from guiji.reading.limits import Limits
    from guiji.reading.processes import children

    p5_data.write(book, rows)
    layout = p5_data.layout()
    scratch, slots = book.with_name("scratch"), book.with_name("slots")
    scratch.mkdir()
    task = children.job(book, "许可.xlsx", [layout], [], out, scratch, Limits(), slots)
    job.write_text(task + "\n", "utf-8")


def check(answer: dict[str, str], out: Path, rows: int) -> None:
    """See that everything was read.

    Raises:
        RuntimeError: it was not.
    """
    import pyarrow.parquet as pq

    from benchmarks import p5_data

    said = json.loads(answer["said"])
    written = pq.read_metadata(out)
    if (written.num_rows, written.num_columns) != (rows, p5_data.COLUMNS):
        raise RuntimeError(f"{written.num_rows} rows, {said}")


if __name__ == "__main__":
    if sys.argv[1] in WAYS:
        WAYS[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        for line in run(int(sys.argv[1])):
            print(json.dumps(line, ensure_ascii=False), flush=True)
