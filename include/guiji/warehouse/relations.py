"""Bind a dataset's files to names that SQL can read.

The columns are always those of the catalogue: an item that older files lack is null
there, and a dataset without any file is an empty relation of the right columns.
"""

from collections.abc import Iterable
from datetime import date

from guiji.catalog.model import Dataset
from guiji.engine.base import Engine
from guiji.engine.sql import literal, name
from guiji.warehouse import columns
from guiji.warehouse.columns import ROW_ID, SUPERSEDED
from guiji.warehouse.lake import DataFile
from guiji.warehouse.place import Place
from guiji.warehouse.records import TABLE, Shelf

ENDED_COLUMNS = {ROW_ID: "bigint", SUPERSEDED: "date"}


def addresses(place: Place, found: Iterable[DataFile]) -> list[str]:
    """Give where an engine finds files of `records`."""
    return [place.address(TABLE, f.path) for f in found]


def bind_files(engine: Engine, place: Place, dataset: Dataset, held: Shelf) -> None:
    """Create `version` (base and tail), `ended` and `archive` of one dataset."""
    stored = columns.stored_columns(dataset)
    engine.files("version", addresses(place, (*held.base, *held.tail)), stored)
    engine.files("ended", addresses(place, held.ended), ENDED_COLUMNS)
    engine.files(
        "archive", addresses(place, held.archive), stored | {SUPERSEDED: "date"}
    )


def bind_standing(
    engine: Engine, place: Place, dataset: Dataset, held: Shelf, view: str
) -> None:
    """Create the view of the current versions of a dataset, numbers included."""
    stored = columns.stored_columns(dataset)
    engine.files(f"{view}_version", addresses(place, (*held.base, *held.tail)), stored)
    engine.files(f"{view}_ended", addresses(place, held.ended), ENDED_COLUMNS)
    engine.view(view, standing(stored, f"{view}_version", f"{view}_ended"))


def standing(shown: Iterable[str], version: str, ended: str) -> str:
    """Write the query of the versions that have not ended."""
    listed = ", ".join(f"version.{name(c)}" for c in shown)
    return (
        f"select {listed} from {version} as version "
        f"left join {ended} as ended on version.row_id = ended.row_id "
        "where ended.row_id is null"
    )


def bind(
    engine: Engine,
    place: Place,
    dataset: Dataset,
    held: Shelf,
    *,
    known: str,
    current: str,
    as_of: date | None = None,
) -> None:
    """Create the views of all versions of a dataset and of its current ones.

    Args:
        engine: gets the views.
        place: where the files are.
        dataset: its items are the columns after the platform's.
        held: the files.
        known: view of all versions known, with `superseded_night`.
        current: view of the current version of each record.
        as_of: what was known at the end of this night; None = all there is.
    """
    stored = columns.stored_columns(dataset)
    versions, ended, archive = (f"{known}_{kind}" for kind in ("all", "ended", "old"))
    engine.files(versions, addresses(place, (*held.base, *held.tail)), stored)
    engine.files(ended, addresses(place, held.ended), ENDED_COLUMNS)
    engine.files(archive, addresses(place, held.archive), stored | {SUPERSEDED: "date"})
    engine.view(known, _history(dataset, versions, ended, archive, as_of))
    if as_of is None:
        query = _typed(dataset, standing(stored, versions, ended))
    else:
        listed = ", ".join(name(c) for c in _shown(dataset))
        query = f"select {listed} from {known} where {SUPERSEDED} is null"
    engine.view(current, query)


def _shown(dataset: Dataset) -> list[str]:
    return [*columns.platform_columns(), *columns.item_columns(dataset)]


def _typed(dataset: Dataset, source: str) -> str:
    """Select the shown columns; the dataset's name is in no file."""
    listed = ", ".join(
        f"{literal(dataset.id)} as {name(c)}" if c == "dataset" else name(c)
        for c in _shown(dataset)
    )
    return f"select {listed} from ({source}) as held"


def _history(
    dataset: Dataset, versions: str, ended: str, archive: str, as_of: date | None
) -> str:
    stored = [c for c in _shown(dataset) if c != "dataset"]
    listed = ", ".join(f"version.{name(c)}" for c in stored)
    past = ", ".join(name(c) for c in stored)
    every = (
        f"select {listed}, ended.{SUPERSEDED} from {versions} as version "
        f"left join {ended} as ended on version.row_id = ended.row_id "
        f"union all select {past}, {SUPERSEDED} from {archive}"
    )
    shown = ", ".join(
        f"{literal(dataset.id)} as {name(c)}" if c == "dataset" else name(c)
        for c in _shown(dataset)
    )
    if as_of is None:
        return f"select {shown}, {SUPERSEDED} from ({every}) as held"
    day = literal(as_of)
    until = f"case when {SUPERSEDED} <= {day} then {SUPERSEDED} end as {SUPERSEDED}"
    return f"select {shown}, {until} from ({every}) as held where merged_night <= {day}"
