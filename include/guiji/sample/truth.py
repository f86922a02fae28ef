"""What is wrong in a delivery, and where: the answers to the sample's questions."""

from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from guiji.core import files

QUARANTINE = "quarantine"
WARNING = "warning"
INFO = "info"
LATE = "late"
REFUSED = "refused"
TRIAL = "trial"


@dataclass(frozen=True)
class Fault:
    """One fault of one row, or of a whole delivery.

    Attributes:
        night: on which it is delivered.
        department: who delivers it.
        file: name of the file, `<connection>.<table>.csv` for a database.
        sheet: of a workbook.
        row: row number as a spreadsheet or an editor shows it; None = whole delivery.
        column: column letter; None = the whole row.
        item: item of the catalogue.
        rule_id: rule that it breaks; id of the clock for `late`; code of the refusal.
        kind: quarantine, warning, info, late, refused, or trial: a fault of a row in
            a trial delivery.
    """

    night: date
    department: str
    file: str
    sheet: str | None
    row: int | None
    column: str | None
    item: str | None
    rule_id: str
    kind: str


@dataclass(frozen=True)
class Expected:
    """What must become of one delivery.

    Attributes:
        night: on which it is delivered.
        department: who delivers it.
        file: its name.
        way: file or extract.
        dataset: as which it is recognised; None = not at all.
        verdict: accepted, partly, refused, duplicate or trial.
        code: why it is refused.
        rows: data rows, zero for a zero report (零报告).
        quarantined: rows with a critical fault.
        warned: rows with lesser faults only.
        late: accepted rows that came after a delivery deadline.
    """

    night: date
    department: str
    file: str
    way: str
    dataset: str | None
    verdict: str
    code: str | None
    rows: int
    quarantined: int
    warned: int
    late: int


_TYPES = {
    "night": pa.date32(),
    "row": pa.int32(),
    "rows": pa.int32(),
    "quarantined": pa.int32(),
    "warned": pa.int32(),
    "late": pa.int32(),
}


def table(lines: list[Fault] | list[Expected], kind: type) -> pa.Table:
    """Make a table of truth lines, ordered by all their columns from left to right."""
    schema = pa.schema(
        [(f.name, _TYPES.get(f.name, pa.string())) for f in fields(kind)]
    )
    columns = [[getattr(line, name) for line in lines] for name in schema.names]
    unsorted = pa.Table.from_arrays(
        [pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)],
        schema=schema,
    )
    return unsorted.take(
        pc.sort_indices(unsorted, [(n, "ascending") for n in schema.names])
    )


def write(folder: Path, name: str, lines: pa.Table) -> None:
    """Write truth lines as Parquet and, for people, as CSV that Excel opens."""
    files.write_parquet(folder / f"{name}.parquet", lines)
    with files.replacing(folder / f"{name}.csv") as path, path.open("wb") as file:
        file.write(b"\xef\xbb\xbf")
        csv.write_csv(lines, file, csv.WriteOptions(quoting_style="needed"))
