"""The index of a release: which lines are on show and which are withheld, and why.

Where only changes are computed, a file of the changes is written beside those of the
last release; when these have become many, all are written as one base file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import pyarrow as pa

from guiji.catalog.vocabulary import SubjectClass
from guiji.context import NightContext
from guiji.core import files
from guiji.core.schemas import PUBLISHED
from guiji.engine.base import GROUP_ROWS, Engine
from guiji.engine.sql import empty, kinds, literal, name, statement
from guiji.storage import publication_log
from guiji.storage.dataset_files import buckets
from guiji.storage.publication_log import Release, StoredFile
from guiji.warehouse import release_index
from guiji.warehouse.partitions import digits_for
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

SORTED_ROWS = 3_000_000
"""Rows of an index that are sorted at once: a sort of many more ends without memory."""

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
            "repaired": publication_log.REPAIRED,
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

    def withheld_in_all(self, before: int) -> int:
        """Count the records that are withheld, given those of the last release."""
        return self.withheld + (before - self.withdrawn if self.is_partial else 0)

    def write(self) -> list[StoredFile]:
        """Write the index; return its files, those of earlier nights included."""
        return [*self._write("published"), *self._write("withheld")]

    def shown_files(self, index: Sequence[StoredFile]) -> list[StoredFile]:
        """Return the files of an index that say what is on show, base first."""
        folder = publication_log.table_folder(self.context.settings, "published")
        data = self.context.settings.data
        return [file for file in index if (data / file.path).parent == folder]

    def _write(self, table: str) -> list[StoredFile]:
        settings = self.context.settings
        before = self.releases[-1].index(settings, table) if self.is_partial else []
        self._bind_tonight(table)
        changes = 0
        if self.is_partial:
            changes = self.engine.keep("tonight", "select * from tonight_rows")
            if not changes:
                return before
        folder = publication_log.table_folder(settings, table)
        path = folder / f"{self.context.night}.parquet"
        order = ", ".join(release_index.KEYS[table])
        with files.replacing(path) as temporary:
            if self.is_partial and not _are_many(before, changes):
                self.engine.write(f"select * from tonight order by {order}", temporary)
            else:
                self._write_whole(table, order, temporary)
                before = []
        return [*before, publication_log.stored(settings, path)]

    def _write_whole(self, table: str, order: str, path: Path) -> None:
        """Write every line's newest row; many are sorted part by part."""
        parts = self._parts(table)
        if len(parts) == 1:
            query = self._every_row(table, parts[0])
            self.engine.write(f"{query} order by {order}", path)
            return
        tables = (
            self.engine.fetch(f"{self._every_row(table, part)} order by {order}")
            for part in parts
        )
        first = next(tables)
        files.write_pieces(path, first.schema, chain([first], tables), GROUP_ROWS)

    def _every_row(self, table: str, condition: str) -> str:
        """Return a query of every line's newest row, tonight's included.

        Args:
            table: `published` or `withheld`.
            condition: on keys; other rows are left out.
        """
        if not self.is_partial:
            self._bind_tonight(table, condition)
            return "select * from tonight_rows"
        before = RELATIONS[table]
        listed = ", ".join(name(c) for c in (*COLUMNS[table], *release_index.STORED))
        keys = release_index.KEYS[table]
        same = " and ".join(f"tonight.{key} = {before}.{key}" for key in keys)
        return (
            f"select * from (select {listed} from {before} where not exists "
            f"(select 1 from tonight where {same}) "
            f"union all select {listed} from tonight) as rows where {condition}"
        )

    def _parts(self, table: str) -> list[str]:
        """Return conditions that part the index into pieces that are sorted at once."""
        sources = (
            (RELATIONS[table], "tonight") if self.is_partial else ("shown", "past")
        )
        rows = " union all ".join(f"select dataset from {source}" for source in sources)
        counts = self.engine.fetch(
            f"select dataset, count(*) as number from ({rows}) as rows "
            "group by dataset order by dataset"
        ).to_pylist()
        if sum(row["number"] for row in counts) <= SORTED_ROWS:
            return ["true"]
        parts = []
        for row in counts:
            own = f"dataset = {literal(row['dataset'])}"
            digits = digits_for(row["number"], SORTED_ROWS)
            parts += [
                f"{own} and left(record_id, {digits}) = {literal(prefix)}"
                for prefix in buckets(digits)
            ]
        return parts

    def _bind_tonight(self, table: str, condition: str = "true") -> None:
        """Create `tonight_rows`: what is shown tonight, and what went off by then.

        Args:
            table: `published` or `withheld`.
            condition: on keys; other rows are left out.
        """
        keys, columns = release_index.KEYS[table], COLUMNS[table]
        listed = ", ".join(name(c) for c in columns)
        past = self._past[table]
        if table == "published" and not self.is_partial:
            past = ["published_ever"]
        for view, relations in (("shown", self._kept[table]), ("past", past)):
            selects = [
                f"select {listed} from {relation} where {condition}"
                for relation in relations
            ]
            self.engine.view(view, " union all ".join([empty(columns), *selects]))
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
