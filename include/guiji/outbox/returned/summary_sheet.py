"""The sheet of a returned workbook that tells the whole: what came of it, what to do.

It comes last, so that the department's own sheets keep their places, and its tab is
red, so that nobody overlooks it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook import Workbook
from openpyxl.worksheet.hyperlink import Hyperlink

from guiji.catalog.vocabulary import CLERK_SEVERITIES
from guiji.outbox.returned import cells
from guiji.outbox.returned.batch_summary import BatchSummary
from guiji.outbox.returned.findings_view import Finding, FindingsView, Rule
from guiji.reading.returned import PROPERTY, SHEET, TITLE

WIDTHS = (12, 46, 46, 8, 8, 18, 46, 34)
WIDE = sum(WIDTHS[1:])
"""Width of a text that goes over all columns but the first."""

PROPOSALS_SHOWN = 500
"""Proposed repairs that the sheet lists; each is in its row and comment as well."""

RULES = ("序号", "问题", "处理办法", "级别", "数量", "首处", "规则", "依据")
PROPOSALS = ("位置", "信息项", "建议值")

TITLE_FONT = Font(name=cells.FONT, size=16, bold=True, color="FF9C1C1C")
LINK = Font(name=cells.FONT, size=11, color="FF0563C1", underline="single")

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


def add(
    book: Workbook,
    findings: FindingsView,
    about: BatchSummary,
    shown: Mapping[str, str],
) -> None:
    """Add the sheet to a workbook, and the batch to its properties.

    Args:
        book: of openpyxl, of either mode; the sheet comes last.
        findings: the findings.
        about: what else there is to say.
        shown: sheet of a finding, "" for text files -> the sheet of this workbook that
            has its cells at the same addresses; the others get no links.
    """
    page = _Page(book)
    page.title(TITLE)
    for label, text in about.facts:
        page.line(label, text)
    if about.refusal:
        page.section("整批退回的原因")
        for label, text in zip(("原因", "处理办法"), about.refusal, strict=True):
            page.line(label, text)
    page.section("怎样改正和重新报送")
    for number, text in enumerate(_advice(findings, about), start=1):
        page.line(f"{number}.", text)
    if findings.rules:
        page.section("各类问题")
        page.row(RULES, heading=True)
        for number, rule in enumerate(findings.rules, start=1):
            page.rule(number, rule, shown)
    if findings.proposals:
        _propose(page, findings.proposals, shown)
    page.section("联系方式")
    for text in about.contact:
        page.line("", text)
    if PROPERTY in book.custom_doc_props.names:
        del book.custom_doc_props[PROPERTY]
    book.custom_doc_props.append(StringProperty(name=PROPERTY, value=about.batch_id))


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


def _propose(
    page: "_Page", proposals: Sequence[Finding], shown: Mapping[str, str]
) -> None:
    page.section("建议值（仅供核对，未改动原值）")
    page.row(PROPOSALS, heading=True)
    for proposal in proposals[:PROPOSALS_SHOWN]:
        texts = (proposal.place, proposal.title or "", proposal.proposal or "")
        page.row(texts, links={0: _target(proposal, shown)})
    if len(proposals) > PROPOSALS_SHOWN:
        more = len(proposals) - PROPOSALS_SHOWN
        page.line("", f"另有 {more} 处，见各行的“退回原因”。")


class _Page:
    """The sheet, written from top to bottom."""

    def __init__(self, book: Workbook) -> None:
        self._sheet = book.create_sheet(SHEET)
        self._rows = 0
        sheet = self._sheet
        sheet.sheet_properties.tabColor = cells.RED
        sheet.sheet_view.showGridLines = False
        sheet.freeze_panes = "A2"
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = 9
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        for number, width in enumerate(WIDTHS, start=1):
            sheet.column_dimensions[get_column_letter(number)].width = width

    def title(self, text: str) -> None:
        """Write the first line."""
        self._append([cells.text_cell(self._sheet, text, font=TITLE_FONT)], 27)

    def section(self, text: str) -> None:
        """Write the heading of a section, with a line of space above it."""
        self._append([], 9)
        self._append([cells.text_cell(self._sheet, text, font=cells.BOLD)], 20)

    def line(self, label: str, text: str) -> None:
        """Write a label and a text that goes over all other columns."""
        sheet = self._sheet
        first = cells.text_cell(sheet, label, font=cells.BOLD, alignment=cells.WRAPPED)
        second = cells.text_cell(sheet, text, font=cells.BODY, alignment=cells.WRAPPED)
        self._append([first, second], cells.height([(text, WIDE)]))
        last = get_column_letter(len(WIDTHS))
        sheet.merged_cells.add(f"B{self._rows}:{last}{self._rows}")

    def rule(self, number: int, rule: Rule, shown: Mapping[str, str]) -> None:
        """Write the line of a rule, coloured like its cells."""
        first = rule.first
        place = first.place
        if first.source_sheet and place:
            place = f"{first.source_sheet} {place}"
        texts = (
            number,
            first.message,
            first.remedy,
            CLERK_SEVERITIES[first.severity],
            rule.times,
            place,
            first.rule_id,
            first.clause or "",
        )
        self.row(texts, severity=first.severity, links={5: _target(first, shown)})

    def row(
        self,
        texts: Sequence[str | int],
        *,
        heading: bool = False,
        severity: str = "",
        links: Mapping[int, str | None] | None = None,
    ) -> None:
        """Write a row of a table.

        Args:
            texts: its cells; numbers stay numbers.
            heading: whether it is the headings.
            severity: colours the cell that names it.
            links: index of a cell -> place in the workbook that it leads to.
        """
        sheet = self._sheet
        row = []
        for value in texts:
            cell = cells.text_cell(sheet, str(value), alignment=cells.WRAPPED)
            if isinstance(value, int):
                cell.value, cell.alignment = value, cells.CENTRED
            cell.font, cell.border = cells.BODY, cells.GRID
            if heading:
                cell.font, cell.fill = cells.BOLD, cells.HEADING_FILL
            fill = cells.fill(severity)
            if fill is not None and value == CLERK_SEVERITIES[severity]:
                cell.fill = fill
            row.append(cell)
        for index, target in (links or {}).items():
            if target is not None:
                row[index].font = LINK
                row[index].hyperlink = Hyperlink(ref="", location=target)
        pairs = [(str(t), w) for t, w in zip(texts, WIDTHS, strict=False)]
        self._append(row, cells.height(pairs))

    def _append(self, row: list[Any], height: float) -> None:
        self._rows += 1
        self._sheet.row_dimensions[self._rows].height = height
        self._sheet.append(row)
        for cell in row:
            if cell.hyperlink is not None:  # made before the cell had its place
                cell.hyperlink.ref = cell.coordinate


def _target(finding: Finding, shown: Mapping[str, str]) -> str | None:
    """Return the place of a finding as links name it; None where it is not shown."""
    sheet = shown.get(finding.source_sheet or "")
    if sheet is None or finding.source_row is None:
        return None
    cell = f"{finding.source_column or 'A'}{finding.source_row}"
    return f"{quote_sheetname(sheet)}!{cell}"
