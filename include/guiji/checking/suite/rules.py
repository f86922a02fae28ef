"""What a rule is: how it is judged, what it says when it is broken.

A rule is plain data, made from the catalogue by `suite` and judged by `validator`;
nothing here knows Great Expectations, so a suite can be listed without loading it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import pyarrow as pa

from guiji.catalog.vocabulary import Dimension, Responsibility, Severity


class Judgement(StrEnum):
    """How a rule is judged."""

    GIVEN = "given"  # a column is not null
    FLAG = "flag"  # a boolean column is true wherever another is not null
    LENGTH = "length"  # a text has at most so many characters
    RANGE = "range"  # a value lies between two bounds, both included
    ORDER = "order"  # a second date is not before the first
    COLUMNS = "columns"  # the table has exactly these columns
    ROWS = "rows"  # the table has exactly so many rows
    FACT = "fact"  # a fact of the delivery as a whole lies between two bounds


Compute = Callable[[pa.Table], pa.Array]
"""Works out a fact from the typed table: n rows in, n booleans out."""

TABLE = frozenset({Judgement.COLUMNS, Judgement.ROWS})
"""Judgements on the whole table: breaking one is no row's fault."""


@dataclass(frozen=True)
class Wording:
    """What a finding says.

    Attributes:
        message: Chinese, what is wrong; departments and auditors read it.
        message_en: the same in English.
        remedy: Chinese, what the department should do.
    """

    message: str
    message_en: str
    remedy: str


@dataclass(frozen=True)
class RuleExpectation:
    """One rule of a dataset's suite.

    Attributes:
        rule_id: `<dataset>.<item>.<kind>` or `<dataset>.<rule>`; stable for years.
        judgement: how it is judged.
        columns: columns of the staged table that it is about, in the judgement's
            order; for `FLAG` the column whose nulls do not count, then the flag.
        facts: further columns of the staged table that it needs: name -> SQL
            expression over the typed table.
        computed: further columns that no expression gives: name -> what works it out.
        minimum: lower bound of `RANGE`, rows of `ROWS`.
        maximum: upper bound of `RANGE`, characters of `LENGTH`.
        item: the item whose cell a finding points at; None = the whole row.
        title: heading of that item.
        shows: column that holds what a finding shows as the value.
        wording: what a finding says.
        steps: how a clerk mends it in Excel, between finding the rows and handing the
            workbook in; empty where nothing of that kind helps.
        description: Chinese, what the rule demands.
        description_en: the same in English.
        wordings: by a row's level where `level` names a column, else empty.
        level: column that chooses among `wordings`.
        severity: what breaking it does to the row.
        dimension: of data quality (数据质量维度).
        responsibility: who must mend what breaks it.
        mostly: share of rows that must keep it, above 0, at most 1.
        from_rows: rows that it is about from which on the share counts.
        clause: document and paragraph, or standard and code of the item.
    """

    rule_id: str
    judgement: Judgement
    columns: tuple[str, ...]
    wording: Wording
    description: str
    description_en: str
    severity: Severity
    dimension: Dimension
    clause: str
    steps: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    computed: tuple[tuple[str, Compute], ...] = ()
    minimum: float | date | None = None
    maximum: float | date | None = None
    item: str | None = None
    title: str | None = None
    shows: str | None = None
    wordings: tuple[tuple[str, Wording], ...] = ()
    level: str | None = None
    responsibility: Responsibility = Responsibility.DEPARTMENT
    mostly: float = 1.0
    from_rows: int = 0

    @property
    def is_tolerant(self) -> bool:
        """Whether a share of the rows is judged beside every single one."""
        return self.mostly < 1.0

    def worded(self) -> Mapping[str, Wording]:
        """Return the wordings by level."""
        return dict(self.wordings)
