"""Every version of one subject, from all datasets, side by side.

A dataset is wide, and planning a statement over its columns costs more than reading
one enterprise's rows. So narrow statements look for the numbers of the versions;
columns are read only where there is something to read.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa

from guiji.catalog.model import Catalog, Dataset
from guiji.engine.duck import DuckEngine
from guiji.engine.sql import empty, literal, name
from guiji.storage import dataset_files
from guiji.storage.delta import DataFile, Snapshot
from guiji.storage.table_store import TableStore
from guiji.warehouse import columns, terms
from guiji.warehouse.columns import ROW_ID, SUPERSEDED
from guiji.warehouse.relations import addresses

FILE = "filename"
"""Column that DuckDB adds: the file that a row is in."""


@dataclass
class SubjectVersions:
    """Versions of one dataset: number -> the file that holds it."""

    versions: dict[int, str] = field(default_factory=dict)

    @property
    def files(self) -> list[str]:
        """The files that hold them."""
        return sorted({*self.versions.values()})

    @property
    def condition(self) -> str:
        """The condition that only these versions meet."""
        return f"{ROW_ID} in ({', '.join(str(n) for n in sorted(self.versions))})"


STATED_ON = (
    "case when operation <> 'revoke' then coalesce(produced_on, event_on) "
    "when produced_on > event_on then produced_on "
    "else received_at::date end"
)
"""From which day a version holds. A revocation that is dated no later than the event
says nothing of its own day: it holds from its receipt."""


class OneSubject:
    """Reads the versions of one subject.

    Args:
        engine: runs the statements.
        store: where the files are.
        catalog: its datasets are read.
        held: the version of `records` that is read.
        subject: whose versions.
        linked: further records that belong to it: record id -> subject under which
            it is kept.
        as_of: what was known at the end of this night; None = all there is.
        day: the day for which terms are derived; None = nothing was merged.
    """

    def __init__(
        self,
        engine: DuckEngine,
        store: TableStore,
        catalog: Catalog,
        snapshot: Snapshot,
        subject: str,
        *,
        linked: Mapping[str, str],
        as_of: date | None,
        day: date | None,
    ) -> None:
        self._engine = engine
        self._place = store
        self._catalog = catalog
        self._condition = _about(subject, linked)
        self._as_of = as_of
        self._day = day
        self._shelves = {
            dataset: dataset_files.of_dataset(snapshot, dataset).about(
                subject, *linked.values()
            )
            for dataset in catalog.datasets
        }

    def gather(
        self, valid_on: date | None = None, *, every: bool = True
    ) -> dict[str, pa.Table]:
        """Read all versions, masked as every reader sees them.

        Args:
            valid_on: the day on which a version has to hold to be `chosen`; None = the
                current version of every record is.
            every: False = where no day is asked for, only the current versions.

        Returns:
            By dataset, of those that hold a version: the columns of its view,
            `superseded_night` and `chosen`, in no order.
        """
        live = self._find({d: (*s.base, *s.tail) for d, s in self._shelves.items()})
        ends = self._ends(live)
        past: dict[str, SubjectVersions] = defaultdict(SubjectVersions)
        if every or valid_on or self._as_of:
            past = self._find({d: s.archive for d, s in self._shelves.items()})
        else:
            for ended_in, ended in ends.items():
                for number in ended:
                    del live[ended_in].versions[number]
        queries = {}
        for dataset in self._catalog.datasets.values():
            if live[dataset.id].versions or past[dataset.id].versions:
                versions = self._versions(
                    dataset, live[dataset.id], past[dataset.id], ends[dataset.id]
                )
                queries[dataset.id] = self._query(dataset, versions, valid_on)
        return self._engine.gather(queries)

    def _find(
        self, files: Mapping[str, Sequence[DataFile]]
    ) -> dict[str, SubjectVersions]:
        """Find the subject's versions in files of each dataset."""
        conditions = dict.fromkeys(files, self._condition)
        versions_by_dataset: dict[str, SubjectVersions] = defaultdict(SubjectVersions)
        for row in self._narrow(files, (ROW_ID, FILE), conditions):
            versions_by_dataset[row["dataset"]].versions[row[ROW_ID]] = row[FILE]
        return versions_by_dataset

    def _ends(self, live: Mapping[str, SubjectVersions]) -> dict[str, dict[int, date]]:
        """Find which versions a night since the last fold ended, and which night."""
        ended_files = {dataset: self._shelves[dataset].ended for dataset in live}
        conditions = {dataset: versions.condition for dataset, versions in live.items()}
        ends: dict[str, dict[int, date]] = defaultdict(dict)
        for row in self._narrow(ended_files, (ROW_ID, SUPERSEDED), conditions):
            ends[row["dataset"]][row[ROW_ID]] = row[SUPERSEDED]
        return ends

    def _narrow(
        self,
        by_kind: Mapping[str, Sequence[DataFile]],
        wanted: Iterable[str],
        conditions: Mapping[str, str],
    ) -> list[dict[str, Any]]:
        """Read few columns of several datasets' files."""
        listed = ", ".join(wanted)
        queries = {
            dataset: f"select {listed} from "
            f"{self._engine.scan(addresses(self._place, files))} "
            f"where {conditions[dataset]}"
            for dataset, files in by_kind.items()
            if files
        }
        return [
            {"dataset": dataset, **row}
            for dataset, table in self._engine.gather(queries).items()
            for row in table.to_pylist()
        ]

    def _query(self, dataset: Dataset, versions: str, valid_on: date | None) -> str:
        """Write the query of a dataset's versions as they are shown.

        Every level costs as much to plan as reading the rows: there is one, if no day
        is asked for.
        """
        shown = {c: name(c) for c in columns.platform_columns()}
        shown |= columns.shown_columns(dataset)
        shown |= {"dataset": literal(dataset.id)}
        shown |= terms.derived(self._catalog, dataset, self._day)
        shown |= {SUPERSEDED: SUPERSEDED}
        condition = "true"
        if self._as_of is not None:
            day = literal(self._as_of)
            shown[SUPERSEDED] = f"case when {SUPERSEDED} <= {day} then {SUPERSEDED} end"
            condition = f"merged_night <= {day}"
        listed = ", ".join(f"{e} as {name(c)}" for c, e in shown.items())
        of = f"from ({versions}) as version where {condition}"
        if valid_on is None:
            return f"select {listed}, {shown[SUPERSEDED]} is null as chosen {of}"
        return f"""
            select *, {_holds(valid_on)} as chosen
            from (select {listed}, {STATED_ON} as stated_on {of}) as dated
        """

    def _versions(
        self,
        dataset: Dataset,
        live: SubjectVersions,
        past: SubjectVersions,
        ends: Mapping[int, date],
    ) -> str:
        """Write the query of stored columns; one that no file has is null."""
        parts = [empty(columns.stored_columns(dataset) | {SUPERSEDED: "date"})]
        if live.files:
            cases = " ".join(f"when {n} then {literal(on)}" for n, on in ends.items())
            ended = f"case {ROW_ID} {cases} end" if cases else "null::date"
            parts.append(
                f"select *, {ended} as {SUPERSEDED} "
                f"from {self._engine.scan(live.files)} "
                f"where {self._condition} and {live.condition}"
            )
        if past.files:
            scan = self._engine.scan(past.files)
            which = f"{self._condition} and {past.condition}"
            parts.append(f"select * from {scan} where {which}")
        return " union all by name ".join(f"({part})" for part in parts)


def _about(subject: str, linked: Mapping[str, str]) -> str:
    """Write the condition that a subject's versions meet, and those linked to it."""
    own = f"subject = {literal(subject)}"
    if not linked:
        return own
    others = ", ".join(literal(other) for other in sorted({*linked.values()}))
    ids = ", ".join(literal(record) for record in sorted(linked))
    return f"({own} or (subject in ({others}) and record_id in ({ids})))"


def _holds(valid_on: date) -> str:
    """Write whether a version is the one of its record that holds on a day."""
    day = literal(valid_on)
    is_stated = f"coalesce(stated_on <= {day}, true)"
    return f"""(
        {is_stated} and operation <> 'revoke'
        and coalesce(event_on <= {day}, true)
        and coalesce(term_ends_on >= {day}, true)
        and row_number() over (
            partition by record_id, {is_stated}
            order by received_at desc, stated_on desc nulls last, version_id desc
        ) = 1
    )"""
