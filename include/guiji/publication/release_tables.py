"""The index of a release: which lines are on show and which are withheld, and why.

Where only changes are computed, a file of the changes is written beside those of the
last release; when these have become many, all are written as one base file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from guiji.catalog.vocabulary import SubjectClass
from guiji.context import NightContext
from guiji.core import files
from guiji.core.schemas import PUBLISHED
from guiji.engine.base import Engine
from guiji.engine.sql import empty, kinds, literal, name, statement
from guiji.storage import publication_log
from guiji.storage.publication_log import Release, StoredFile
from guiji.warehouse import release_index
from guiji.warehouse.views import WITHHELD

COLUMNS = {
    "published": kinds(PUBLISHED) | {"owner": "varchar", "term_ends_on": "date"},
    "withheld": kinds(WITHHELD) | {"term_ends_on": "date"},
}
"""Columns of the files of an index, beside `release_index.STORED`."""

RELATIONS = {"published": "indexed", "withheld": "withheld_before"}
"""Table -> the relation of its rows in the last release."""

MOST_CHANGES = 0.1
"""Share of a base file's rows up to which changes stay beside it."""

MOST_FILES = 30
"""Files of an index that are read together."""


@dataclass
class ReleaseTables:
    """The index of the last release, and that of tonight as it is collected.

    Attributes:
        engine: gets the relations.
        context: settings, where the indexes are; night.
        releases: all releases, the last one at the end.
        is_partial: whether only changes are computed.
        withheld: records that are withheld tonight, of those computed.
        withdrawn: records of these that the last release withheld.
    """

    engine: Engine
    context: NightContext
    releases: Sequence[Release]
    is_partial: bool
    withheld: int = 0
    withdrawn: int = 0

    def __post_init__(self) -> None:
        self._kept: dict[str, list[str]] = {table: [] for table in COLUMNS}
        self._past: dict[str, list[str]] = {table: [] for table in COLUMNS}

    def bind_before(self) -> None:
        """Create what was shown and withheld until now.

        `indexed` and `withheld_before` are the rows of the last release, of lines that
        went off, too; `published_before` what it has on show, `published_ever` what
        any release has shown. Where only changes are computed the last two are made
        for each dataset by `bind_touched`.
        """
        for table, view in RELATIONS.items():
            paths = self._paths(self.releases[-1:], table)
            columns = COLUMNS[table]
            release_index.bind_rows(self.engine, view, table, paths, columns)
        if self.is_partial:
            return
        self._bind_published_before("indexed")
        if self.releases and self.releases[-1].basis is None:
            every = self._paths(self.releases, "published")
            self.engine.files("published_ever", every, COLUMNS["published"])
        else:
            self.engine.view("published_ever", "select * from indexed")

    def _bind_published_before(self, rows: str) -> None:
        on_show = f"select * from {rows} where {release_index.ON_SHOW}"
        self.engine.view("published_before", on_show)

    def _paths(self, releases: Sequence[Release], table: str) -> list[str]:
        settings = self.context.settings
        paths = [
            str(settings.data / file.path)
            for release in releases
            for file in release.index(settings, table)
        ]
        return list(dict.fromkeys(paths))

    def bind_touched(self, dataset: str) -> list[bytes]:
        """Create `touched`, the records whose line may be another one tonight.

        `published_before` and `published_ever` show these records alone.

        Returns:
            Their ids, sorted.
        """
        model = statement(self.context.settings, "publication/touched")
        parameters = {"dataset_id": dataset, "night": self.context.night}
        self.engine.keep("touched", model, parameters)
        self.engine.keep("published_ever", self._of_touched("published", dataset))
        self._bind_published_before("published_ever")
        self._keep_past("published", "select * from published_ever")
        of_touched = self._of_touched("withheld", dataset)
        self.withdrawn += self._keep_past(
            "withheld",
            f"select * from ({of_touched}) as rows where {release_index.ON_SHOW}",
        )
        ids = self.engine.fetch("select record_id from touched order by record_id")
        listed = ids["record_id"].cast(pa.binary()).to_pylist()
        return [bytes(record) for record in listed]

    def _of_touched(self, table: str, dataset: str) -> str:
        """Write the query of what the last release says of the touched records."""
        view = RELATIONS[table]
        among = f"dataset = {literal(dataset)} and record_id in (select * from touched)"
        columns = (*COLUMNS[table], *release_index.STORED)
        return release_index.newest(
            table, f"{view}_base", f"{view}_changes", columns, among
        )

    def keep_published(self, dataset: str, channels: Sequence[str]) -> None:
        """Collect `line` as on show on some channels."""
        self.engine.rows("channel", pa.table({"channel": list(channels)}))
        model = statement(self.context.settings, "publication/index")
        parameters = {"dataset_id": dataset, "night": self.context.night}
        self._keep("published", model, parameters)

    def keep_withheld(self, dataset: str) -> None:
        """Collect what is not shown though its term runs, and why."""
        model = statement(self.context.settings, "publication/withheld")
        parameters = {
            "dataset_id": dataset,
            "person": SubjectClass.PERSON.value,
            "natural_person": publication_log.NATURAL_PERSON,
            "other_class": publication_log.SUBJECT_CLASS,
        }
        self.withheld += self._keep("withheld", model, parameters)

    def _keep(self, table: str, query: str, parameters: Mapping[str, object]) -> int:
        relation = f"{table}_tonight_{len(self._kept[table])}"
        self._kept[table].append(relation)
        return self.engine.keep(relation, query, parameters)

    def _keep_past(self, table: str, query: str) -> int:
        relation = f"{table}_past_{len(self._past[table])}"
        self._past[table].append(relation)
        return self.engine.keep(relation, query)

    def write(self) -> list[StoredFile]:
        """Write the index; return its files, those of earlier nights included."""
        return [*self._write("published"), *self._write("withheld")]

    def _write(self, table: str) -> list[StoredFile]:
        settings = self.context.settings
        self._bind_tonight(table)
        before = self.releases[-1].index(settings, table) if self.is_partial else []
        changes = 0
        if self.is_partial:
            changes = self.engine.keep("tonight", "select * from tonight_rows")
            if not changes:
                return before
        else:
            self.engine.view("tonight", "select * from tonight_rows")
        source = "tonight"
        if before and _are_many(before, changes):
            source, before = self._all_rows(table), []
        folder = publication_log.table_folder(settings, table)
        path = folder / f"{self.context.night}.parquet"
        order = ", ".join(release_index.KEYS[table])
        with files.replacing(path) as temporary:
            self.engine.write(f"select * from {source} order by {order}", temporary)
        return [*before, publication_log.stored(settings, path)]

    def _bind_tonight(self, table: str) -> None:
        """Create `tonight_rows`: what is shown tonight, and what went off by then."""
        keys, columns = release_index.KEYS[table], COLUMNS[table]
        listed = ", ".join(name(c) for c in columns)
        shown = [f"select {listed} from {kept}" for kept in self._kept[table]]
        self.engine.view("shown", " union all ".join([empty(columns), *shown]))
        past = [f"select {listed} from {kept}" for kept in self._past[table]]
        if table == "published" and not self.is_partial:
            past = [f"select {listed} from published_ever"]
        self.engine.view("past", " union all ".join([empty(columns), *past]))
        same = " and ".join(f"shown.{key} = past.{key}" for key in keys)
        off = ", ".join(
            _of_line_off(column, kind, keys) for column, kind in columns.items()
        )
        night = literal(self.context.night)
        self.engine.view(
            "tonight_rows",
            f"select {listed}, {night} as night, false as is_off from shown "
            f"union all select {off}, {night} as night, true as is_off from past "
            f"where not exists (select 1 from shown where {same}) "
            f"group by {', '.join(keys)}",
        )

    def _all_rows(self, table: str) -> str:
        """Return a query of every line's newest row, tonight's included."""
        before = RELATIONS[table]
        listed = ", ".join(name(c) for c in (*COLUMNS[table], *release_index.STORED))
        keys = release_index.KEYS[table]
        same = " and ".join(f"tonight.{key} = {before}.{key}" for key in keys)
        return (
            f"(select {listed} from {before} where not exists "
            f"(select 1 from tonight where {same}) "
            f"union all select {listed} from tonight)"
        )


def _of_line_off(column: str, kind: str, keys: Sequence[str]) -> str:
    """Write a column of a line that went off: its keys and its first night stay."""
    if column in keys:
        return name(column)
    if column == "first_published":
        return f"min({name(column)}) as {name(column)}"
    return f"null::{kind} as {name(column)}"


def _are_many(before: Sequence[StoredFile], changes: int) -> bool:
    """Return whether the changes beside a base file are to become part of it."""
    beside = sum(file.rows for file in before[1:]) + changes
    return len(before) >= MOST_FILES or beside > MOST_CHANGES * before[0].rows
