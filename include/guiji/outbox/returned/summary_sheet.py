"""The sheet of a returned workbook that tells the whole: what came of it, what to do.

It comes last, so that the department's own sheets keep their places, and its tab is
red, so that nobody overlooks it. Here are its rows; each writer draws them.
"""

from collections.abc import Iterator, Mapping, Sequence

from guiji.catalog.vocabulary import CLERK_SEVERITIES
from guiji.outbox.returned.batch_summary import BatchSummary
from guiji.outbox.returned.findings_view import Finding, FindingsView, Rule
from guiji.outbox.returned.sheet_model import (
    BODY,
    BOLD,
    COLOURS,
    HEADING,
    LINK,
    TITLE_FONT,
    Look,
    SheetCell,
    SheetLayout,
    SheetRow,
    row_height,
)
from guiji.reading.returned import SHEET, TITLE

WIDTHS = (12, 46, 46, 8, 8, 18, 46, 34)
WIDE = sum(WIDTHS[1:])
"""Width of a text that goes over all columns but the first."""

LAYOUT = SheetLayout(SHEET, WIDTHS, frozen_rows=1, is_notice=True)

PROPOSALS_SHOWN = 500
"""Proposed repairs that the sheet lists; each is in its row and comment as well."""

RULES = ("序号", "问题", "处理办法", "级别", "数量", "首处", "规则", "依据")
PROPOSALS = ("位置", "信息项", "建议值")

_LABEL = Look(BOLD, alignment="wrapped")
_TEXT = Look(BODY, alignment="wrapped")
_CELL = Look(BODY, is_framed=True, alignment="wrapped")
_NUMBER = Look(BODY, is_framed=True, alignment="centred")
_LINK = Look(LINK, is_framed=True, alignment="wrapped")

ALIKE = (
    "红色单元格不合格，须改正；黄色单元格是提示，请核对，确认无误的不必改。"
    "单元格的批注和末列“退回原因”写明原因和改法。"
)
AGAIN = (
    "直接在本工作簿中改正，存盘后原样放回收件夹重新报送，文件名可以不改。"
    "“退回原因”列和本页不必删除，再报时平台不读取。"
)
UNCHANGED = "已接收的行请保留原样：再报时内容相同的行按“未变化”处理，不会重复入库。"
WHOLE = "本次整批退回：全部行均未入库，改正后请整份重新报送。"
TRIED = "本次为试报或预检，未入库：改正后请放到收件夹（不是“试报”文件夹）正式报送。"
PROPOSED = (
    "“建议值”由平台按代码规则和登记信息推算，仅供核对，平台没有改动任何单元格；"
    "请对照营业执照核实后自行填写。"
)
FULL = (
    "本数据集为全量报送：请在原表中改正后整份重新报送，"
    "不要只报本工作簿，否则未列出的记录会被视为撤销。"
)


def rows(
    findings: FindingsView, about: BatchSummary, shown: Mapping[str, str]
) -> Iterator[SheetRow]:
    """Yield the rows of the sheet.

    Args:
        findings: the findings.
        about: what else there is to say.
        shown: sheet of a finding, "" for text files -> the sheet of this workbook that
            has its cells at the same addresses; the others get no links.
    """
    yield SheetRow([SheetCell(TITLE, Look(TITLE_FONT))], 27)
    for label, text in about.facts:
        yield _line(label, text)
    if about.refusal:
        yield from _section("整批退回的原因")
        for label, text in zip(("原因", "处理办法"), about.refusal, strict=True):
            yield _line(label, text)
    yield from _section("怎样改正和重新报送")
    for number, text in enumerate(_advice(findings, about), start=1):
        yield _line(f"{number}.", text)
    if findings.rules:
        yield from _section("各类问题")
        yield _headings(RULES)
        for number, rule in enumerate(findings.rules, start=1):
            yield _rule(number, rule, shown)
    if findings.proposals:
        yield from _proposals(findings.proposals, shown)
    yield from _section("联系方式")
    for text in about.contact:
        yield _line("", text)


def _advice(findings: FindingsView, about: BatchSummary) -> Iterator[str]:
    if findings.cells or findings.rows:
        yield ALIKE
    yield AGAIN
    if about.refusal or about.trial:
        yield TRIED if about.trial else WHOLE
    else:
        yield UNCHANGED
    if findings.proposals:
        yield PROPOSED
    yield from about.notes


def _proposals(
    proposals: Sequence[Finding], shown: Mapping[str, str]
) -> Iterator[SheetRow]:
    yield from _section("建议值（仅供核对，未改动原值）")
    yield _headings(PROPOSALS)
    for proposal in proposals[:PROPOSALS_SHOWN]:
        texts = (proposal.title or "", proposal.proposal or "")
        place = _place(proposal.place, proposal, shown)
        yield _row([place, *(SheetCell(text, _CELL) for text in texts)])
    if len(proposals) > PROPOSALS_SHOWN:
        more = len(proposals) - PROPOSALS_SHOWN
        yield _line("", f"另有 {more} 处，见各行的“退回原因”。")


def _section(text: str) -> Iterator[SheetRow]:
    """Yield the heading of a section, with a line of space above it."""
    yield SheetRow([], 9)
    yield SheetRow([SheetCell(text, Look(BOLD))], 20)


def _line(label: str, text: str) -> SheetRow:
    """Return a label and a text that goes over all other columns."""
    cells = [SheetCell(label, _LABEL), SheetCell(text, _TEXT)]
    return SheetRow(cells, row_height([(text, WIDE)]), is_spanning=True)


def _headings(texts: Sequence[str]) -> SheetRow:
    return _row([SheetCell(text, HEADING) for text in texts])


def _rule(number: int, rule: Rule, shown: Mapping[str, str]) -> SheetRow:
    """Return the line of a rule, its severity coloured like its cells."""
    first = rule.first
    severity = Look(
        BODY, COLOURS.get(first.severity, ""), is_framed=True, alignment="wrapped"
    )
    place = first.place
    if first.source_sheet and place:
        place = f"{first.source_sheet} {place}"
    return _row(
        [
            SheetCell(number, _NUMBER),
            SheetCell(first.message, _CELL),
            SheetCell(first.remedy, _CELL),
            SheetCell(CLERK_SEVERITIES[first.severity], severity),
            SheetCell(rule.times, _NUMBER),
            _place(place, first, shown),
            SheetCell(first.rule_id, _CELL),
            SheetCell(first.clause or "", _CELL),
        ]
    )


def _row(cells: Sequence[SheetCell]) -> SheetRow:
    """Return a row of a table, as high as its texts need."""
    texts = [(str(c.value), width) for c, width in zip(cells, WIDTHS, strict=False)]
    return SheetRow(cells, row_height(texts))


def _place(text: str, finding: Finding, shown: Mapping[str, str]) -> SheetCell:
    """Return the cell that names a finding's place, and leads to it where it can."""
    sheet = shown.get(finding.source_sheet or "")
    if sheet is None or finding.source_row is None:
        return SheetCell(text, _CELL)
    quoted = sheet.replace("'", "''")
    address = f"{finding.source_column or 'A'}{finding.source_row}"
    return SheetCell(text, _LINK, link=f"'{quoted}'!{address}")
