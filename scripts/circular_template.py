"""Make the Word template of the circular (通报), which `guiji.reports.document` fills.

Run it after a change of the layout: `python scripts/circular_template.py`. The form is
that of official documents (GB/T 9704—2012): A4, margins 37/35/28/26 mm, 仿宋 16 pt.
"""

import sys
from pathlib import Path

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Mm, Pt, RGBColor
from docx.table import Table
from docx.text.paragraph import Paragraph

TARGET = Path(__file__).parent.parent / "include/guiji/reports/templates/circular.docx"
BODY, HEAD, TITLE = "仿宋_GB2312", "黑体", "方正小标宋简体"
RED = RGBColor(0xC0, 0x00, 0x00)

UNITS = (
    ("名次", "{{ r.rank }}", 1.3),
    ("单位", "{{ r.title }}", 3.7),
    ("读取记录", "{{ r.rows_read }}", 1.5),
    ("合规率", "{{ r.conformity }}", 2.3),
    ("计时记录", "{{ r.clocked }}", 1.5),
    ("迟报记录", "{{ r.late }}", 1.5),
    ("及时率", "{{ r.timeliness }}", 2.3),
    ("环比", "{{ r.change }}", 1.5),
)
CLOCKS = (
    ("种类", "{{ r.kind }}", 1.5),
    ("时限", "{{ r.limit }}", 1.8),
    ("依据", "{{ r.clause }}", 4.4),
    ("数据集", "{{ r.datasets }}", 5.1),
    ("逾期", "{{ r.breaches }}", 1.4),
    ("未完成", "{{ r.open }}", 1.4),
)
LISTS = (
    ("名单", "{{ r.title }}", 4.3),
    ("应公示", "{{ r.wanted }}", 2.2),
    ("已公示", "{{ r.shown }}", 2.2),
    ("含个人信息待更正", "{{ r.withheld }}", 2.4),
    ("未公示", "{{ r.missing }}", 2.2),
    ("公示率", "{{ r.share }}", 2.3),
)
"""Tables: heading, field and width in cm of each column; a page has room for 15.6."""


def build(target: Path) -> None:
    """Write the template."""
    document = docx.Document()
    _page(document)
    _fonts(document)
    _line(document, "{{ issuer }}", TITLE, 26, centred=True).runs[
        0
    ].font.color.rgb = RED
    _line(document, "{{ number }}", BODY, 16, centred=True)
    _rule(document)
    _line(document, "{{ title }}", TITLE, 22, centred=True)
    _line(document, "（{{ period }}）", BODY, 16, centred=True)
    _line(document, "{{ addressees }}：", BODY, 16)
    _loop(document, "opening")
    _heading(document, "一、总体情况")
    _loop(document, "overview")
    _heading(document, "二、各单位情况")
    _loop(document, "ranking")
    _table(document, "units", UNITS)
    _heading(document, "三、时限情况")
    _loop(document, "deadlines")
    _table(document, "clocks", CLOCKS)
    _heading(document, "四、名单公示核对")
    _loop(document, "lists_text")
    _table(document, "lists", LISTS)
    _heading(document, "五、表扬和点名")
    _loop(document, "named")
    _heading(document, "六、下一步要求")
    _loop(document, "required")
    _line(document, "附件：逾期清单及各项指标明细（{{ workbook }}）", BODY, 16, 2)
    for text in ("{{ issuer }}", "{{ signed_on }}"):
        _line(document, text, BODY, 16).alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _line(document, "{%p if copies_to %}", BODY, 14)
    _line(document, "抄送：{{ copies_to }}。", BODY, 14)
    _line(document, "{%p endif %}", BODY, 14)
    _heading(document, "口径与依据")
    _loop(document, "notes", size=12)
    _page_number(document)
    document.save(str(target))


def _page(document: Document) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)


def _fonts(document: Document) -> None:
    """Set the fonts of both scripts, and Chinese as the language of the text."""
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")
    style = document.styles["Normal"]
    style.font.name, style.font.size = BODY, Pt(16)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), BODY)
    style.paragraph_format.line_spacing = Pt(28)
    style.paragraph_format.space_after = Pt(0)


def _line(
    document: Document,
    text: str,
    font: str,
    size: float,
    indent: int = 0,
    *,
    centred: bool = False,
) -> Paragraph:
    paragraph = document.add_paragraph()
    _run(paragraph, text, font, size)
    paragraph.paragraph_format.first_line_indent = Pt(size * indent)
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return paragraph


def _run(paragraph: Paragraph, text: str, font: str, size: float) -> None:
    run = paragraph.add_run(text)
    run.font.name, run.font.size = font, Pt(size)
    run._element.rPr.rFonts.set(qn("w:eastAsia"), font)


def _heading(document: Document, text: str) -> None:
    paragraph = _line(document, text, HEAD, 16, 2)
    paragraph.paragraph_format.keep_with_next = True


def _loop(document: Document, name: str, size: float = 16) -> None:
    """Add a paragraph for each text of a list."""
    _line(document, f"{{%p for text in {name} %}}", BODY, size)
    _line(document, "{{ text }}", BODY, size, 2)
    _line(document, "{%p endfor %}", BODY, size)


def _table(
    document: Document, name: str, columns: tuple[tuple[str, str, float], ...]
) -> None:
    """Add a table with a row for each element of a list; its heading row repeats."""
    table = document.add_table(rows=4, cols=len(columns))
    table.style, table.autofit = "Table Grid", False
    for place, (title, field, width) in enumerate(columns):
        table.columns[place].width = Cm(width)
        for row in table.rows:
            row.cells[place].width = Cm(width)
        _cell(table, 0, place, title, HEAD)
        _cell(table, 2, place, field, BODY)
    _cell(table, 1, 0, f"{{%tr for r in {name} %}}", BODY)
    _cell(table, 3, 0, "{%tr endfor %}", BODY)
    _property(table, 0, "w:tblHeader")
    _property(table, 2, "w:cantSplit")
    document.add_paragraph()


def _cell(table: Table, row: int, column: int, text: str, font: str) -> None:
    paragraph = table.cell(row, column).paragraphs[0]
    paragraph.paragraph_format.line_spacing = Pt(18)
    _run(paragraph, text, font, 10.5)
    if row == 0:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _property(table: Table, row: int, tag: str) -> None:
    table.rows[row]._tr.get_or_add_trPr().append(OxmlElement(tag))


def _rule(document: Document) -> None:
    """Draw the red line under the head of the document."""
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.line_spacing = Pt(6)
    border = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for key, value in (
        ("val", "single"),
        ("sz", "18"),
        ("space", "1"),
        ("color", "C00000"),
    ):
        bottom.set(qn(f"w:{key}"), value)
    border.append(bottom)
    paragraph._p.get_or_add_pPr().append(border)


def _page_number(document: Document) -> None:
    """Put the number of the page into the footer, as a field."""
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        run = paragraph.add_run()
        tag = OxmlElement("w:instrText" if text else "w:fldChar")
        if text:
            tag.text = text
        else:
            tag.set(qn("w:fldCharType"), kind or "")
        run._r.append(tag)


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET)
