"""Write the files of one dataset: full and delta for each channel."""

import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from guiji import files
from guiji.catalog.model import Catalog, Dataset
from guiji.publication import lines, scan
from guiji.publication.lines import RECORD_ID
from guiji.publication.manifest import Entry
from guiji.publication.proof import CHANGE
from guiji.settings import Settings
from guiji.warehouse import models
from guiji.warehouse.models import literal, name

CSV = "format csv, header true, delimiter ',', quote '\"', escape '\"', nullstr ''"


@dataclass(frozen=True)
class Loss:
    """What a department loses of a dataset tonight, in lines."""

    department: str
    dataset: str
    had: int
    lost: int


def bind_lines(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    catalog: Catalog,
    dataset: Dataset,
    night: date,
) -> list[Loss]:
    """Create `line`: what a dataset shows tonight; add to `withheld`.

    Args:
        connection: the warehouse's views, and the tables of `publish`.
        settings: where the SQL models are.
        catalog: terms and code lists.
        dataset: the catalogue entry.
        night: the night published.

    Returns:
        What each department loses.
    """
    lines.bind_candidates(connection, catalog, dataset)
    parameters = lines.bind_terms(connection, catalog, dataset) | {"night": night}
    models.keep(connection, settings, "publication/standing", "standing", parameters)
    _bind_shown(connection, settings, dataset)
    losses = models.query(
        connection, settings, "publication/losses", {"dataset_id": dataset.id}
    )
    return [
        Loss(row["owner"], dataset.id, row["had"], row["lost"])
        for row in losses.to_pylist()
    ]


def _bind_shown(
    connection: duckdb.DuckDBPyConnection, settings: Settings, dataset: Dataset
) -> None:
    """Create `line` from the records on show, without those that reveal a person."""
    titles = "".join(f", {name(item.title)}" for item in lines.public_items(dataset))
    connection.execute(
        f"""
        create or replace temp view line_text as
        select record_id, version_id, owner {titles},
            concat_ws(chr(31) {titles}) as text
        from candidate inner join standing using (record_id)
        where standing = 'shown'
        """
    ).fetchall()
    patterns = {"person_id": scan.PERSON_ID_FORM, "phone": scan.PHONE_ALONE}
    models.keep(connection, settings, "publication/withheld", "held_back", patterns)
    connection.execute(
        "insert into withheld_now select $dataset, * from held_back",
        {"dataset": dataset.id},
    ).fetchall()
    heading = literal(chr(31).join(lines.headings(dataset)))
    connection.execute(
        f"""
        create or replace temp table line as
        select record_id, version_id {titles},
            left(sha256({heading} || chr(30) || text), 32) as line_hash
        from line_text anti join held_back using (record_id)
        """
    ).fetchall()


def bind_no_lines(connection: duckdb.DuckDBPyConnection, headings: list[str]) -> None:
    """Create `line` without rows: what was shown under these headings goes off."""
    listed = "".join(f", null::varchar as {name(h)}" for h in headings[:-1])
    connection.execute(
        "create or replace temp table line as select null::varchar as record_id, "
        f"null::varchar as version_id {listed}, null::varchar as line_hash where false"
    ).fetchall()


def write_channels(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    staging: Path,
    dataset: str,
    channels: list[str],
    headings: list[str],
    night: date,
) -> dict[str, tuple[Entry, Entry]]:
    """Write full and delta of `line` for each channel; add to `published_now`.

    Returns:
        Channel -> its full and its delta file.
    """
    connection.register("channel", pa.table({"channel": channels}))
    parameters: dict[str, object] = {"dataset_id": dataset, "night": night}
    models.keep(connection, settings, "publication/index", "index_rows", parameters)
    connection.execute("insert into published_now by name from index_rows").fetchall()
    first = staging / "full" / channels[0] / f"{dataset}.csv"
    number = _write_full(connection, first, headings)
    written = {}
    for channel in channels:
        full = staging / "full" / channel / f"{dataset}.csv"
        if full != first:
            with files.replacing(full) as temporary:
                shutil.copyfile(first, temporary)
        delta = staging / "delta" / channel / f"{dataset}.csv"
        parameters = {"channel_id": channel, "dataset_id": dataset}
        models.keep(connection, settings, "publication/delta", "delta", parameters)
        changed = _write_delta(connection, delta, headings)
        written[channel] = (
            _entry(staging, full, dataset, "full", number),
            _entry(staging, delta, dataset, "delta", changed),
        )
    return written


def _write_full(
    connection: duckdb.DuckDBPyConnection, path: Path, headings: list[str]
) -> int:
    listed = "".join(f"nullif({name(h)}, '') as {name(h)}, " for h in headings[:-1])
    query = f"select {listed} record_id as {name(RECORD_ID)} from line"
    return _copy(connection, f"{query} order by record_id", path)


def _write_delta(
    connection: duckdb.DuckDBPyConnection, path: Path, headings: list[str]
) -> int:
    """Write what changes; a line that is taken off shows nothing but its id."""
    listed = "".join(
        f"nullif(line.{name(h)}, '') as {name(h)}, " for h in headings[:-1]
    )
    query = f"""
        select delta.change_kind as {name(CHANGE)}, {listed}
            delta.record_id as {name(RECORD_ID)}
        from delta left join line on delta.record_id = line.record_id
        order by delta.record_id
    """
    return _copy(connection, query, path)


def _copy(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> int:
    with files.replacing(path) as temporary:
        return int(
            connection.execute(
                f"copy ({query}) to {literal(str(temporary))} ({CSV})"
            ).fetchall()[0][0]
        )


def _entry(staging: Path, path: Path, dataset: str, kind: str, rows: int) -> Entry:
    return Entry(
        file=path.relative_to(staging).as_posix(),
        dataset=dataset,
        kind=kind,
        rows=rows,
        sha256=files.sha256_of(path),
    )
