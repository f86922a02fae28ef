"""Bind a dataset's committed versions to a name that SQL can read.

The columns are always those of the catalogue: an item that older files lack is null
there, and a dataset without any file is an empty relation of the right columns.
"""

from datetime import date

import duckdb

from guiji.catalog.model import Dataset
from guiji.settings import Settings
from guiji.warehouse import columns, models, store


def bind(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    dataset: Dataset,
    view: str,
    as_of: date | None = None,
) -> None:
    """Create the view of all versions of a dataset that were known on a night.

    Args:
        connection: gets the view.
        settings: where the files are.
        dataset: its items are the columns after the platform's.
        view: name of the view.
        as_of: the night; None = now.
    """
    folder = store.versions_folder(settings, dataset.id)
    paths = store.paths_of(settings, folder, as_of)
    wanted = columns.platform_columns() | columns.item_columns(dataset)
    if paths:
        source = models.scan(paths)
        held = connection.execute(f"describe select * from {source}").fetchall()
        present = {row[0] for row in held}
        tail = f"from {source}"
    else:
        present, tail = set(), "where false"
    listed = ", ".join(
        f"{models.name(c) if c in present else 'null'}::{kind} as {models.name(c)}"
        for c, kind in wanted.items()
    )
    connection.execute(
        f"create view {models.name(view)} as select {listed} {tail}"
    ).fetchall()


def latest(view: str) -> str:
    """Write the query of the current version of each record in a view of versions.

    The credit code is a part of the partition, though the record alone decides it,
    so that a look-up by code reads one enterprise only.
    """
    return (
        f"select * from {models.name(view)} qualify row_number() over ("
        f"partition by record_id, uscc order by {columns.LATEST_FIRST}) = 1"
    )
