"""What a delivery is as a whole, measured once, beside what its department has here.

The facts are judged like rows, by Great Expectations, in one row of their own. What a
department delivered before is known to the ledger (rows) and to the batch folders
(columns); only the days of its documents and what a full delivery lacks need the
warehouse, and there its own records of one dataset.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

import pyarrow as pa
import pyarrow.compute as pc

from guiji.catalog.model import Dataset
from guiji.checking.findings import BatchInput
from guiji.checking.suite import history
from guiji.checking.suite.history import BatchFacts
from guiji.context import Context
from guiji.ledger.delivery import Delivery
from guiji.reading.read import READING
from guiji.reading.result import Reading

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class BatchMetrics:
    """One delivery about to be measured; `facts` measures it.

    Attributes:
        context: settings, where the warehouse and the batch folders are; catalogue,
            says what is limited, and from how many rows on.
        batch: the delivery.
        typed: its parsed rows.
        reading: how its file was read.
        before: accepted deliveries of its department and dataset, of earlier nights,
            newest first; zero reports (零报告) are not among them.
        is_alone: no other file of its night is known, so that what it lacks is missing;
            else reconciliation judges the files of the night together.
    """

    context: Context
    batch: BatchInput
    typed: pa.Table
    reading: Reading
    before: Sequence[Delivery] = ()
    is_alone: bool = True

    @property
    def dataset(self) -> Dataset:
        """The catalogue entry."""
        return self.context.catalog.datasets[self.batch.dataset]

    @property
    def _is_small(self) -> bool:
        """Whether so few rows came that no share says anything."""
        return len(self.typed) < self.context.catalog.jurisdiction.tolerance.from_rows

    def facts(self) -> BatchFacts:
        """Measure what the catalogue limits.

        Source:
            贵州省企业公共信用信息平台运行管理规则(试行) 第二十四条;
            阳府〔2018〕60号 第十二条.
        """
        batch_facts = BatchFacts()
        limits = self.context.catalog.batch_limits(self.dataset)
        if self.dataset.delivery == "full" and self.is_alone:
            self._loss(batch_facts)
        elif self.dataset.delivery == "full":
            batch_facts.values |= {history.LOST_SHARE: None, history.LOST_RECORDS: None}
        if limits.row_count is not None:
            self._row_count(batch_facts, limits.row_count.last)
        if limits.columns is not None:
            self._columns(batch_facts)
        if limits.freshness is not None:
            self._freshness(batch_facts)
        if limits.redating is not None:
            self._redating(batch_facts)
        return batch_facts

    def _loss(self, facts: BatchFacts) -> None:
        from guiji.warehouse import diff

        lost = diff.lost(
            self.context.settings, self.dataset, self.batch.department, self.typed
        )
        named = f"；缺少的记录：{lost.listed}" if lost.records else ""
        said = (
            f"（现有{lost.standing}条，本批缺少{lost.records}条，"
            f"占{lost.share:.1%}{named}）"
        )
        said_en = f"({lost.records} of {lost.standing}, {lost.share:.1%})"
        facts.tell(history.LOST_SHARE, lost.share, said, said_en)
        facts.tell(history.LOST_RECORDS, lost.records, said, said_en)

    def _row_count(self, facts: BatchFacts, last: int) -> None:
        """Compare the rows read; a zero report says that there is nothing new."""
        rows = self.reading.rows_read
        counts = [delivery.rows.read for delivery in self.before[:last]]
        usual = median(counts) if counts else 0
        if not rows or usual < self.context.catalog.jurisdiction.tolerance.from_rows:
            facts.values[history.ROWS_OF_MEDIAN] = None
            return
        said = f"（本批{rows}行，近{len(counts)}次的中位数为{usual:g}行）"
        said_en = f"({rows} rows, median {usual:g} of {len(counts)} deliveries)"
        facts.tell(history.ROWS_OF_MEDIAN, rows / usual, said, said_en)

    def _columns(self, facts: BatchFacts) -> None:
        """Compare with the last delivery; of a zero report its heading counts."""
        if not self.before:
            facts.values[history.COLUMNS_LACKING] = None
            return
        last = self.before[0]
        path = self.context.settings.batches / (last.batch_id or "") / READING
        try:
            had = _items(Reading.load(path))
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.error("columns of %s are not known: %r", last.batch_id, error)
            return
        lacking = [i for i in self.dataset.items if i.id in had - _items(self.reading)]
        titles = "、".join(item.title for item in lacking)
        said = f"（与{last.night}的《{last.name}》相比缺少：{titles}）"
        said_en = f"(lacking: {', '.join(item.id for item in lacking)})"
        facts.tell(history.COLUMNS_LACKING, len(lacking), said, said_en)

    def _freshness(self, facts: BatchFacts) -> None:
        """Find the newest event that is not in the future."""
        night = self.batch.night
        newest = _newest(self.typed, night)
        if self._is_small or newest is None:
            facts.values[history.DAYS_SINCE_EVENT] = None
            return
        days = (night - newest).days
        said = f"（最新一条的日期为{newest}，距报送{days}天）"
        said_en = f"(newest event {newest}, {days} days before)"
        facts.tell(history.DAYS_SINCE_EVENT, days, said, said_en)

    def _redating(self, facts: BatchFacts) -> None:
        rows = len(self.typed)
        if self._is_small:
            facts.values[history.REDATED_SHARE] = None
            return
        from guiji.warehouse import diff

        moved = diff.redated(
            self.context.settings, self.dataset, self.batch.department, self.typed
        )
        said = f"（{rows}行中有{moved}行的文书已以其他日期报送，占{moved / rows:.1%}）"
        said_en = f"({moved} of {rows} rows, {moved / rows:.1%})"
        facts.tell(history.REDATED_SHARE, moved / rows, said, said_en)


def _items(reading: Reading) -> set[str]:
    """Name the items that a file had a column of."""
    return {
        column.item
        for sheet in reading.sheets
        for column in sheet.columns
        if column.used and column.item
    }


def _newest(typed: pa.Table, night: date) -> date | None:
    days = typed["event_on"]
    past = days.filter(pc.less_equal(days, pa.scalar(night, pa.date32())))
    newest: date | None = pc.max(past).as_py()
    return newest
