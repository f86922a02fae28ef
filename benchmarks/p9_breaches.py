"""P9: the missed deadlines of every clock, over the warehouse of P3.

    GUIJI_BENCH_DATA=FOLDER python -m benchmarks.p9_breaches 45000000 [--runs 3]
        [--without-report] [--valid-from DAY]

FOLDER holds the warehouse that `p3_merge --keep` left, with the load alone or with
nights; it is linked aside and stays as it is. The entries of the catalogue took effect
on `VALID_FROM`, as on a platform in its first year: older records are backlog, and
about two million deadlines are missed; a tenth of the records misses three millions
with the day 2023-06-01. Nothing was published, so that an unpublished
record stays open.

Measured are processes that compute and write the Parquet file and the list for people:
a first night that judges every record; a night of a million changed rows, by changes
and judged anew, which must be the same bytes; a night in which nothing changed; and
`guiji report` of the whole night with its circular, workbook and dashboard.
"""

import argparse
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks import measure, p3_data
from benchmarks.p3_merge import Ours

VALID_FROM = "2026-06-15"
RUNS = 3
CLI = """
from guiji.cli.app import main
main()
"""


def run(rows: int) -> list[dict[str, Any]]:
    """Measure one size."""
    with p3_data.folder() as folder:
        return list(lines(folder, rows, RUNS))


def lines(
    folder: Path,
    rows: int,
    runs: int,
    *,
    with_report: bool = True,
    valid_from: str = VALID_FROM,
) -> Iterator[dict[str, Any]]:
    """Measure one size, line by line.

    Args:
        folder: of generated rows and of P3's warehouses.
        rows: records of the first load.
        runs: of each night; the medians are listed.
        with_report: measure the whole report, too.
        valid_from: day on which the entries of the catalogue took effect.
    """
    aside = folder / f"p9-{rows}"
    shutil.rmtree(aside, ignore_errors=True)
    _prepare(folder, aside, rows, valid_from)
    first = _last_merged()
    changed, quiet, whole = (first + timedelta(days=n) for n in (1, 2, 3))
    yield _line(rows, "every record judged, first night", _nights(first, 1))
    ours = Ours(folder, rows)
    os.environ["GUIJI_DATA"] = str(aside / "data")
    ours.merge((changed - p3_data.LOADED).days)
    yield _line(rows, "a night of changes, by changes", _nights(changed, runs))
    by_changes = _digests(aside, changed)
    yield _line(rows, "the same, every record judged", _nights(changed, 1, "anew"))
    assert _digests(aside, changed) == by_changes
    yield _line(rows, "a night without changes", _nights(quiet, runs))
    if with_report:
        measure.run(["-m", "benchmarks.p9_breaches", "--begin", str(whole)])
        report = measure.run(["-c", CLI, "report", "--date", str(whole)])
        yield _line(rows, "`guiji report`, a night without changes", [report])
    shutil.rmtree(aside)


def _prepare(folder: Path, aside: Path, rows: int, valid_from: str) -> None:
    """Link the warehouse, write a catalogue, and point the environment to both."""
    shutil.copytree(
        folder / f"ours-{rows}" / "warehouse",
        aside / "data" / "warehouse",
        copy_function=os.link,
    )
    catalog = p3_data.catalogue_since(valid_from, aside)
    os.environ["GUIJI_CATALOG"] = str(catalog)
    os.environ["GUIJI_DATA"] = str(aside / "data")
    os.environ["GUIJI_PERSON_KEY"] = "a key that only benchmarks use"


def _last_merged() -> date:
    result = measure.run(["-m", "benchmarks.p9_breaches", "--last-merged"]).result
    return date.fromisoformat(result["night"])


def _nights(night: date, runs: int, *how: str) -> list[measure.Measure]:
    asked = ["-m", "benchmarks.p9_breaches", "--night", str(night), *how]
    return [measure.run(asked) for _ in range(runs)]


def _line(rows: int, what: str, measures: list[measure.Measure]) -> dict[str, Any]:
    """Write a line of the table; of several runs, the medians."""
    result = measures[0].result or {}
    return {
        "target": "P9",
        "what": f"breaches: {what}",
        "rows": rows,
        **measure.medians(measures),
        "written_mb": result.get("written_mb", ""),
        "note": f"{result['breaches']:,} breaches" if result else "",
    }


def _digests(aside: Path, night: date) -> list[str]:
    folder = aside / "data" / "reports" / str(night)
    return [
        hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.glob("breaches.*"))
    ]


def write(night: str, anew: bool) -> dict[str, Any]:
    """Write a night's breaches in this process."""
    import pyarrow.parquet as pq

    from guiji.context import Context
    from guiji.reports.deadlines import breaches

    path = breaches.write(Context.current().at(date.fromisoformat(night)), anew=anew)
    written = path.stat().st_size + path.with_suffix(".csv").stat().st_size
    rows = pq.read_metadata(path).num_rows
    return {"breaches": rows, "written_mb": round(written / 2**20)}


def begin(night: str) -> None:
    """Begin a night in the ledger of the environment."""
    from guiji.context import Context

    Context.current().ledger.open_night(date.fromisoformat(night))


def last_merged() -> dict[str, Any]:
    """Name the last night merged into the warehouse of the environment."""
    from guiji.core import settings
    from guiji.storage import dataset_files
    from guiji.storage.table_store import table_store

    records = dataset_files.open_records(table_store(settings.current()))
    return {"night": str(dataset_files.last_night(records))}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="?", default=45_000_000)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--without-report", action="store_true")
    parser.add_argument("--valid-from", default=VALID_FROM, metavar="DAY")
    parser.add_argument("--begin", metavar="NIGHT", help="in the ledger")
    parser.add_argument("--last-merged", action="store_true")
    parser.add_argument("--night", nargs="+", metavar="NIGHT [anew]")
    asked = parser.parse_args()
    if asked.last_merged:
        print(json.dumps(last_merged()))
    elif asked.begin:
        begin(asked.begin)
    elif asked.night:
        print(json.dumps(write(asked.night[0], asked.night[1:] == ["anew"])))
    else:
        with p3_data.folder() as home:
            measured = lines(
                home,
                asked.rows,
                asked.runs,
                with_report=not asked.without_report,
                valid_from=asked.valid_from,
            )
            for one in measured:
                print(json.dumps(one, ensure_ascii=False), flush=True)
