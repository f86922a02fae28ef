"""OpenDocument workbooks, web pages and XML that stand in for workbooks."""

from collections.abc import Callable
from pathlib import Path

from nasty import Nasty
from nasty.books import CODE, HEADINGS, NAME, old_book
from nasty.zips import MIB, Entry, entry, repeated, write

Build = Callable[[Path], None]

TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet"
EXCEL = "urn:schemas-microsoft-com:office:excel"


def ods_cell(text: str, attributes: str = 'office:value-type="string"') -> str:
    return f"<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>"


A_TEXT = 'office:value-type="string"'
FORMULA = 'table:formula="of:=NA()"'
ODS_ERROR = 'office:string-value="" calcext:value-type="error"'
ZERO = 'office:value="0"'


def ods_row(*cells: str, attributes: str = "") -> str:
    made = (c if c.startswith("<") else ods_cell(c) for c in cells)
    return f"<table:table-row{attributes}>{''.join(made)}</table:table-row>"


def ods(*rows: str, start: str = "", manifest: str = "", **more: Entry) -> Build:
    """An OpenDocument workbook of rows of XML below the headings."""
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>{start}<office:document-content '
        f'xmlns:office="{OFFICE}" xmlns:table="{TABLE}" xmlns:text="{TEXT}" '
        'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc">'
        '<office:body><office:spreadsheet><table:table table:name="登记">'
        f"{ods_row(*HEADINGS)}{''.join(rows)}</table:table></office:spreadsheet>"
        "</office:body></office:document-content>"
    )
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    parts = {
        "mimetype": entry(kind, 0),
        "content.xml": entry(content.encode()),
        "META-INF/manifest.xml": entry(
            f'<?xml version="1.0"?><manifest:manifest>{manifest}'
            "</manifest:manifest>".encode()
        ),
    } | {n.replace("__", "/"): e for n, e in more.items()}
    return lambda path: write(path, parts.items())


def page(body: str, charset: str = "gb2312", encoding: str = "gb18030") -> Build:
    """A web page as systems export it "to Excel"."""
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">'
    text = f'<html xmlns:x="{EXCEL}"><head>{meta}</head><body>{body}</body></html>'
    return lambda path: path.write_bytes(text.encode(encoding)) and None


def tr(*cells: str) -> str:
    made = (c if c.startswith("<") else f"<td>{c}</td>" for c in cells)
    return f"<tr>{''.join(made)}</tr>"


HEAD = tr(*HEADINGS)


def spreadsheet(
    *rows: str, start: str = "", end: str = "", encoding: str = "utf-8"
) -> Build:
    """An "XML Spreadsheet 2003" of rows of XML below the headings."""
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>{start}'
        f'<Workbook xmlns="{SPREADSHEET}" xmlns:ss="{SPREADSHEET}" xmlns:x="{EXCEL}">'
        f'<Worksheet ss:Name="登记"><Table>{xml_row(*HEADINGS)}{"".join(rows)}</Table>'
        f"</Worksheet>{end}</Workbook>"
    )
    actual = "gb18030" if encoding == "gb2312" else encoding
    return lambda path: path.write_bytes(text.encode(actual)) and None


def xml_cell(text: str, kind: str = "String", attributes: str = "") -> str:
    return f'<Cell{attributes}><Data ss:Type="{kind}">{text}</Data></Cell>'


def xml_row(*cells: str, attributes: str = "") -> str:
    made = (c if c.startswith("<") else xml_cell(c) for c in cells)
    return f"<Row{attributes}>{''.join(made)}</Row>"


def broken_off(path: Path) -> None:
    start = f'<?xml version="1.0"?><Workbook xmlns="{SPREADSHEET}"><Worksheet>'
    path.write_bytes(start.encode())


HIDDEN_SHEET = (
    '<Worksheet ss:Name="旧"><Table><Row/></Table><WorksheetOptions '
    f'xmlns="{EXCEL}"><Visible>SheetHidden</Visible></WorksheetOptions></Worksheet>'
)
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
BROKEN = {"code": "UNREADABLE", "says": ("另存为 .xlsx",)}
TOO_MUCH = {"code": "TOO_BIG", "says": ("分成几个文件",)}
WEB = {"code": "KIND_HTML", "says": ("另存为",)}
ONE = {"enterprise_name": "甲", "uscc": CODE, "source_row": 2, "fault": None}

