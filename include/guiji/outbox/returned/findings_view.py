"""What a returned workbook tells of each cell, each row and each rule.

No delivered value is repeated in it: the department sees its values in its own cells,
and whoever else gets to see a comment or the summary sees no personal ones.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

from guiji.catalog.vocabulary import CLERK_SEVERITIES

MOST = 32_000
"""Characters of one cell or comment; a spreadsheet holds 32 767."""

COLUMNS = (
    "source_sheet",
    "source_row",
    "source_column",
    "rule_id",
    "severity",
    "title",
    "value",
    "message",
    "remedy",
    "clause",
    "proposal",
)
"""Columns of `schemas.FINDINGS` that are told."""

LOST = "\ufffd"
"""Stands for lost characters; a sentence about it must not be taken for such a row."""

Row = tuple[str | None, int]
"""Sheet, None for text files, and row number."""

Cell = tuple[str | None, int, str]
"""The same and a column letter."""


@dataclass(frozen=True)
class Finding:
    """One finding, as it is told; attributes as in `schemas.FINDINGS`."""

    source_sheet: str | None
    source_row: int | None
    source_column: str | None
    rule_id: str
    severity: str
    title: str | None
    value: str | None
    message: str
    remedy: str
    clause: str | None
    proposal: str | None

    @property
    def place(self) -> str:
        """The cell's address as in a spreadsheet; empty if it is about the whole."""
        if self.source_row is None:
            return ""
        if self.source_column is None:
            return f"第 {self.source_row} 行"
        return f"{self.source_column}{self.source_row}"


@dataclass(frozen=True)
class Rule:
    """A rule that was broken: its first finding, and how many there are."""

    first: Finding
    times: int


class FindingsView:
    """The findings of a batch, by cell, by row and by rule."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        """Arrange findings.

        Args:
            findings: in the order of the sheets, rows and columns.
        """
        self.findings = findings
        self.cells: dict[Cell, list[Finding]] = defaultdict(list)
        self.rows: dict[Row, list[Finding]] = defaultdict(list)
        for finding in findings:
            if finding.source_row is not None:
                row = (finding.source_sheet, finding.source_row)
                self.rows[row].append(finding)
                if finding.source_column is not None:
                    self.cells[*row, finding.source_column].append(finding)

    @classmethod
    def of(cls, findings: pa.Table) -> Self:
        """Arrange a table with the columns `COLUMNS`."""
        return cls([Finding(**row) for row in findings.select(COLUMNS).to_pylist()])

    @classmethod
    def load(cls, path: Path) -> Self:
        """Arrange the table of a Parquet file with the columns `COLUMNS`."""
        return cls.of(pq.ParquetFile(path).read(use_threads=False))

    @cached_property
    def rules(self) -> list[Rule]:
        """Count by rule: the heaviest severity first, of one the most frequent."""
        counted: dict[str, list[Finding]] = defaultdict(list)
        for finding in self.findings:
            counted[finding.rule_id].append(finding)
        rules = [Rule(group[0], len(group)) for group in counted.values()]
        weights = list(CLERK_SEVERITIES)
        return sorted(rules, key=lambda r: (weights.index(r.first.severity), -r.times))

    @property
    def proposals(self) -> list[Finding]:
        """Return the findings that come with a proposed repair."""
        return [finding for finding in self.findings if finding.proposal]


def heaviest(findings: Iterable[Finding]) -> str:
    """Return the heaviest severity of some findings."""
    weights = list(CLERK_SEVERITIES)
    return min((finding.severity for finding in findings), key=weights.index)


def reason(findings: Sequence[Finding]) -> str:
    """Return all that is wrong with a row, numbered, for its reason cell."""
    said = []
    for number, one in enumerate(findings, start=1):
        mark = (
            "" if one.severity == "critical" else f"[{CLERK_SEVERITIES[one.severity]}] "
        )
        column = f"{one.source_column} 列：" if one.source_column else ""
        said.append(f"{number}. {mark}{column}{one.message}{one.remedy}{_hint(one)}")
    return _fitting("\n".join(said))


def comment(findings: Sequence[Finding]) -> str:
    """Return all that is wrong with a cell, for the comment on it."""
    said = [
        f"[{CLERK_SEVERITIES[finding.severity]}] {finding.message}"
        f"\n处理办法：{finding.remedy}"
        + (f"\n{_hint(finding)}" if finding.proposal else "")
        + (f"\n依据：{finding.clause}" if finding.clause else "")
        for finding in findings
    ]
    return _fitting("\n\n".join(said))


def _hint(finding: Finding) -> str:
    if not finding.proposal:
        return ""
    return f"建议值：{finding.proposal}（仅供核对，平台未改动原值）"


def _fitting(text: str) -> str:
    plain = text.replace(LOST, "□")
    return plain if len(plain) <= MOST else plain[:MOST] + "……（余见回执）"
