"""P11: a clerk checks a workbook before it is delivered; the cold command.

    python -m benchmarks.p11_check 10000

Every way is a process of its own, from the start of Python to its end, its children
included; of several runs the median counts. Ours is `guiji check FILE --json` with the
conditions of the rules kept, as after any night or check before; the very first check
of a catalogue, which has to ask Great Expectations, and what the command imports are
lines of their own. Frictionless validates the same file against the same catalogue
entry as far as its Table Schema can say it: types, what is required, lengths, bounds.
`ratio` is CPU against ours.
"""

import json
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import measure

MODULE = "benchmarks.p11_check"
HOME = Path(__file__).parents[1]
ROWS = 10_000
FIRST, OURS, IMPORTS, PEER = "first", "ours", "imports", "frictionless"
TIMES = {FIRST: 1, OURS: 5, IMPORTS: 3, PEER: 3}
WHAT = {
    OURS: "guiji check: read, recognise, parse, every rule, findings with address",
    IMPORTS: "of it: the imports of the command",
    FIRST: "guiji check where no conditions are kept: Great Expectations is asked",
    PEER: "frictionless validate with a Table Schema of the same entry",
}
CLI = """
import sys
from guiji.cli.app import main
try:
    main()
except SystemExit as ended:
    assert ended.code in (0, 1), ended.code
"""


def run(rows: int) -> list[dict[str, object]]:
    """Measure all ways of checking a workbook of so many rows."""
    with tempfile.TemporaryDirectory(prefix="guiji-p11-") as folder:
        data = Path(folder) / "data"
        data.mkdir()
        os.environ |= {"GUIJI_HOME": str(HOME), "GUIJI_DATA": str(data)}
        os.environ["GUIJI_PERSON_KEY"] = "a key that only benchmarks use"
        made = measure.run(["-m", MODULE, "write", folder, str(rows)])
        book = Path(made.result)
        found: dict[str, list[measure.Measure]] = {way: [] for way in WHAT}
        for turn in range(max(TIMES.values())):  # in turns: the machine is noisy
            for way in TIMES:
                if turn < TIMES[way]:
                    found[way].append(_measured(way, book, data))
    told, peer = found[OURS][-1].result, found[PEER][-1].result
    if told["rows"]["read"] != rows or peer["rows"] != rows:
        raise RuntimeError(f"read {told['rows']} and {peer['rows']}")
    if told != found[FIRST][0].result:
        raise RuntimeError("the first check says otherwise")
    return [_line(way, rows, found) for way in WHAT]


def _measured(way: str, book: Path, data: Path) -> measure.Measure:
    if way in (FIRST, OURS):
        if way == FIRST:
            shutil.rmtree(data / ".conditions", ignore_errors=True)
        return measure.run(["-c", CLI, "check", str(book), "--json"])
    return measure.run(["-m", MODULE, way, str(book)])


def _line(
    way: str, rows: int, found: dict[str, list[measure.Measure]]
) -> dict[str, object]:
    cpu = {name: statistics.median(m.cpu for m in ms) for name, ms in found.items()}
    result = found[way][-1].result
    findings = result["findings"] if way in (FIRST, OURS) else None
    return {
        "target": "P11",
        "what": WHAT[way],
        "rows": rows,
        "cpu_seconds": round(cpu[way], 2),
        "wall_seconds": round(statistics.median(m.wall for m in found[way]), 2),
        "peak_mb": round(max(m.peak_mb for m in found[way])),
        "ratio": "" if way == OURS else round(cpu[way] / cpu[OURS], 2),
        "note": f"{len(findings)} findings" if findings is not None else "",
    }


def imports(_: Path) -> None:
    """Import what the command imports, its reading process aside."""
    from guiji.cli import app
    from guiji.core import arrow_without_pandas

    arrow_without_pandas.settle()
    from guiji.catalog import load
    from guiji.checking import validator
    from guiji.domain import regions, workdays
    from guiji.parsing import keys
    from guiji.pipeline.batch import pre_check

    loaded = (app, pre_check, load, validator, regions, workdays, keys)
    print(json.dumps(len(loaded)))


def frictionless(book: Path) -> None:
    """Validate the workbook with Frictionless; print rows and errors."""
    from frictionless import Checklist, Dialect, Resource
    from frictionless.formats import ExcelControl

    from benchmarks import p11_data

    heading = p11_data.HEADING_ROW
    resource = Resource(
        path=book.name,
        basepath=str(book.parent),
        schema=_schema(book),
        dialect=Dialect(
            header_rows=[heading],
            controls=[ExcelControl(sheet=p11_data.SHEET, stringified=False)],
        ),
    )
    # cells that a workbook leaves out at the end of a row are empty
    asked = Checklist(skip_errors=["missing-cell"])
    report = resource.validate(asked, limit_errors=1_000_000)
    (task,) = report.tasks
    rows = task.stats["rows"] - p11_data.BELOW
    print(json.dumps({"rows": rows, "errors": task.stats["errors"]}))


def _schema(book: Path) -> Any:
    """Say of each column what a Table Schema can say of its item."""
    from frictionless import Schema
    from openpyxl import load_workbook

    from benchmarks import p11_data
    from guiji.catalog.vocabulary import ItemType

    dataset = p11_data.dataset()
    items = {item.title: item for item in dataset.items}
    sheet = load_workbook(book, read_only=True)[p11_data.SHEET]
    number = p11_data.HEADING_ROW
    (headings,) = sheet.iter_rows(min_row=number, max_row=number, values_only=True)
    kinds = {ItemType.DATE: "date", ItemType.AMOUNT: "number"}
    fields = []
    for heading in headings:
        item = items.get(str(heading))
        field: dict[str, Any] = {"name": heading, "type": "any"}
        if item is not None:
            field["type"] = kinds.get(item.type, "string")
            limits = {
                "required": item.required or None,
                "maxLength": item.length if item.type is ItemType.TEXT else None,
                "minimum": item.minimum,
                "maximum": item.maximum,
            }
            field["constraints"] = {k: v for k, v in limits.items() if v is not None}
        fields.append(field)
    return Schema.from_descriptor({"fields": fields})


def write(folder: Path, rows: int) -> None:
    """Write the workbook; print its path."""
    from benchmarks import p11_data

    print(json.dumps(str(p11_data.write(folder, rows))))


WAYS: dict[str, Callable[[Path], None]] = {IMPORTS: imports, PEER: frictionless}


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write(Path(sys.argv[2]), int(sys.argv[3]))
    elif sys.argv[1] in WAYS:
        WAYS[sys.argv[1]](Path(sys.argv[2]))
    else:
        for line in run(int(sys.argv[1])):
            print(json.dumps(line, ensure_ascii=False), flush=True)
