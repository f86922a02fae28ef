"""What reading a small file costs in a process of its own, over a night of files.

    python -m benchmarks.reading_process [FILES]

Files of 340 rows as text and as xlsx, read as a night reads them: by one server that
forks a process for each. CPU seconds are
those of all processes together, the start of the server included, by file.
"""

import json
import resource
import sys
import tempfile
import time
from pathlib import Path

from openpyxl import Workbook

from benchmarks import p6_data
from guiji.reading.processes import children
from guiji.reading.read import read_file

FILES = 300
ROWS = 340
KINDS = ("csv", "xlsx")


def run(files: int = FILES) -> list[dict[str, object]]:
    """Read so many files of each kind; give the cost of one."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        p6_data.write(folder / "file.csv", ROWS, "utf-8")
        _as_xlsx(folder / "file.csv", folder / "file.xlsx")
        return [_line(folder, kind, files) for kind in KINDS]


def _as_xlsx(source: Path, target: Path) -> None:
    book = Workbook()
    for line in source.read_text("utf-8").splitlines():
        book.active.append(line.split(","))
    book.save(target)


def _line(folder: Path, kind: str, files: int) -> dict[str, object]:
    before, own, start = _of_children(), time.process_time(), time.perf_counter()
    for _ in range(files):
        name = f"行政许可信息.{kind}"
        read_file(folder / f"file.{kind}", name, [p6_data.dataset()], folder / "out")
    children.end()  # only then the costs of its forks are known here
    return {
        "what": f"a reading process, {ROWS} rows as {kind}",
        "files": files,
        "cpu_seconds_each": round((_of_children() - before) / files, 4),
        "asking_cpu_seconds_each": round((time.process_time() - own) / files, 4),
        "wall_seconds": round(time.perf_counter() - start, 1),
    }


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    for line in run(int(sys.argv[1]) if len(sys.argv) > 1 else FILES):
        print(json.dumps(line, ensure_ascii=False), flush=True)
