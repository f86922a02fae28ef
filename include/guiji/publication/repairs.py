"""Repaired records (信用修复): what a granted repair names is shown and shared no more.

A repair is a record of its own, delivered by whoever granted it. It names another
record by dataset, subject and number. The archive keeps both.
"""

from collections.abc import Iterator
from datetime import date

import pyarrow as pa

from guiji.catalog.model import Catalog, Dataset, Repairs
from guiji.context import Context, NightContext
from guiji.engine.base import Engine
from guiji.engine.sql import empty, literal, name
from guiji.storage import dataset_files
from guiji.storage.publication_log import Release
from guiji.storage.table_store import TableStore
from guiji.warehouse import relations

REPAIRED = {"dataset": "varchar", "subject": "varchar", "number": "varchar"}
"""How a repair names a record: its dataset's id, whom it is about, its number."""

PREFIX = "_repairs_"
"""Of the relations of datasets of repairs."""


def number_item(dataset: Dataset) -> str:
    """Name the item by whose value repairs name a record: the first of its key."""
    return dataset.key[0]


def bind(engine: Engine, context: Context, store: TableStore, night: date) -> None:
    """Create `repaired`, the records that granted repairs name (`REPAIRED`).

    Args:
        engine: gets the relation.
        context: catalogue, its datasets of repairs.
        store: where the tables are.
        night: what is known at its end counts.

    Source:
        信用修复管理办法(国家发展改革委令第36号) 第三条; 国办发〔2025〕22号.
    """
    _bind_titles(engine, context.catalog)
    selects = []
    for dataset, repairs in _entries(context.catalog):
        _bind_files(engine, store, dataset)
        held = relations.current(dataset, _prefix(dataset), night)
        granted = ", ".join(literal(value) for value in repairs.granted)
        selects.append(
            f"{_named(dataset, repairs, held)} "
            f"where {name(repairs.outcome)} in ({granted}) and operation <> 'revoke'"
        )
    query = " union all ".join([empty(REPAIRED), *selects])
    engine.keep("repaired", f"select distinct * from ({query}) as named")


def affected(
    engine: Engine, context: NightContext, store: TableStore, since: Release
) -> dict[str, set[str]]:
    """Return the records that repairs name or named which changed since a release.

    Args:
        engine: holds what `bind` creates.
        context: catalogue, its datasets of repairs; night.
        store: where the tables are.
        since: the release.

    Returns:
        Dataset -> ids of its records.
    """
    selects = []
    for dataset, repairs in _entries(context.catalog):
        every = relations.every(dataset, _prefix(dataset), context.night)
        changed = (
            f"select record_id from ({every}) as known "
            f"where merged_night > {literal(since.night)}"
        )
        query = _named(dataset, repairs, every)
        selects.append(f"{query} where record_id in ({changed})")
    if not selects:
        return {}
    named = " union all ".join(selects)
    engine.keep("affected", f"select distinct * from ({named}) as named")
    found = engine.fetch("select distinct dataset from affected order by dataset")
    datasets = context.catalog.datasets
    return {
        dataset_id: _ids(engine, store, datasets[dataset_id], context.night)
        for dataset_id in found["dataset"].to_pylist()
    }


def _ids(engine: Engine, store: TableStore, dataset: Dataset, night: date) -> set[str]:
    """Return the ids of a dataset's records that `affected` names."""
    _bind_files(engine, store, dataset)
    held = relations.current(dataset, _prefix(dataset), night)
    rows = engine.fetch(
        f"select held.record_id from ({held}) as held inner join affected "
        f"on affected.dataset = {literal(dataset.id)} "
        "and held.subject = affected.subject "
        f"and held.{name(number_item(dataset))} = affected.number"
    )
    return set(rows["record_id"].to_pylist())


def of_dataset(dataset: Dataset) -> str:
    """Write the query of what repairs name of one dataset: subject and number."""
    return (
        "select subject as repaired__subject, number as repaired__number "
        f"from repaired where dataset = {literal(dataset.id)}"
    )


def _entries(catalog: Catalog) -> Iterator[tuple[Dataset, Repairs]]:
    for dataset in catalog.datasets.values():
        if dataset.repairs:
            yield dataset, dataset.repairs


def _prefix(dataset: Dataset) -> str:
    return f"{PREFIX}{dataset.id}_"


def _bind_files(engine: Engine, store: TableStore, dataset: Dataset) -> None:
    snapshot = dataset_files.open_records(store)
    files = dataset_files.of_dataset(snapshot, dataset.id)
    relations.bind(engine, store, dataset, files, _prefix(dataset))


def _bind_titles(engine: Engine, catalog: Catalog) -> None:
    """Create `dataset_title`: how repairs name datasets, by title or another name."""
    rows = [
        {"title": title, "dataset": dataset.id}
        for dataset in catalog.datasets.values()
        for title in dict.fromkeys((dataset.title, *dataset.aliases))
    ]
    schema = pa.schema([("title", pa.string()), ("dataset", pa.string())])
    engine.rows("dataset_title", pa.Table.from_pylist(rows, schema))


def _named(dataset: Dataset, repairs: Repairs, versions: str) -> str:
    """Write the query of what versions of repairs name; a condition may follow it."""
    return (
        f"select dataset_title.dataset, repair.subject, "
        f"repair.{name(repairs.number)} as number "
        f"from ({versions}) as repair inner join dataset_title "
        f"on repair.{name(repairs.dataset)} = dataset_title.title"
    )