KINDS: dict[str, Nasty] = {
    "an ods": Nasty(
        ods(
            ods_row(
                "甲",
                CODE,
                ods_cell(
                    "2024年3月5日",
                    'office:value-type="date" office:date-value="2024-03-05"',
                ),
                ods_cell("5.00", 'office:value-type="float" office:value="5"'),
            )
        ),
        "登记.ods",
        rows=[ONE | {"established_on": "2024-03-05", "capital": "5"}],
    ),
    "an ods named .xlsx": Nasty(ods(ods_row("甲", CODE)), NAME, rows=[ONE]),
    "an ods that ends in a million blank rows": Nasty(
        ods(
            ods_row("甲", CODE),
            ods_row(
                '<table:table-cell table:number-columns-repeated="16384"/>',
                attributes=' table:number-rows-repeated="1048574"',
            ),
        ),
        "登记.ods",
        rows=[ONE],
    ),
    "an ods with errors and merged cells": Nasty(
        ods(
            ods_row(
                "甲",
                CODE,
                ods_cell("#N/A", f'{FORMULA} office:value-type="string" {ODS_ERROR}'),
                ods_cell("#DIV/0!", f'{FORMULA} office:value-type="float" {ZERO}'),
            ),
            ods_row(
                ods_cell("乙", f'{A_TEXT} table:number-rows-spanned="2"'),
                CODE,
                f"<table:table-cell {FORMULA}/>",
            ),
            ods_row(
                "<table:covered-table-cell/>",
                ods_cell("", 'office:value-type="float" office:value="915201e12"'),
                ods_cell("2", f'{FORMULA} office:value-type="float" office:value="2"'),
            ),
        ),
        "登记.ods",
        rows=[
            ONE | {"established_on": "#N/A", "capital": "#DIV/0!"},
            {"enterprise_name": "乙", "established_on": "of:=NA()"},
            {"enterprise_name": "", "uscc": "9.15201e+17", "established_on": "2"},
        ],
        faults=(
            ("CELL_ERROR", "C", (2,)),
            ("CELL_ERROR", "D", (2,)),
            ("CELL_NO_VALUE", "C", (3,)),
            ("DIGITS_LOST", "B", (4,)),
            ("MERGED", "A", (4,)),
        ),
    ),
    "an ods of a thousand million errors": Nasty(
        ods(
            ods_row(
                ods_cell(
                    "x", f'{A_TEXT} {ODS_ERROR} table:number-columns-repeated="9"'
                ),
                attributes=' table:number-rows-repeated="1000000"',
            )
        ),
        "登记.ods",
        **TOO_MUCH,
    ),
    "an ods of twenty million cells": Nasty(
        ods(
            ods_row("甲", CODE),
            ods_row(
                ods_cell("x", f'{A_TEXT} table:number-columns-repeated="1000"'),
                attributes=' table:number-rows-repeated="20000"',
            ),
        ),
        "登记.ods",
        **TOO_MUCH,
    ),
    "an ods with a cell in the last row": Nasty(
        ods(
            ods_row("甲", CODE),
            ods_row(
                "<table:table-cell/>",
                attributes=' table:number-rows-repeated="1048573"',
            ),
            ods_row("乙", CODE),
        ),
        "登记.ods",
        rows=[ONE, {"enterprise_name": "乙", "source_row": 1_048_576}],
    ),
    "an ods of a thousand million cells": Nasty(
        ods(
            ods_row(
                ods_cell(
                    "x",
                    'office:value-type="string" table:number-columns-repeated="1000"',
                ),
                attributes=' table:number-rows-repeated="1000000"',
            )
        ),
        "登记.ods",
        **TOO_MUCH,
    ),
    "an ods with a DTD": Nasty(
        ods(ods_row("甲", CODE), start=LAUGHS), "登记.ods", **BROKEN
    ),
    "an ods with a password": Nasty(
        ods(manifest="<manifest:encryption-data/>"),
        "登记.ods",
        "ENCRYPTED",
        ("取消文件密码",),
    ),
    "an ods with a bomb": Nasty(
        ods(
            ods_row("甲", CODE),
            **{"styles.xml": repeated(b"<x>", b" " * MIB, 100, b"</x>")},
        ),
        "登记.ods",
        **TOO_MUCH,
    ),
    "a page named .xls": Nasty(
        page(f"<table border=1>{HEAD}{tr('甲', CODE, '&nbsp;', '1,000.00')}</table>"),
        "登记.xls",
        rows=[ONE | {"established_on": "", "capital": "1,000.00"}],
    ),
    "a page of 18 digits": Nasty(
        page(
            f"<table>{HEAD}{tr('甲', '915201007136123456')}</table>", "utf-8", "utf-8"
        ),
        "登记.xls",
        rows=[{"uscc": "915201007136123456"}],
    ),
    "a page in UTF-16": Nasty(
        page(f"<table>{HEAD}{tr('甲', CODE)}</table>", "utf-8", "utf-16"),
        "登记.xls",
        rows=[ONE],
    ),
    "a page with titles and spans": Nasty(
        page(
            "<table><tr><td colspan=4>登记表</td></tr>"
            "<tr><td rowspan=2>企业名称<td colspan=2>登记信息<td rowspan=2>注册资本"
            "<tr><td>统一社会信用代码<td>成立<br>日期</tr>"
            f"{tr('<td rowspan=2>甲</td>', CODE, '2024-03-05')}{tr(CODE, '2024-03-06')}"
            "</table>"
        ),
        "登记.xls",
        rows=[
            {"enterprise_name": "甲", "source_row": 4, "uscc": CODE},
            {"enterprise_name": "", "source_row": 5, "established_on": "2024-03-06"},
        ],
        faults=(("MERGED", "A", (5,)),),
    ),
    "a page of a table in a table": Nasty(
        page(f"<table>{HEAD}<tr><td><table>{tr('甲')}</table></td></tr></table>"),
        "登记.xls",
        **WEB,
    ),
    "a page that asks for a password": Nasty(
        page("<table><tr><td>用户名</td><td><input></td></tr></table>"), NAME, **WEB
    ),
    "a page without a table": Nasty(page("<p>500</p>"), NAME, **WEB),
    "a page in Big5": Nasty(
        page(f"<table>{HEAD}</table>", "big5", "gb18030"), NAME, **WEB
    ),
    "a page with a cell over everything": Nasty(
        page(
            "<table>"
            + "<tr><td rowspan=99999999 colspan=99999999>x</td></tr>" * 1000
            + "</table>"
        ),
        NAME,
        **TOO_MUCH,
    ),
    "a page saved as one file": Nasty(
        lambda path: path.write_bytes(b"MIME-Version: 1.0\r\nX: y\r\n") and None,
        "登记.xls",
        "KIND_ARCHIVED_PAGE",
        ("另存为",),
    ),
    "a spreadsheet in XML": Nasty(
        spreadsheet(
            xml_row(
                "甲",
                CODE,
                xml_cell("2024-03-05T00:00:00.000", "DateTime"),
                xml_cell("5", "Number"),
            ),
            end=HIDDEN_SHEET,
        ),
        "登记.xls",
        rows=[ONE | {"established_on": "2024-03-05", "capital": "5"}],
    ),
    "a spreadsheet in XML with a day that no calendar has": Nasty(
        spreadsheet(
            xml_row(
                "甲",
                CODE,
                xml_cell("10000-01-01T00:00:00.000", "DateTime"),
                xml_cell("five", "Number"),
            )
        ),
        "登记.xls",
        rows=[ONE | {"established_on": "10000-01-01T00:00:00.000", "capital": "five"}],
    ),
    "a spreadsheet in XML and GB2312": Nasty(
        spreadsheet(xml_row("甲", CODE), encoding="gb2312"), "登记.xls", rows=[ONE]
    ),
    "a spreadsheet in XML with gaps and losses": Nasty(
        spreadsheet(
            xml_row("甲", CODE, attributes=' ss:Index="5"'),
            xml_row(
                xml_cell("乙", attributes=' ss:MergeDown="1"'),
                xml_cell("9.15201007136123E+17", "Number"),
                xml_cell("#N/A", "Error"),
                '<Cell ss:Formula="=R1C1"/>',
            ),
            xml_row(xml_cell(CODE, attributes=' ss:Index="2"')),
        ),
        "登记.xls",
        rows=[
            ONE | {"source_row": 5},
            {
                "uscc": "9.15201007136123e+17",
                "established_on": "#N/A",
                "capital": "=R1C1",
            },
            {"enterprise_name": "", "uscc": CODE, "source_row": 7},
        ],
        faults=(
            ("CELL_ERROR", "C", (6,)),
            ("CELL_NO_VALUE", "D", (6,)),
            ("DIGITS_LOST", "B", (6,)),
            ("MERGED", "A", (7,)),
        ),
    ),
    "a spreadsheet in XML with a comment": Nasty(
        spreadsheet(
            xml_row(
                '<Cell><Data ss:Type="String">甲</Data>'
                "<Comment><ss:Data>看这里</ss:Data></Comment></Cell>",
                CODE,
            )
        ),
        "登记.xls",
        rows=[ONE],
    ),
    "a spreadsheet in XML that laughs": Nasty(
        spreadsheet(xml_row("&b;"), start=LAUGHS), "登记.xls", **BROKEN
    ),
    "a spreadsheet in XML in the last corner": Nasty(
        spreadsheet(
            xml_row(
                xml_cell("x", attributes=' ss:Index="16384"'),
                attributes=' ss:Index="1048576"',
            )
        ),
        "登记.xls",
        **TOO_MUCH,
    ),
    "a spreadsheet in XML that breaks off": Nasty(
        broken_off,
        "登记.xls",
        **BROKEN,
    ),
    "any XML": Nasty(
        lambda path: path.write_bytes(b'<?xml version="1.0"?><a/>') and None,
        "登记.xls",
        "KIND_XML",
        ("另存为",),
    ),
    "GBK text named .xls": Nasty(
        lambda path: (
            path.write_bytes(
                f"{','.join(HEADINGS)}\n甲,{CODE},2024-03-05,5\n".encode("gb18030")
            )
            and None
        ),
        "登记.xls",
        rows=[ONE | {"capital": "5"}],
    ),
    "UTF-16 text named .xls": Nasty(
        lambda path: (
            path.write_bytes(
                ("\t".join(HEADINGS) + f"\r\n甲\t{CODE}\t\t5\r\n").encode("utf-16")
            )
            and None
        ),
        "登记.xls",
        rows=[{"enterprise_name": "甲", "uscc": CODE}],
    ),
    "an xls of another name than it says": Nasty(
        old_book([HEADINGS, ["甲", CODE]], {}), "\u202exslx.登记\n.csv", rows=[ONE]
    ),
}
