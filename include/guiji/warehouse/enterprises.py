"""The table `enterprises`: every name and number an enterprise was stated under.

A credit code has one row for each name and each older number (组织机构代码, 注册号 …)
that anybody stated for it, from the first day on. What the registrar states is kept as
a sequence: a name that comes back has a second row. Numbers and codes are many to
many, because a body that changes its form may get another code.

A night appends what was not known (`part=tail`); a fold puts the merged nights into
one file sorted by code (`part=base`). Hashes keep that cheap: `pair_id` tells what is
known without reading a text, `form_id` finds a value however it is written. DuckDB
runs it, whatever engine merges the records. Rows count once `records` has their night.

Source:
    福建省涉企信息统一归集公示工作实施方案(2016) 一(二) (更新、比对、校核).
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa

from guiji.domain import text
from guiji.engine.base import Engine
from guiji.engine.duck import DuckEngine, connect
from guiji.engine.sql import kinds, literal, name
from guiji.storage import dataset_files, delta
from guiji.storage.delta import DataFile, Snapshot, snapshot
from guiji.storage.table_store import TableStore

TABLE = "enterprises"
PART = "part"
BASE, TAIL = "base", "tail"
NAME = "name"
"""Kind of the rows that hold a name; the others are of `IdentifierKind`."""

SCHEMA = pa.schema(
    [
        ("uscc", pa.string()),
        ("kind", pa.string()),  # name, or an IdentifierKind
        ("value", pa.string()),  # as stated
        ("is_registered", pa.bool_()),  # stated by the registration
        ("valid_from", pa.date32()),  # first day for which it was stated
        ("night", pa.date32()),  # that brought it
        ("dataset", pa.string()),
        ("batch_id", pa.string()),
        ("pair_id", pa.int64()),  # hash of code, kind and value
        ("form_id", pa.int64()),  # hash of the value's form for comparison
        ("organisation_id", pa.int64()),  # hash of the organisation code in the code
    ]
)
STORED = SCHEMA.append(pa.field(PART, pa.string()))
"""All columns of the table."""

SHOWN = SCHEMA.names[:-3]
"""Columns that readers see."""

STATED = ("uscc", "kind", "value", "is_registered", "night", "form_id")
"""Columns that describe one enterprise."""

ORDER = "uscc, kind, valid_from, value, is_registered, night"


def form_of(value: str, *, is_name: bool) -> str:
    """Return the form in which a name or a number is compared."""
    form = text.name_norm_one(value) if is_name else text.compact_one(value)
    return form or value


def hashed(expression: str) -> str:
    """Write the 63-bit hash of a text, the same on every machine."""
    return f"(md5_number_lower({expression}) >> 1)::bigint"


def organisation_id(uscc: str) -> str:
    """Write the hash of the organisation code that a credit code holds."""
    return hashed(f"substr({uscc}, 9, 9)")


def is_tail(file: DataFile, snapshot: Snapshot) -> bool:
    """Return whether a file is of one night, and that night is merged."""
    if not file.night:
        return False
    return dataset_files.is_merged(snapshot, date.fromisoformat(file.night))


def tails(place: TableStore, records: Snapshot) -> int:
    """Count the merged nights that are not in the base yet."""
    return sum(is_tail(f, records) for f in snapshot(place, TABLE).files)


def merged_files(place: TableStore, records: Snapshot) -> list[str]:
    """Return the addresses of the files that hold merged nights.

    Args:
        place: where the tables are.
        records: `records`, which says what is merged.
    """
    files = snapshot(place, TABLE).files
    counted = [f for f in files if f.partition[PART] == BASE or is_tail(f, records)]
    return [place.address(TABLE, f.path) for f in counted]


def bind(engine: Engine, view: str, paths: Sequence[str], as_of: date | None) -> None:
    """Create a view of the table.

    Args:
        engine: gets the view.
        view: its name.
        paths: files, as `merged_files` gives them.
        as_of: what was known at the end of this night; None = all.
    """
    if as_of is None:
        engine.files(view, paths, kinds(SCHEMA))
        return
    engine.files(f"{view}_ever", paths, kinds(SCHEMA))
    listed = ", ".join(name(c) for c in SCHEMA.names)
    until = f"night <= {literal(as_of)}"
    engine.view(view, f"select {listed} from {view}_ever where {until}")


def stated_of(
    engine: DuckEngine,
    place: TableStore,
    records: Snapshot,
    uscc: str,
    as_of: date | None,
) -> pa.Table:
    """Read the names and numbers that one code was stated with.

    Args:
        engine: runs the statement.
        place: where the tables are.
        records: `records`, which says what is merged.
        uscc: the code.
        as_of: what was known at the end of this night; None = all.

    Returns:
        Columns of `STATED`, in no order.
    """
    paths = merged_files(place, records)
    if not paths:
        return pa.schema([SCHEMA.field(c) for c in STATED]).empty_table()
    until = f" and night <= {literal(as_of)}" if as_of else ""
    query = (
        f"select {', '.join(STATED)} from {engine.scan(paths)} "
        f"where uscc = {literal(uscc)}{until}"
    )
    return engine.gather({"stated": query})["stated"]


def append(
    place: TableStore, night: date, engine: Engine, query: str, aside: Path
) -> None:
    """Store what a night brought, in place of what a killed merge stored for it.

    Args:
        place: where the tables are.
        night: the night.
        engine: runs the query.
        query: rows of `SCHEMA`, in their order.
        aside: folder for the file being written.
    """
    local = aside / f"{TABLE}.parquet"
    engine.write(query, local)
    delta.replace_night(place, TABLE, local, STORED, night, {PART: TAIL})


def fold(place: TableStore, records: Snapshot, aside: Path) -> int:
    """Write the merged nights into one file sorted by code.

    Args:
        place: where the tables are.
        records: `records`, which says what is merged.
        aside: folder for what is being written and does not fit in memory.

    Returns:
        How many files became one; 0 = there was nothing to fold.

    Raises:
        CommitConflict: another writer committed meanwhile; nothing was changed.
    """
    table = snapshot(place, TABLE)
    tails = [f for f in table.files if is_tail(f, records)]
    last = dataset_files.last_night(records)
    if not tails or last is None:
        return 0
    bases = [f for f in table.files if f.partition[PART] == BASE]
    local = aside / f"{TABLE}.parquet"
    with DuckEngine(connect(aside / "spill")) as engine:
        paths = [place.address(TABLE, f.path) for f in (*bases, *tails)]
        engine.files("every", paths, kinds(SCHEMA))
        engine.write(f"select * from every order by {ORDER}", local)
    stored = delta.store(place, TABLE, local, {PART: BASE})
    delta.commit(
        place,
        table,
        STORED,
        (PART,),
        added=[stored],
        removed=[*bases, *tails],
        night=last,
        note={"guiji.night": last.isoformat()},
    )
    return len(bases) + len(tails)
