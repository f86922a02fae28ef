"""Replay deltas by SQL: where the last publication plus the delta is not the new one.

The files are read by a CSV reader and compared as sets of lines. That costs more than
`delta_proof`, which decides before a release, and says what differs and how often.
"""

import csv
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from guiji.core.settings import Settings
from guiji.publication.line_changes import CHANGE
from guiji.publication.publishable_rows import RECORD_ID
from guiji.warehouse import models
from guiji.warehouse.models import literal, name


def heading_of(path: Path) -> list[str]:
    """Read the first row of a published file."""
    with path.open(encoding="utf-8", newline="") as file:
        return next(csv.reader(file))


@dataclass(frozen=True)
class Replay:
    """What reading a release's files back has shown.

    Attributes:
        differences: kind -> number, those above zero; empty = proven.
        rows: lines of the full file.
        withdrawn: lines that the delta takes off.
    """

    differences: dict[str, int]
    rows: int
    withdrawn: int


def replay(settings: Settings, before: Path | None, delta: Path, after: Path) -> Replay:
    """Apply a delta to the previous full file and compare with the new one.

    Args:
        settings: where the SQL models are.
        before: full file of the last release; None = there was none.
        delta: what changes.
        after: full file of this release.
    """
    with (
        tempfile.TemporaryDirectory() as spill,
        models.connect(Path(spill)) as connection,
    ):
        _load(connection, "file_after", after)
        _load(connection, "file_delta", delta)
        if before is None:
            query = "create table file_before as select * from file_after where false"
            connection.execute(query).fetchall()
        else:
            _load(connection, "file_before", before)
        table = models.query(connection, settings, "publication/differences")
        rows, withdrawn = connection.execute(
            "select (select count(*) from file_after), "
            "(select count(*) from file_delta where change_kind = '撤下')"
        ).fetchall()[0]
    numbers = zip(
        table["difference"].to_pylist(), table["number"].to_pylist(), strict=True
    )
    return Replay({k: n for k, n in numbers if n}, int(rows), int(withdrawn))


def replay_from_the_first(
    settings: Settings, deltas: Sequence[Path], after: Path
) -> dict[str, int]:
    """Apply all deltas since the first release, and compare with a full file.

    Args:
        settings: where the SQL models are.
        deltas: of one channel and dataset, in order of their nights.
        after: full file of the last of these nights.

    Returns:
        Kind of difference -> number, those above zero; empty = proven.
    """
    with (
        tempfile.TemporaryDirectory() as spill,
        models.connect(Path(spill)) as connection,
    ):
        _load(connection, "file_after", after)
        for number, delta in enumerate(deltas):
            _load(connection, "one_delta", delta)
            start = (
                "create table every_delta as"
                if not number
                else ("insert into every_delta")
            )
            connection.execute(
                f"{start} select *, {number} as number from one_delta"
            ).fetchall()
            connection.execute("drop table one_delta").fetchall()
        connection.execute(
            "create table file_delta as select record_id, line, '新增' as change_kind "
            "from (select * from every_delta qualify number = max(number) over "
            "(partition by record_id)) where change_kind <> '撤下'"
        ).fetchall()
        query = "create table file_before as select * from file_after where false"
        connection.execute(query).fetchall()
        table = models.query(connection, settings, "publication/differences")
    rows = zip(
        table["difference"].to_pylist(), table["number"].to_pylist(), strict=True
    )
    return {kind: number for kind, number in rows if number}


def _load(connection: duckdb.DuckDBPyConnection, table: str, path: Path) -> None:
    """Read a published file: record_id, line and, in a delta, change_kind.

    A line is kept as a digest of 128 bits over its headings and texts: under other
    headings it is another line.
    """
    heading = heading_of(path)
    items = [h for h in heading if h not in (CHANGE, RECORD_ID)]
    kinds = ", ".join(f"{literal(h)}: 'varchar'" for h in heading)
    texts = ", ".join(f"coalesce({name(h)}, '')" for h in items)
    line = f"concat_ws(chr(31), {', '.join(literal(h) for h in items)}, {texts})"
    change = f", {name(CHANGE)} as change_kind" if CHANGE in heading else ""
    connection.execute(
        f"""
        create table {table} as
        select {name(RECORD_ID)} as record_id, md5_number({line}) as line {change}
        from read_csv({literal(str(path))}, columns = {{{kinds}}}, header = true,
            auto_detect = false, delim = ',', quote = '"', escape = '"',
            parallel = false, max_line_size = 16777216)
        """
    ).fetchall()
