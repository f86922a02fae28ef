"""Whether two builds say the same of a night: verdicts, findings, answers, lines.

    python -m benchmarks.equal_nights [DELIVERIES [ROWS [REVISION]]]

A night with every kind of fault is drawn by this checkout and run whole by it and by a
checkout of REVISION, by default the last one before deliveries were judged in waves.
Compared are the verdict and the counts of every delivery, every finding, every row put
away, every file that a department or the public gets, and the breaches. Of returned
workbooks the cells, marks and notes are compared, as their bytes may differ. Prints a
line for each subject: how many are equal, how many differ, and where the first differ.
"""

import json
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq

from benchmarks import check_stage
from benchmarks.check_stage import HERE, NIGHT

REVISION = "4cc8218"
SHOWN = 5
VERDICTS = (
    "select delivery_id, batch_id, dataset, verdict, rows_read, rows_accepted, "
    "rows_quarantined, rows_unchanged, duplicate_of from deliveries"
)
FINDING = (
    *("batch_id", "source_sheet", "source_row", "source_column", "rule_id", "item"),
    *("severity", "message", "remedy"),
)


def run(deliveries: int, rows: int, revision: str) -> Iterator[dict[str, Any]]:
    """Run both builds; compare what they left."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        other = check_stage.checkout(folder / "other", revision)
        data = [check_stage.drops(folder / build, rows, deliveries) for build in "ab"]
        for build, place in zip((HERE, other), data, strict=True):
            check_stage.guiji(build, place, "night", "--date", NIGHT)
        for subject, read in SUBJECTS.items():
            ours, theirs = (read(place) for place in data)
            yield {"what": subject, **_compared(ours, theirs)}


def _compared(ours: Mapping[Any, Any], theirs: Mapping[Any, Any]) -> dict[str, Any]:
    names = sorted(ours.keys() | theirs.keys(), key=str)
    other = [n for n in names if ours.get(n) != theirs.get(n)]
    shown = [
        {"of": str(n), **_first_difference(ours.get(n), theirs.get(n))}
        for n in other[:SHOWN]
    ]
    return {"equal": len(names) - len(other), "different": len(other), "first": shown}


def _first_difference(ours: Any, theirs: Any) -> dict[str, Any]:
    pairs = zip_longest(_lines(ours), _lines(theirs))
    here, there = next(pair for pair in pairs if pair[0] != pair[1])
    return {"ours": here, "theirs": there}


def _lines(value: Any) -> list[str]:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace").splitlines()
    if isinstance(value, dict):
        return [f"{name}: {content}" for name, content in sorted(value.items())]
    return [str(value)]


def _verdicts(data: Path) -> dict[str, Any]:
    with sqlite3.connect(data / "ledger.db") as connection:
        return {row[0]: row[1:] for row in connection.execute(VERDICTS)}


def _findings(data: Path) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for path in sorted((data / "batches").glob("*/findings.parquet")):
        for row in pq.read_table(path).to_pylist():
            key = tuple(row[c] for c in FINDING[:6])
            found.setdefault(key, []).append(tuple(row[c] for c in FINDING[6:]))
    return {key: sorted(rows, key=str) for key, rows in found.items()}


def _files(pattern: str) -> Callable[[Path], dict[str, bytes]]:
    return lambda data: {
        str(path.relative_to(data)): path.read_bytes()
        for path in data.glob(pattern)
        if path.is_file()
    }


def _workbooks(data: Path) -> dict[str, Any]:
    return {
        str(path.relative_to(data)): _cells(path)
        for path in data.glob("outbox/**/*.xlsx")
    }


def _cells(path: Path) -> dict[str, Any]:
    book = openpyxl.load_workbook(path)
    return {
        f"{sheet.title}!{cell.coordinate}": (
            cell.value,
            cell.comment and cell.comment.text,
            cell.fill.fgColor.rgb if cell.fill.fill_type else None,
        )
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None or cell.comment
    }


def _put_away(data: Path) -> dict[str, Any]:
    return {
        str(path.relative_to(data)): dict(enumerate(pq.read_table(path).to_pylist()))
        for path in data.glob("quarantine/*/*.parquet")
    }


def _breaches(data: Path) -> dict[Any, Any]:
    rows = pq.read_table(data / "reports" / NIGHT / "breaches.parquet").to_pylist()
    return {tuple(str(v) for v in row.values()): True for row in rows}


SUBJECTS: dict[str, Callable[[Path], Mapping[Any, Any]]] = {
    "verdicts and counts of deliveries": _verdicts,
    "findings": _findings,
    "rows put away": _put_away,
    "receipts for programs": _files("outbox/**/*.json"),
    "receipts for clerks": _files("outbox/**/*.txt"),
    "returned workbooks": _workbooks,
    "published files": _files("publication/20*/*/*/*.csv"),
    "breaches": _breaches,
}

if __name__ == "__main__":
    given = sys.argv[1:]
    sizes = [int(n) for n in [*given[:2], *("300", "20000")[len(given) :]]]
    for line in run(*sizes, given[2] if len(given) > 2 else REVISION):
        print(json.dumps(line, ensure_ascii=False), flush=True)
