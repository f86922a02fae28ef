"""P6: a CSV of a million rows and 15 columns becomes a table of text, strictly.

    python -m benchmarks.p6_text 1000000

We read GB18030 as a delivery is read: encoding, delimiter and headings found, every
row with its number and line, blank rows, remarks and damage told, then zstd Parquet of
level 1. DuckDB reads the same rows from UTF-8 (it has no reader of GB18030 that is not
ten times slower), strictly, told all columns, delimiter and quotes, every column as
text, and writes zstd Parquet of level 1 by `COPY`. pandas reads GB18030 with its C
engine, every column as text, and writes the same. It is first made sure that all three
files hold the same cells. What counts is the CPU time of the work over all threads;
ours is that of the reading process, from its fork by the running server to its end.
"""

import json
import resource
import statistics
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow.parquet as pq

from benchmarks import measure, p6_data
from guiji.reading.layout import Layout
from guiji.reading.limits import Limits
from guiji.reading.processes import children, slots

WARM = 2000
"""Rows read before the clock starts, so that imports do not count."""

MODULE = "benchmarks.p6_text"


@dataclass(frozen=True)
class Cost:
    """What reading a file cost: CPU seconds over all threads, and the most memory."""

    cpu: float
    peak_mb: float


def ours(path: Path, out: Path) -> Cost:
    """Read as the night does, in a process that the running server forks."""
    limits = Limits()
    layouts = [Layout.of(p6_data.dataset())]
    task = children.job(
        path, path.name, layouts, [], out, out.parent, limits, slots.folder(None)
    )
    ended = children.ask(task)
    if ended is None or "reading" not in json.loads(ended.said):
        raise RuntimeError(f"{path} was not read: {ended}")
    return Cost(ended.cpu_seconds, ended.peak_bytes / 2**20)


def _here(read: Callable[[Path, Path], None], path: Path, out: Path) -> Cost:
    """Read in this process."""
    before = resource.getrusage(resource.RUSAGE_SELF)
    read(path, out)
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(cpu, after.ru_maxrss / 1024)


def duck(path: Path, out: Path) -> None:
    """Read in DuckDB."""
    columns = ", ".join(f"'{name}': 'varchar'" for name in p6_data.IDS)
    duckdb.sql(
        f"copy (select * from read_csv('{path}', columns = {{{columns}}}, "
        "auto_detect = false, header = true, delim = ',', quote = '\"', "
        "escape = '\"', strict_mode = true, null_padding = false)) "
        f"to '{out}' (format parquet, compression zstd, compression_level 1)"
    )


def pandas(path: Path, out: Path) -> None:
    """Read in pandas."""
    frame = pd.read_csv(
        path,
        encoding="gb18030",
        dtype=str,
        keep_default_na=False,
        header=0,
        names=list(p6_data.IDS),
    )
    frame.to_parquet(out, compression="zstd", compression_level=1)


WAYS: dict[str, tuple[Callable[[Path, Path], Cost], str, str]] = {
    "ours": (ours, "gb18030", "guiji, GB18030"),
    "ours_utf8": (ours, "utf-8", "guiji, UTF-8"),
    "duck": (partial(_here, duck), "utf-8", "DuckDB, UTF-8"),
    "pandas": (partial(_here, pandas), "gb18030", "pandas, GB18030"),
}
PEER = "duck"
TIMES = 3
"""Runs of each way, in turns; the median counts: machines are noisy."""


def run(rows: int) -> list[dict[str, object]]:
    """Measure all ways of reading so many rows, each in a process of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        same(folder)
        for encoding in ("utf-8", "gb18030"):
            p6_data.write(folder / f"{encoding}.csv", rows, encoding)
        found: dict[str, list[Cost]] = {way: [] for way in WAYS}
        for _ in range(TIMES):
            for way, costs in found.items():
                cost = measure.run(["-m", MODULE, way, str(folder)]).result
                costs.append(Cost(**cost))
    cpu = {way: statistics.median(c.cpu for c in cs) for way, cs in found.items()}
    return [
        {
            "target": "P6",
            "what": f"CSV of 15 columns to text in Parquet ({who})",
            "rows": rows,
            "cpu_seconds": round(cpu[way], 2),
            "peak_mb": round(max(c.peak_mb for c in found[way])),
            "ratio": round(cpu[way] / cpu[PEER], 2),
        }
        for way, (_, _, who) in WAYS.items()
    ]


def same(folder: Path) -> None:
    """Make sure that all ways give the same cells.

    Raises:
        AssertionError: one differs.
    """
    tables = []
    for way, (read, encoding, _) in WAYS.items():
        source, out = folder / f"few-{encoding}.csv", folder / f"{way}.parquet"
        p6_data.write(source, WARM, encoding)
        read(source, out)
        tables.append(pq.read_table(out, columns=list(p6_data.IDS)).to_pydict())
    assert all(table == tables[0] for table in tables)
    assert len(tables[0]["uscc"]) == WARM


def work(way: str, folder: Path) -> Cost:
    """Do the work of a way after a small file, so that loading does not count."""
    read, encoding, _ = WAYS[way]
    read(folder / f"few-{encoding}.csv", folder / "warm.parquet")
    return read(folder / f"{encoding}.csv", folder / "out.parquet")


if __name__ == "__main__":
    if sys.argv[1] in WAYS:
        print(json.dumps(asdict(work(sys.argv[1], Path(sys.argv[2])))))
    else:
        print(json.dumps(run(int(sys.argv[1])), ensure_ascii=False))
