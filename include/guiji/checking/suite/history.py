"""Rules on a delivery as a whole, against what its department delivered before.

What they judge is measured once per delivery (`guiji.pipeline.batch.batch_metrics`)
and is one row of facts, `batch_facts`. A fact is null where there is nothing to
compare with: a first delivery, a zero report, too few rows. A fact that could not be
measured is left out,
and its rule is then one that could not be computed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from guiji.catalog.limits import BatchLimits, Limit
from guiji.catalog.model import Catalog, Dataset
from guiji.catalog.vocabulary import Dimension, Severity, UpdateCycle
from guiji.checking.suite.rules import Judgement, RuleExpectation, Wording
from guiji.reading.delivery_code import DeliveryCode

VIEW = "batch_facts"

LOST_SHARE = "lost_share"
LOST_RECORDS = "lost_records"
ROWS_OF_MEDIAN = "rows_of_median"
COLUMNS_LACKING = "columns_lacking"
DAYS_SINCE_EVENT = "days_since_event"
REDATED_SHARE = "redated_share"

TYPES: dict[str, pa.DataType] = {
    LOST_SHARE: pa.float64(),
    LOST_RECORDS: pa.int64(),
    ROWS_OF_MEDIAN: pa.float64(),
    COLUMNS_LACKING: pa.int64(),
    DAYS_SINCE_EVENT: pa.int64(),
    REDATED_SHARE: pa.float64(),
}

LOSS_CLAUSE = "贵州省企业公共信用信息平台运行管理规则(试行) 第二十四条"

CODES = {
    code.page: code
    for code in (
        DeliveryCode(
            "MASS_CHANGE",
            title="全量报送变动过大",
            meaning=(
                "按这份全量报送，现有记录将有过多的一部分被撤销，超过采集目录的限度。"
            ),
            dimension=Dimension.WHOLE,
            steps=(
                "核对是否漏报：行数与上一次全量报送相比是否明显减少，"
                "筛选条件是否改过。",
                "漏报的，补全后整批重新报送；确需撤销的，书面说明原因，"
                "由平台专人核准放行，无需重新报送。",
            ),
        ),
        DeliveryCode(
            "LOST_KEYS",
            title="全量报送缺少现有记录",
            meaning="全量报送里没有的现有记录，视为撤销。",
            dimension=Dimension.WHOLE,
            steps=("确已撤销的无需处理；属于漏报的，补全后整批重新报送。",),
            severity=Severity.WARNING,
        ),
        DeliveryCode(
            "ROW_COUNT",
            title="行数与以往相差过大",
            meaning="与近几次报送的行数相比，过多或过少。",
            dimension=Dimension.WHOLE,
            steps=(
                "核对导出的条件（起止日期、区县、科室）是否与以往一致，"
                "是否导错表或重复导出。",
                "有误的，重新导出后整批报送；确实如此的，书面说明原因，"
                "由平台专人核准放行，无需重新报送。",
            ),
        ),
        DeliveryCode(
            "COLUMNS_LACKING",
            title="缺少以往报送过的列",
            meaning="上一次报送中有的列，这一次没有。",
            dimension=Dimension.WHOLE,
            steps=(
                "与上一次的文件对照表头，补上缺少的列后整批重新报送。",
                "该列确已停用的，请告知平台。",
            ),
        ),
        DeliveryCode(
            "FRESHNESS",
            title="没有新近的数据",
            meaning="最新一条信息的产生日期离报送之日太久，可能导出了旧文件。",
            dimension=Dimension.TIMELY,
            steps=(
                "按日期列从大到小排序，看最新的一条是哪一天；核对导出的时间范围。",
                "导错的，重新导出后整批报送；这段时间确无新数据的，书面说明，"
                "由平台专人核准放行。",
            ),
        ),
        DeliveryCode(
            "REDATING",
            title="大量更改已报送文书的日期",
            meaning=(
                "与现有记录文号相同而日期不同的行过多，可能日期列错位或被整列改写。"
            ),
            dimension=Dimension.TIMELY,
            steps=(
                "抽几行与原件对照日期；日期列被公式或填充改写的，从业务系统重新导出。",
                "确实更正日期的，书面说明原因，由平台专人核准放行，无需重新报送。",
            ),
        ),
    )
}
"""Kind of rule -> code of the refusal by it, or of its finding."""


@dataclass
class BatchFacts:
    """What was measured of one delivery.

    Attributes:
        values: fact -> its value; None = nothing to compare with; absent = could not
            be measured.
        said: fact -> what was measured, in Chinese and in English.
    """

    values: dict[str, float | None] = field(default_factory=dict)
    said: dict[str, tuple[str, str]] = field(default_factory=dict)

    def tell(self, fact: str, value: float | None, said: str, said_en: str) -> None:
        """Note a fact and how it is said."""
        self.values[fact] = value
        self.said[fact] = (said, said_en)

    def table(self) -> pa.Table:
        """Return the one row of `batch_facts`."""
        columns = {"row_id": pa.array([0], pa.int64())}
        for name, value in self.values.items():
            columns[name] = pa.array([value], TYPES[name])
        return pa.table(columns)

    def worded(self, rule: RuleExpectation) -> Wording:
        """Describe what a rule says, with what was measured behind it."""
        said, said_en = self.said.get(rule.columns[0], ("", ""))
        words = rule.wording
        return Wording(
            f"{words.message}{said}",
            f"{words.message_en} {said_en}".strip(),
            words.remedy,
        )


def rules(dataset: Dataset, catalog: Catalog) -> tuple[RuleExpectation, ...]:
    """Make the rules on the facts of a delivery.

    Args:
        dataset: the catalogue entry.
        catalog: its jurisdiction gives limits where the entry does not.

    Returns:
        In the order in which the first one that refuses a delivery gives the refusal
        its code. Only those of which the catalogue gives a limit.
    """
    limits = catalog.batch_limits(dataset)
    return (
        *_of_full(dataset),
        *_row_count(dataset, limits),
        *_columns_lacking(dataset, limits),
        *_freshness(dataset, limits, catalog.jurisdiction.cycles),
        *_redating(dataset, limits),
    )


def code(rule: RuleExpectation) -> DeliveryCode:
    """Return the code of the refusal by a rule on facts: the end of its id."""
    return CODES[rule.rule_id.rpartition(".")[2]]


def _of_full(dataset: Dataset) -> Iterator[RuleExpectation]:
    """A full delivery revokes no more than its limit, and says what it revokes."""
    if dataset.delivery != "full":
        return
    most = dataset.mass_change_limit
    yield _rule(
        dataset,
        "mass_change",
        LOST_SHARE,
        maximum=most,
        severity=Severity.CRITICAL,
        dimension=Dimension.WHOLE,
        clause=LOSS_CLAUSE,
        description=f"全量报送与现有记录相比，撤销的记录不超过{most:.0%}。",
        description_en=f"A full delivery revokes at most {most:.0%} of what is held.",
        wording=Wording(
            f"本批为全量报送，将撤销的记录超过现有记录的{most:.0%}。",
            f"More than {most:.0%} of the records held would be revoked.",
            "请核对是否漏报，补全后整批重新报送。",
        ),
    )
    yield _rule(
        dataset,
        "lost_keys",
        LOST_RECORDS,
        maximum=0,
        severity=Severity.WARNING,
        dimension=Dimension.WHOLE,
        clause=LOSS_CLAUSE,
        description="全量报送包含现有的全部记录；缺少的视为撤销，并予告知。",
        description_en="A full delivery holds every record held; what it lacks is "
        "revoked.",
        wording=Wording(
            "本批为全量报送，缺少现有的部分记录，缺少的视为撤销。",
            "The full delivery lacks records that are held; they are revoked.",
            "确已撤销的无需处理；属于漏报的，请补全后重新报送。",
        ),
    )


def _row_count(dataset: Dataset, limits: BatchLimits) -> Iterator[RuleExpectation]:
    limit = limits.row_count
    if limit is None:
        return
    least, most = f"{limit.at_least:g}", f"{limit.at_most:g}"
    yield _limited(
        dataset,
        "row_count",
        ROWS_OF_MEDIAN,
        limit,
        demand=f"行数在近{limit.last}次报送中位数的{least}倍至{most}倍之间",
        demand_en=f"has {least} to {most} times the rows of the median of the last "
        f"{limit.last} deliveries",
        remedy="请核对是否漏导、重复导出或导错表。",
        dimension=Dimension.WHOLE,
        minimum=limit.at_least,
        maximum=limit.at_most,
    )


def _columns_lacking(
    dataset: Dataset, limits: BatchLimits
) -> Iterator[RuleExpectation]:
    if limits.columns is None:
        return
    yield _limited(
        dataset,
        "columns_lacking",
        COLUMNS_LACKING,
        limits.columns,
        demand="含有上次报送已有的各列",
        demand_en="has the columns that the last delivery had",
        remedy="请核对导出的列，补全后重新报送；确已停用的列请告知平台。",
        dimension=Dimension.WHOLE,
        maximum=limits.columns.at_most,
    )


def _freshness(
    dataset: Dataset, limits: BatchLimits, cycles: Mapping[UpdateCycle, int]
) -> Iterator[RuleExpectation]:
    cycle = cycles.get(dataset.update_cycle)
    if limits.freshness is None or cycle is None:
        return
    days = cycle + limits.freshness.beyond_cycle_days
    yield _limited(
        dataset,
        "freshness",
        DAYS_SINCE_EVENT,
        limits.freshness,
        demand=f"最新一条信息的产生日期距报送不超过{days}天",
        demand_en=f"has an event of the last {days} days before the night",
        remedy="请核对导出的时间范围是否为最新。",
        dimension=Dimension.TIMELY,
        maximum=days,
    )


def _redating(dataset: Dataset, limits: BatchLimits) -> Iterator[RuleExpectation]:
    if limits.redating is None:
        return
    most = limits.redating.at_most
    yield _limited(
        dataset,
        "redating",
        REDATED_SHARE,
        limits.redating,
        demand=f"更改已报送文书日期的行不超过{most:.0%}",
        demand_en=f"gives at most {most:.0%} of its rows a new day for a document held",
        remedy="请核对日期列是否错位或被整列改写。",
        dimension=Dimension.TIMELY,
        maximum=most,
    )


def _limited(
    dataset: Dataset,
    kind: str,
    fact: str,
    limit: Limit,
    *,
    demand: str,
    demand_en: str,
    remedy: str,
    **rest: Any,
) -> RuleExpectation:
    return _rule(
        dataset,
        kind,
        fact,
        severity=limit.severity,
        clause=limit.clause,
        description=f"每批{demand}。",
        description_en=f"A delivery {demand_en}.",
        wording=Wording(
            f"本批不符合“{demand}”的要求。", f"Not so: it {demand_en}.", remedy
        ),
        **rest,
    )


def _rule(dataset: Dataset, kind: str, fact: str, **rest: Any) -> RuleExpectation:
    return RuleExpectation(
        rule_id=f"{dataset.id}.batch.{kind}",
        judgement=Judgement.FACT,
        columns=(fact,),
        title="整批",
        **rest,
    )
