"""The sentences of a circular as a document (公文): Chinese, from figures.

Every number here is one of `figures`, named as in the other forms of the circular.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from guiji.catalog.jurisdiction import CircularRules
from guiji.catalog.model import Catalog
from guiji.reports import assessment
from guiji.reports.assessment import PeriodFigures
from guiji.reports.figures import Figures, Section, Tally, Unit
from guiji.reports.pages import percent

LEAST_CHANGE = 0.00005


def overview(said: PeriodFigures) -> Iterator[str]:
    """Yield the overall figures, and how they moved."""
    counted = said.figures
    for section in counted.sections:
        yield _section(section)
    for name, other in (
        ("与上一期相比", said.previous),
        ("与上年同期相比", said.year_before),
    ):
        if other is not None:
            yield name + "，" + _moved(counted.overall.total, other.overall.total)
    if counted.enterprises:
        licences, penalties = (s.total.records for s in counted.sections[1:3])
        rate = (licences + penalties) * 1000 / counted.enterprises
        yield (
            f"登记在册企业{counted.enterprises:,}户，本期每千户新归集双公示信息"
            f"{rate:.2f}条。"
        )


def _section(section: Section) -> str:
    t = section.total
    return (
        f"{section.title}：应报单位{len(section.units)}家，已报"
        f"{len(section.delivered)}家。受理{t.deliveries:,}批次，读取记录"
        f"{t.rows_read:,}条，合格{t.accepted:,}条，隔离{t.quarantined:,}条，"
        f"整批拒收{t.refused_rows:,}条，合规率{percent(t.conformity)}；"
        f"新归集记录{t.records:,}条，计时{t.clocked:,}条，迟报{t.late:,}条，"
        f"迟报率{percent(t.late_rate)}，及时率{percent(t.timeliness)}；"
        f"变更迟报{t.late_changes:,}条，逾期公示{t.unpublished:,}条，平台逾期公示"
        f"{t.platform_late:,}条，超周期未报{t.silent_duties:,}项。"
    )


def _moved(now: Tally, then: Tally) -> str:
    rates: Sequence[tuple[str, Callable[[Tally], float | None]]] = (
        ("合规率", lambda t: t.conformity),
        ("迟报率", lambda t: t.late_rate),
        ("及时率", lambda t: t.timeliness),
    )
    parts = [f"{title}{change(rate(now), rate(then))}" for title, rate in rates]
    return "，".join(parts) + f"，新归集记录由{then.records:,}条变为{now.records:,}条。"


def change(now: float | None, then: float | None) -> str:
    """Word how a rate moved, in percentage points; 无可比数据 where one is absent."""
    if now is None or then is None:
        return "无可比数据"
    if abs(now - then) < LEAST_CHANGE:
        return "持平"
    word = "上升" if now > then else "下降"
    return f"{word}{abs(now - then) * 100:.2f}个百分点"


def named(counted: Figures, rules: CircularRules) -> Iterator[str]:
    """Yield who is praised, who delivered nothing, who was late, who was faulty."""
    late, severe = rules.late_rate_above, rules.severe_late_rate_above
    kinds: Sequence[tuple[str, _Choice, _Word]] = (
        ("（二）未报送（含零报告）", lambda s: s.silent, _title),
        (
            f"（三）迟报率高于{percent(late)}",
            lambda s: assessment.late(s, rules),
            _late,
        ),
        (
            f"（四）严重迟报，迟报率高于{percent(severe)}",
            lambda s: assessment.severe(s, rules),
            _late,
        ),
        (
            f"（五）合规率低于{percent(rules.conformity_below)}",
            lambda s: assessment.faulty(s, rules),
            _faulty,
        ),
    )
    yield f"（一）表扬。{_names(assessment.praised(counted, rules), _title)}。"
    for title, choose, word in kinds:
        parts = [f"{s.title}：{_names(choose(s), word)}" for s in counted.sections]
        yield f"{title}。{'；'.join(parts)}。"
    yield f"记录不足{rules.named_from}条的单位不排名，也不因比率点名。"


_Choice = Callable[[Section], Sequence[Unit]]
_Word = Callable[[Unit], str]


def _names(units: Sequence[Unit], word: Callable[[Unit], str]) -> str:
    if not units:
        return "无"
    return "、".join(word(unit) for unit in units) + f"，共{len(units)}家"


def _title(unit: Unit) -> str:
    return unit.title


def _late(unit: Unit) -> str:
    return f"{unit.title}（{percent(unit.tally.late_rate)}，{unit.tally.late:,}条）"


def _faulty(unit: Unit) -> str:
    wrong = unit.tally.rows_read - unit.tally.accepted
    return f"{unit.title}（{percent(unit.tally.conformity)}，不合格{wrong:,}条）"


def deadlines(counted: Figures) -> Iterator[str]:
    """Yield how many deadlines were missed, and how many of them are provisional."""
    if not counted.breach_count:
        yield "本期没有逾期。"
        return
    yield f"本期逾期共{counted.breach_count:,}项，按时限种类和数据集列于下表。"
    if counted.provisional:
        yield (
            f"其中{counted.provisional:,}项的到期日在已公布的工作日历之外，"
            "标为日历待定，待放假安排公布后重新计算，不据以点名。"
        )


def objections(counted: Figures) -> Iterator[str]:
    """Yield how the steps of objections (异议处理) went, one sentence per step."""
    for line in counted.objections:
        late = f"（{'、'.join(line.late_units)}）" if line.late_units else ""
        yield (
            f"{line.title}{line.runs:,}件：按时{line.on_time:,}件，逾期{line.late:,}件"
            f"{late}，办理中{line.running:,}件，日历待定{line.provisional:,}件。"
        )


def lists(counted: Figures) -> Iterator[str]:
    """Yield whether the lists are on show to 100 %."""
    if not counted.lists:
        yield "采集目录未指定须全部公示的名单。"
        return
    missing = sum(check.missing for check in counted.lists)
    if missing:
        yield f"应公示的名单记录有{missing:,}条未公示，见下表，由平台查明原因。"
    else:
        yield "应公示的名单记录均已公示，或者注明了暂不公示的原因。"


def opening(catalog: Catalog, covered: str) -> str:
    """Return the first sentence: on which basis what is reported."""
    document = catalog.jurisdiction.document
    if "《" not in document:
        parts = NUMBERED.fullmatch(document)
        document = f"《{parts[1]}》（{parts[2]}）" if parts else f"《{document}》"
    return f"根据{document}，现将{covered}有关情况通报如下。"


NUMBERED = re.compile(r"(.+?)[(（]([^()（）]+号)[)）]")
"""A document with its number behind it."""

REQUIRED = (
    "（一）按时报送。各单位应当按照采集目录规定的更新周期和时限报送，本期没有信息的"
    "报送零报告；未报送和迟报的单位应当查明原因，及时补报。",
    "（二）改正退回。被隔离的记录和拒收的批次，按照回执注明的位置和原因改正后重新"
    "报送。谁提供、谁负责，平台不代为修改。",
    "（三）更新变化。信息依法变更或者撤销的，按照规定时限报送变更或者撤销的信息。",
)
"""What is required of the units."""
