"""What P5 reads: a workbook of 15 columns as Excel saves it, seeded.

Eight texts, a long text, three dates, an instant and two numbers; texts are shared
strings. It is written as XML, because no library writes a hundred thousand rows in
the time that reading them takes.
"""

import zipfile
from datetime import date
from pathlib import Path
from random import Random

from guiji.core.schemas import TEXT_COLUMNS
from guiji.reading.layout import Layout

SEED = 20260920
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TITLES = (
    *("企业名称", "统一社会信用代码", "行政许可决定文书号", "许可类别", "许可决定日期"),
    *("有效期自", "有效期至", "许可内容", "许可机关", "许可机关代码", "法定代表人"),
    *("数据更新时间", "金额", "人数", "备注"),
)
LETTERS = "ABCDEFGHIJKLMNO"
DATES, INSTANTS, NUMBERS = {4, 5, 6}, {11}, {12, 13}
EPOCH = date(1899, 12, 30)
CONTENT = "经审查，申请人提交的材料齐全，符合法定形式，准予行政许可，有效期内从事经营。"


def layout() -> Layout:
    """Return the headings as the reading processes get them."""
    items = {f"item_{i}": title for i, title in enumerate(TITLES)}
    exact = {title: item for item, title in items.items()}
    return Layout(
        dataset="licence",
        title="行政许可",
        names=("licence", "行政许可"),
        items=items,
        required=("item_0", "item_1"),
        anchors=("item_0", "item_1"),
        subjects=("item_0", "item_1"),
        bodies=("item_8", "item_9"),
        keys=("item_2",),
        exact=exact,
        loose=exact,
        units={"item_12": "元"},
        dates=("item_4", "item_5", "item_6", "item_11"),
        texts=tuple(f"item_{i}" for i in (0, 1, 2, 3, 7, 8, 9, 10, 14)),
    )


def write(path: Path, rows: int) -> None:
    """Write the workbook."""
    strings = _Strings()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as file:
        with file.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(f'{PROLOG}<worksheet xmlns="{MAIN}"><sheetData>'.encode())
            sheet.write(_row(1, [strings.cell(t) for t in TITLES]).encode())
            rng = Random(SEED)
            for number in range(2, rows + 2):
                sheet.write(_row(number, _cells(rng, strings, number)).encode())
            sheet.write(b"</sheetData></worksheet>")
        file.writestr("xl/sharedStrings.xml", strings.xml())
        for name, content in PARTS.items():
            file.writestr(name, content)


class _Strings:
    """The shared strings, in order of their first use."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def cell(self, text: str) -> str:
        number = self._numbers.setdefault(text, len(self._numbers))
        return f' t="s"><v>{number}</v></c>'

    def xml(self) -> str:
        count = len(self._numbers)
        strings = "".join(f"<si><t>{t}</t></si>" for t in self._numbers)
        head = f'{PROLOG}<sst xmlns="{MAIN}" count="{count}" uniqueCount="{count}">'
        return f"{head}{strings}</sst>"


def _row(number: int, cells: list[str]) -> str:
    pairs = zip(LETTERS, cells, strict=True)
    written = "".join(f'<c r="{letter}{number}"{cell}' for letter, cell in pairs)
    return f'<row r="{number}" spans="1:15">{written}</row>'


def _cells(rng: Random, strings: _Strings, number: int) -> list[str]:
    texts = [
        f"贵阳市第{number}号{rng.choice(('商贸', '科技', '建筑'))}有限公司",
        f"91520100{rng.randrange(10**9):09}{rng.choice('ABCDEFGH')}",
        f"黔许〔2026〕{number}号",
        rng.choice(("普通", "特许", "认可", "核准", "登记")),
        *("",) * 3,
        f"{CONTENT}{rng.randrange(5000)}",
        f"贵阳市第{rng.randrange(300)}局",
        f"11520100{rng.randrange(300):09}X",
        f"张{rng.randrange(20_000)}",
        *("",) * 3,
        rng.choice(("", "续期", "变更")),
    ]
    cells = []
    for column, text in enumerate(texts):
        day = 42_000 + rng.randrange(4000)
        if column in DATES:
            cells.append(f' s="1"><v>{day}</v></c>')
        elif column in INSTANTS:
            cells.append(f' s="2"><v>{day}.{rng.randrange(10**9):09}</v></c>')
        elif column in NUMBERS:
            cells.append(f"><v>{rng.randrange(10**7) / 100}</v></c>")
        else:
            cells.append(strings.cell(text) if text else "/>")
    return cells


PROLOG = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
PARTS = {
    "[Content_Types].xml": f'{PROLOG}<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    + "".join(
        f'<Override PartName="/xl/{part}.xml" ContentType="application/vnd.'
        f'openxmlformats-officedocument.spreadsheetml.{kind}+xml"/>'
        for part, kind in (
            ("workbook", "sheet.main"),
            ("worksheets/sheet1", "worksheet"),
            ("styles", "styles"),
            ("sharedStrings", "sharedStrings"),
        )
    )
    + "</Types>",
    "_rels/.rels": f'{PROLOG}<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'{PROLOG}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
    '<sheet name="许可" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f"{PROLOG}<Relationships "
    f'xmlns="{PACKAGE}/relationships">'
    + "".join(
        f'<Relationship Id="rId{i}" Type="{OFFICE}/{kind}" Target="{part}.xml"/>'
        for i, (kind, part) in enumerate(
            (
                ("worksheet", "worksheets/sheet1"),
                ("styles", "styles"),
                ("sharedStrings", "sharedStrings"),
            ),
            1,
        )
    )
    + "</Relationships>",
    "xl/styles.xml": f'{PROLOG}<styleSheet xmlns="{MAIN}">'
    '<fonts count="1"><font/></fonts>'
    '<fills count="1"><fill><patternFill patternType="none"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/>'
    '</cellStyleXfs><cellXfs count="3"><xf xfId="0"/><xf numFmtId="14" xfId="0" '
    'applyNumberFormat="1"/><xf numFmtId="22" xfId="0" applyNumberFormat="1"/>'
    "</cellXfs></styleSheet>",
}
COLUMNS = len(TEXT_COLUMNS) + len(TITLES)
"""Columns of the text table that must come out."""
