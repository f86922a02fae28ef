"""The sheets of the circular's workbook, and the notes that stand under its figures."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from guiji.catalog.model import Catalog, CircularRules
from guiji.domain.workdays import Calendar
from guiji.reports import assessment, wording
from guiji.reports.deadlines import listing
from guiji.reports.deadlines.csv_lines import HEADINGS
from guiji.reports.figures import Figures, Section, Tally
from guiji.reports.pages import percent
from guiji.reports.wording import Words
from guiji.reports.workbook import Cell, Workbook

TALLY_HEADINGS = (
    "报送批次",
    "拒收批次",
    "零报告",
    "重复报送",
    "试报",
    "平台故障",
    "读取记录",
    "合格记录",
    "隔离记录",
    "拒收记录",
    "合规率",
    "新归集记录",
    "计时记录",
    "迟报记录",
    "迟报率",
    "及时率",
    "变更迟报",
    "逾期公示",
    "平台逾期公示",
    "超周期未报",
    "含个人信息未公示",
    "主体不公示",
)
TALLY_FORMATS = (
    *["#,##0"] * 10,
    "0.00%",
    *["#,##0"] * 3,
    "0.00%",
    "0.00%",
    *["#,##0"] * 6,
)
LIST_HEADINGS = ("名单", "应公示", "已公示", "含个人信息未公示", "未公示", "公示率")
WAITING_HEADINGS = (
    "单位",
    "待更正记录",
    "待更正文件",
    "超过更正期限",
    "最早接收日期",
    "已历工作日",
)
BREACH_WIDTHS = (10, 14, 26, 22, 22, 24, 40, 14, 14, 14, 12, 10, 10, 50)


def workbook(catalog: Catalog, calendar: Calendar, counted: Figures) -> Workbook:
    """Lay the figures out: overview, units by section, named units, breaches, notes."""
    title = catalog.jurisdiction.circular.title
    covered = wording.period(counted.first, counted.last).zh
    book = Workbook(title, f"{covered} 采集目录版本 {catalog.version}")
    book.add_table(
        "总体情况",
        f"{title}（{covered}）",
        ("类别", "应报单位", "已报单位", "未报单位", *TALLY_HEADINGS),
        [_overview(section) for section in counted.sections],
        widths=(14, *[10] * (len(TALLY_HEADINGS) + 3)),
        formats=("", *["#,##0"] * 3, *TALLY_FORMATS),
    )
    for section in counted.sections:
        book.add_table(
            f"单位情况-{section.title}",
            f"各单位归集情况（{section.title}）",
            ("名次", "单位", "是否报送", *TALLY_HEADINGS),
            _units(section, catalog.jurisdiction.circular),
            widths=(8, 30, 10, *[10] * len(TALLY_HEADINGS)),
            formats=("", "", "", *TALLY_FORMATS),
        )
    _problem_sheets(book, catalog, calendar, counted)
    return book


def _problem_sheets(
    book: Workbook, catalog: Catalog, calendar: Calendar, counted: Figures
) -> None:
    book.add_table(
        "表扬和点名",
        "表扬和点名单位",
        ("类别", "问题", "单位", "指标", "界线"),
        problems(catalog, counted),
        widths=(14, 24, 30, 14, 14),
    )
    _list_and_objection_sheets(book, counted)
    book.add_table(
        "待更正情况",
        f"隔离后尚未更正的记录和文件（截至{wording.day(counted.last).zh}）",
        WAITING_HEADINGS,
        _waiting(counted),
        widths=(30, 14, 14, 14, 16, 14),
        formats=("", *["#,##0"] * 3, "", "#,##0"),
    )
    book.add_table(
        "逾期清单",
        _breach_title(counted),
        [heading for heading, _ in HEADINGS],
        _breach_rows(catalog, counted),
        widths=BREACH_WIDTHS,
    )
    book.add_table(
        "说明",
        "口径与依据",
        ("序号", "说明"),
        [(i, note.zh) for i, note in enumerate(notes(catalog, calendar, counted), 1)],
        widths=(8, 120),
    )


def _list_and_objection_sheets(book: Workbook, counted: Figures) -> None:
    book.add_table(
        "名单公示核对",
        f"名单应公示记录与公示记录的核对（截至{wording.day(counted.last).zh}）",
        LIST_HEADINGS,
        [
            (c.title, c.held - c.not_public, c.shown, c.withheld, c.missing, c.share)
            for c in counted.lists
        ],
        widths=(30, 12, 12, 18, 12, 12),
        formats=("", *["#,##0"] * 4, "0.00%"),
    )
    book.add_table(
        "异议办理",
        f"异议各步骤办理情况（截至{wording.day(counted.last).zh}）",
        ("步骤", "件数", "按时", "逾期", "办理中", "日历待定", "逾期单位"),
        [
            (
                *(line.title, line.runs, line.on_time, line.late),
                *(line.running, line.provisional, "、".join(line.late_units)),
            )
            for line in counted.objections
        ],
        widths=(20, 10, 10, 10, 10, 10, 60),
    )


def _overview(section: Section) -> Sequence[Cell]:
    delivered = len(section.delivered)
    counts = (len(section.units), delivered, len(section.units) - delivered)
    return (section.title, *counts, *_cells(section.total))


def _units(section: Section, rules: CircularRules) -> Iterator[Sequence[Cell]]:
    for ranked in assessment.ranked(section, rules):
        unit = ranked.unit
        delivered = "是" if unit.has_delivered else "否"
        yield (ranked.rank, unit.title, delivered, *_cells(unit.tally))
    yield (None, "合计", "", *_cells(section.total))


def _cells(tally: Tally) -> tuple[Cell, ...]:
    return (
        tally.deliveries,
        tally.refused,
        tally.zero_reports,
        tally.duplicates,
        tally.trials,
        tally.faults,
        tally.rows_read,
        tally.accepted,
        tally.quarantined,
        tally.refused_rows,
        tally.conformity,
        tally.records,
        tally.clocked,
        tally.late,
        tally.late_rate,
        tally.timeliness,
        tally.late_changes,
        tally.unpublished,
        tally.platform_late,
        tally.silent_duties,
        tally.withheld,
        tally.not_public,
    )


def problems(catalog: Catalog, counted: Figures) -> Iterator[Sequence[Cell]]:
    """Name the units: section, praise or problem, unit, its figure, the line."""
    rules = catalog.jurisdiction.circular
    late_line = f"{rules.late_rate_above:.2%}"
    severe_line = f"{rules.severe_late_rate_above:.2%}"
    conformity_line = f"{rules.conformity_below:.2%}"
    praise_line = f"{rules.praised_conformity_from:.2%}"
    for unit in assessment.praised(counted, rules):
        rate = percent(unit.tally.conformity)
        yield (
            "全部数据",
            "表扬：无迟报、无逾期、无待更正",
            unit.title,
            rate,
            praise_line,
        )
    for section in counted.sections:
        for unit in section.silent:
            yield (section.title, "未报送（含零报告）", unit.title, "", "")
        for unit in assessment.late(section, rules):
            rate = percent(unit.tally.late_rate)
            yield (section.title, "迟报率高于界线", unit.title, rate, late_line)
        for unit in assessment.severe(section, rules):
            rate = percent(unit.tally.late_rate)
            yield (section.title, "严重迟报", unit.title, rate, severe_line)
        for unit in assessment.faulty(section, rules):
            rate = percent(unit.tally.conformity)
            yield (section.title, "合规率低于界线", unit.title, rate, conformity_line)


def _waiting(counted: Figures) -> Iterator[Sequence[Cell]]:
    for corrections in counted.waiting:
        counts = (corrections.rows, corrections.files, corrections.overdue)
        yield (
            corrections.title,
            *counts,
            corrections.since.isoformat(),
            corrections.oldest,
        )


def _breach_title(counted: Figures) -> str:
    listed, count = counted.breaches, counted.breach_count
    if listed is None or listed.most is None:
        return f"附件：逾期清单（共{count}条）"
    return (
        f"附件：逾期清单（共{count}条，每个单位至多列出{listed.most}条，"
        f"未完成的、逾期最久的在前；全部见同一文件夹的 {listing.CSV_NAME}）"
    )


def _breach_rows(catalog: Catalog, counted: Figures) -> Iterator[Sequence[Cell]]:
    """Yield the list; behind a unit's lines stands how many more it has."""
    if counted.breaches is None:
        return
    rows = counted.breaches.rows()
    for unit, mine in groupby(rows, key=lambda row: row["department"]):
        for row in mine:
            shown = listing.readable(catalog, row)
            yield [
                row[name] if name == "working_days_late" else shown[name]
                for _, name in HEADINGS
            ]
        if more := counted.breaches.unlisted.get(unit):
            yield _unlisted(shown["department"], more)


