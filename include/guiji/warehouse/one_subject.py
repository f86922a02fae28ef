"""Every version of one subject, from all datasets, in few statements.

A dataset is wide, and planning a statement over its columns costs more than reading
one enterprise's rows. So narrow statements over all datasets at once look for the
numbers of the versions; columns are read only where there is something to read.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from guiji.catalog.model import Catalog, Dataset
from guiji.engine.duck import DuckEngine
from guiji.engine.sql import empty, literal, name
from guiji.warehouse import columns, records, terms
from guiji.warehouse.columns import ROW_ID, SUPERSEDED
from guiji.warehouse.lake import DataFile, Snapshot
from guiji.warehouse.place import Place
from guiji.warehouse.relations import addresses

Numbers = Mapping[str, Sequence[int]]
"""Dataset -> numbers of versions."""

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
        place: where the files are.
        catalog: its datasets are read.
        held: the version of `records` that is read.
        subject: whose versions.
        as_of: what was known at the end of this night; None = all there is.
        day: the day for which terms are derived; None = nothing was merged.
    """

    def __init__(
        self,
        engine: DuckEngine,
        place: Place,
        catalog: Catalog,
        held: Snapshot,
        subject: str,
        *,
        as_of: date | None,
        day: date | None,
    ) -> None:
        self._engine = engine
        self._place = place
        self._catalog = catalog
        self._subject = subject
        self._as_of = as_of
        self._day = day
        self._shelves = {
            dataset: records.shelf(held, dataset).about(subject)
            for dataset in catalog.datasets
        }

    def gather(self, valid_on: date | None = None) -> dict[str, pa.Table]:
        """Read all versions, masked as every reader sees them.

        Args:
            valid_on: the day on which a version has to hold to be `chosen`; None = the
                current version of every record is.

        Returns:
            By dataset, of those that hold a version: the columns of its view,
            `superseded_night` and `chosen`, in no order. In the engine the dataset's
            name stands for them.
        """
        live = self._numbers({d: (*s.base, *s.tail) for d, s in self._shelves.items()})
        past = self._numbers({d: s.archive for d, s in self._shelves.items()})
        ends = self._ends(live)
        queries = {}
        for dataset in self._catalog.datasets.values():
            numbers = live.get(dataset.id, ()), past.get(dataset.id, ())
            if any(numbers):
                versions = self._versions(dataset.id, *numbers, ends[dataset.id])
                queries[dataset.id] = self._query(dataset, versions, valid_on)
        return self._engine.gather(queries)

    def _numbers(self, held: Mapping[str, Sequence[DataFile]]) -> Numbers:
        """Find the numbers of the subject's versions in files of each dataset."""
        subject = f"subject = {literal(self._subject)}"
        found: dict[str, list[int]] = {}
        for row in self._narrow(held, (ROW_ID,), dict.fromkeys(held, subject)):
            found.setdefault(row["dataset"], []).append(row[ROW_ID])
        return found

    def _ends(self, live: Numbers) -> dict[str, dict[int, date]]:
        """Find which versions a night since the last fold ended, and which night."""
        held = {dataset: self._shelves[dataset].ended for dataset in live}
        conditions = {d: _among(numbers) for d, numbers in live.items()}
        ends: dict[str, dict[int, date]] = defaultdict(dict)
        for row in self._narrow(held, (ROW_ID, SUPERSEDED), conditions):
            ends[row["dataset"]][row[ROW_ID]] = row[SUPERSEDED]
        return ends

    def _narrow(
        self,
        held: Mapping[str, Sequence[DataFile]],
        wanted: Iterable[str],
        conditions: Mapping[str, str],
    ) -> list[dict[str, Any]]:
        """Read few columns of several datasets' files at once."""
        listed = ", ".join(wanted)
        parts = [
            f"select {literal(dataset)} as dataset, {listed} "
            f"from {self._scan(found)} where {conditions[dataset]}"
            for dataset, found in held.items()
            if found
        ]
        if not parts:
            return []
        found: list[dict[str, Any]] = self._engine.fetch(
            " union all ".join(parts)
        ).to_pylist()
        return found

    def _scan(self, found: Sequence[DataFile]) -> str:
        return self._engine.scan(addresses(self._place, found))

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
        known = "true"
        if self._as_of is not None:
            day = literal(self._as_of)
            shown[SUPERSEDED] = f"case when {SUPERSEDED} <= {day} then {SUPERSEDED} end"
            known = f"merged_night <= {day}"
        listed = ", ".join(f"{e} as {name(c)}" for c, e in shown.items())
        of = f"from ({versions}) as version where {known}"
        if valid_on is None:
            return f"select {listed}, {shown[SUPERSEDED]} is null as chosen {of}"
        return f"""
            select *, {_holds(valid_on)} as chosen
            from (select {listed}, {STATED_ON} as stated_on {of}) as dated
        """

    def _versions(
        self,
        dataset: str,
        live: Sequence[int],
        past: Sequence[int],
        ends: Mapping[int, date],
    ) -> str:
        """Write the query of stored columns; one that no file has is null."""
        shelf = self._shelves[dataset]
        stored = columns.stored_columns(self._catalog.datasets[dataset])
        subject = f"subject = {literal(self._subject)}"
        parts = [empty(stored | {SUPERSEDED: "date"})]
        if live:
            cases = " ".join(f"when {n} then {literal(on)}" for n, on in ends.items())
            ended = f"case {ROW_ID} {cases} end" if cases else "null::date"
            scan = self._scan((*shelf.base, *shelf.tail))
            among = _among(live)
            parts.append(
                f"select *, {ended} as {SUPERSEDED} "
                f"from {scan} where {subject} and {among}"
            )
        if past:
            scan = self._scan(shelf.archive)
            parts.append(f"select * from {scan} where {subject} and {_among(past)}")
        return " union all by name ".join(f"({part})" for part in parts)


def _among(numbers: Iterable[int]) -> str:
    return f"{ROW_ID} in ({', '.join(str(n) for n in numbers)})"


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
            order by stated_on desc nulls last, received_at desc, version_id desc
        ) = 1
    )"""
