"""Bind a dataset's files to names that SQL can read.

The columns are always those of the catalogue: an item that older files lack is null
there, and a dataset without any file is an empty relation of the right columns.
"""

from collections.abc import Iterable
from datetime import date

from guiji.catalog.model import Dataset
from guiji.engine.base import Engine
from guiji.engine.sql import literal, name
from guiji.storage.dataset_files import TABLE, DatasetFiles
from guiji.storage.delta import DataFile
from guiji.storage.table_store import TableStore
from guiji.warehouse import columns
from guiji.warehouse.columns import ROW_ID, SUPERSEDED

ENDED_COLUMNS = {ROW_ID: "bigint", SUPERSEDED: "date"}


def addresses(store: TableStore, files: Iterable[DataFile]) -> list[str]:
    """Return where an engine finds files of `records`."""
    return [store.address(TABLE, f.path) for f in files]


def bind(
    engine: Engine,
    store: TableStore,
    dataset: Dataset,
    stored_files: DatasetFiles,
    prefix: str = "",
) -> None:
    """Create `version` (base and tail), `ended` and `archive` of one dataset.

    Args:
        engine: gets the relations.
        store: where the files are.
        dataset: its items are columns.
        stored_files: the files.
        prefix: of the relations' names.
    """
    stored = columns.stored_columns(dataset)
    inputs = {
        "version": ((*stored_files.base, *stored_files.tail), stored),
        "ended": (stored_files.ended, ENDED_COLUMNS),
        "archive": (stored_files.archive, stored | {SUPERSEDED: "date"}),
    }
    for relation, (files, wanted) in inputs.items():
        engine.files(prefix + relation, addresses(store, files), wanted)


def standing(shown: Iterable[str], prefix: str = "") -> str:
    """Write the query of the stored versions that have not ended."""
    listed = ", ".join(f"version.{name(c)}" for c in shown)
    return (
        f"select {listed} from {prefix}version as version "
        f"left join {prefix}ended as ended on version.row_id = ended.row_id "
        "where ended.row_id is null"
    )


def every(dataset: Dataset, prefix: str, as_of: date | None) -> str:
    """Write the query of all versions known, with `superseded_night`.

    Args:
        dataset: its items are the columns after the platform's.
        prefix: of the relations, see `bind`.
        as_of: what was known at the end of this night; None = all there is.
    """
    stored = [c for c in _shown(dataset) if c != "dataset"]
    listed = ", ".join(f"version.{name(c)}" for c in stored)
    past = ", ".join(name(c) for c in stored)
    query = (
        f"select {listed}, ended.{SUPERSEDED} from {prefix}version as version "
        f"left join {prefix}ended as ended on version.row_id = ended.row_id "
        f"union all select {past}, {SUPERSEDED} from {prefix}archive"
    )
    if as_of is None:
        return _named(dataset, query, SUPERSEDED)
    day = literal(as_of)
    until = f"case when {SUPERSEDED} <= {day} then {SUPERSEDED} end as {SUPERSEDED}"
    return f"{_named(dataset, query, until)} where merged_night <= {day}"


def current(dataset: Dataset, prefix: str, as_of: date | None) -> str:
    """Write the query of the current version of each record; see `every`."""
    if as_of is None:
        return _named(dataset, standing(columns.stored_columns(dataset), prefix))
    listed = ", ".join(name(c) for c in _shown(dataset))
    versions = every(dataset, prefix, as_of)
    return f"select {listed} from ({versions}) as known where {SUPERSEDED} is null"


def _shown(dataset: Dataset) -> list[str]:
    return [*columns.platform_columns(), *columns.item_columns(dataset)]


def _named(dataset: Dataset, source: str, *further: str) -> str:
    """Select the shown columns; the dataset's name is in no file."""
    shown = [
        f"{literal(dataset.id)} as {name(c)}" if c == "dataset" else name(c)
        for c in _shown(dataset)
    ]
    return f"select {', '.join([*shown, *further])} from ({source}) as held"