def _unlisted(title: str, number: int) -> Sequence[Cell]:
    text = f"{title}另有{number}条未列出，全部见 {listing.CSV_NAME}"
    texts = {"department": title, "clause": text}
    return [texts.get(name, "") for _, name in HEADINGS]


def notes(catalog: Catalog, calendar: Calendar, counted: Figures) -> tuple[Words, ...]:
    """Describe how each figure is computed, from what, and by which document."""
    return (*_counting_notes(catalog), *_version_notes(catalog, calendar, counted))


_COUNTING_NOTES = (
    Words(
        "报送批次：本期各夜受理的批次，包括全部合格、部分合格和整批拒收的；"
        "重复报送（同一单位同一文件）、试报和平台故障未处理的另计，不计入记录数。"
        "仅有表头的文件为零报告，视同已报送。",
        "Deliveries are those of the period's nights that were accepted, partly "
        "accepted or refused; repetitions, trials and what the platform failed "
        "on are counted apart and add "
        "no rows. A header-only file is a zero report and counts as delivered.",
    ),
    Words(
        "合规率＝合格记录÷读取记录；读取记录＝合格＋隔离＋整批拒收的记录。"
        "有严重问题的记录进入隔离区，不入库、不公示，"
        "改正后可重新报送。",
        "Conformity = rows accepted / rows read; rows read are those accepted, "
        "quarantined and in refused deliveries. Rows with a critical finding are "
        "quarantined: neither merged nor published until corrected.",
    ),
    Words(
        "迟报率＝迟报记录÷计时记录，及时率＝1－迟报率。计时记录为本期首次归集、"
        "载明信息产生日期、且产生于采集目录有效期内的记录；目录生效前产生的存量信息不计时限。",
        "Late rate = late records / records with a clock, timeliness the rest: first "
        "collected in the period, with a day of the event within the catalogue "
        "entry's validity. "
        "Backlog from before the entry took effect has no clock.",
    ),
    Words(
        "时限按工作日计算（含调休），产生当日不计，到期日24时前到达的为按时；"
        "到达日期以首次收到该记录的时间（北京时间）为准，更正不视为迟报。",
        "Deadlines are counted in working days of China including make-up days; "
        "the day of the event does not count, arrival by 24:00 of the due day is "
        "in time. A correction does not make a record late.",
    ),
    Words(
        "变更迟报：记录载明移出、解除、缴清等日期的，自该日起另计归集时限，"
        "以首次收到该日期的时间为准。逾期公示的责任：按时归集而公示逾期的，"
        "由平台负责（平台逾期公示）；归集逾期的，由报送单位负责。",
        "Changes late: where a record dates a removal, a lifting or a payment, the "
        "delivery clock runs from that day, up to the first receipt of it. What was "
        "delivered in time and published late is the platform's, else the unit's.",
    ),
    Words(
        "待更正：隔离或者整批拒收后，截至期末尚未收到合格数据的记录和文件；"
        "同一记录、同名文件多次报送不合格的只计一次，自首次接收之日起算。"
        "更正期限为采集目录对该数据集规定的归集时限；没有归集时限的不计超期。",
        "Still to be mended: records in quarantine and refused files for which "
        "nothing good had come by the end of the period, each counted once from "
        "the day of its first receipt. The term is the dataset's clock for "
        "delivery; without one "
        "nothing is overdue.",
    ),
)
"""How the circular counts, whatever the jurisdiction."""


def _counting_notes(catalog: Catalog) -> tuple[Words, ...]:
    rules = catalog.jurisdiction.circular
    above, below = f"{rules.late_rate_above:.2%}", f"{rules.conformity_below:.2%}"
    return (
        *_COUNTING_NOTES,
        Words(
            f"点名界线：迟报率高于{above}，合规率低于{below}。依据：{rules.clause}。",
            f"Units are named above a late rate of {above} or below a conformity of "
            f"{below}. Basis: {rules.clause}.",
        ),
    )


def _version_notes(
    catalog: Catalog, calendar: Calendar, counted: Figures
) -> tuple[Words, ...]:
    words = wording.day(counted.known_on)
    until = wording.day(calendar.announced_until)
    return (
        Words(
            f"采集目录版本：{catalog.version}；工作日历版本：{calendar.version}，"
            f"国务院办公厅已公布至{until.zh}。其后到期的时限按周一至周五推算，"
            f"标注“日历待定”，本期共{counted.provisional}条，"
            "待放假安排公布后重新计算。",
            f"Catalogue version {catalog.version}; calendar version "
            f"{calendar.version}, announced until {until.en}. Later due days are "
            f"provisional (weekdays only): {counted.provisional} in this period.",
        ),
        Words(
            f"本通报按截至{words.zh}夜所掌握的数据计算，可随时按当时所知重新得出。",
            f"Computed from what was known at the end of the night of {words.en}; it "
            "can be recomputed as known then at any time.",
        ),
    )
