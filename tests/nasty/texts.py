"""Nasty text files: damaged, disguised, endless, and with names that hurt."""

from collections.abc import Callable
from pathlib import Path

from nasty import Nasty

CODE = "91520100K5K7MEAE3L"
HEAD = "企业名称,统一社会信用代码,成立日期\n"
GOOD = f"甲,{CODE},2020-01-02\n"
NAME = "企业登记信息.csv"
MIB = 1 << 20

Row = dict[str, str | int | None]
UNREAD = ("模板",)
FIRST: Row = {"source_row": 2, "fault": None, "enterprise_name": "甲", "uscc": CODE}


def bad(row: int, fault: str) -> Row:
    """A row in quarantine."""
    return {"source_row": row, "fault": fault, "enterprise_name": None}


def good(row: int, name: str = "甲", code: str = CODE) -> Row:
    """A row that was read."""
    return {"source_row": row, "fault": None, "enterprise_name": name, "uscc": code}


def of(content: str | bytes) -> Callable[[Path], object]:
    """Write text in UTF-8, or bytes."""
    whole = content.encode() if isinstance(content, str) else content
    return lambda path: path.write_bytes(whole)


def refused(
    content: str | bytes, code: str, *says: str, name: str = "报送.csv"
) -> Nasty:
    return Nasty(of(content), name, code, says)


def read(
    content: str | bytes,
    *rows: Row,
    name: str = NAME,
    count: int | None = None,
    remarks: tuple[str, ...] = (),
    faults: tuple[tuple[str, str, tuple[int, ...]], ...] = (),
) -> Nasty:
    return Nasty(
        of(content), name, rows=rows, count=count, remarks=remarks, faults=faults
    )


BIG5 = "企業名稱,統一社會信用代碼,成立日期\n貴陽市科技股份有限公司,x,y\n".encode("big5")
WIDE = ",".join(f"附加{i}" for i in range(5000))
REFUSED: dict[str, Nasty] = {
    "nothing": refused("", "EMPTY_FILE", "零报告"),
    "blanks only": refused(" \r\n\t\n", "EMPTY_FILE", "零报告"),
    "zero bytes only": refused(b"\0" * 100, "EMPTY_FILE", "零报告"),
    "a megabyte of zero bytes": refused(b"\0" * MIB, "EMPTY_FILE", "零报告"),
    "delimiters only": refused(",,,\n" * 1000, "EMPTY_FILE", "零报告"),
    "a mark only": refused(b"\xef\xbb\xbf", "EMPTY_FILE", "零报告"),
    "noise": refused(bytes(i * i * 7 % 251 + 1 for i in range(MIB)), "UNKNOWN_FILE"),
    "no headings": refused(GOOD * 3, "UNKNOWN_FILE", *UNREAD),
    "Big5": refused(BIG5, "BIG5", "Big5", "UTF-8"),
    "Big5 below codes": refused(
        b"USCC,ENTERPRISE_NAME\n" + "x,貴陽市科技股份有限公司\n".encode("big5") * 3,
        "BIG5",
        "Big5",
    ),
    "Shift JIS": refused(
        "会社名,日付\nあいう,えお\n".encode("shift_jis"), "UNKNOWN_FILE"
    ),
    "UTF-32": refused((HEAD + GOOD).encode("utf-32"), "UNKNOWN_FILE", *UNREAD),
    "EBCDIC": refused(b"\xc1\xc2\xc3\x6b\xc4\x25" * 50, "UNKNOWN_FILE"),
    "JSON": refused('[{"企业名称": "甲"}]\n', "UNKNOWN_FILE", *UNREAD),
    "headings without an end": refused(
        HEAD.replace("\n", "\u2028") + GOOD, "UNKNOWN_FILE", *UNREAD
    ),
    "headings that open a quote": refused('"' + HEAD + GOOD, "UNKNOWN_FILE", *UNREAD),
    "a heading twice": refused(
        "企业名称,统一社会信用代码,企业名称\n", "HEADINGS", "只保留一列", name=NAME
    ),
    "five thousand columns": refused(
        f"{HEAD.rstrip()},{WIDE}\n{GOOD.rstrip()}{',' * 5000}\n", "HEADINGS", name=NAME
    ),
    "a required heading less": refused(
        "企业名称,成立日期\n", "HEADINGS", "统一社会信用代码", name=NAME
    ),
    "a line without an end": refused(
        HEAD + "甲" * (2 * MIB), "LINE_TOO_LONG", "第 2 行", "换行", name=NAME
    ),
    "a name of another place": refused(
        GOOD, "UNKNOWN_FILE", name="../../etc/passwd.csv"
    ),
    "a name that turns round": refused(
        GOOD, "UNKNOWN_FILE", name="甲\u202evsc.exe.csv"
    ),
    "a name of two lines": refused(GOOD, "UNKNOWN_FILE", name="甲\n乙.csv"),
    "a name of 250 bytes": refused(GOOD, "UNKNOWN_FILE", name="名" * 82 + ".csv"),
    "a name in GBK": refused(
        GOOD, "UNKNOWN_FILE", name=b"\xb9\xf3.csv".decode("utf-8", "surrogateescape")
    ),
}  # fmt: skip
CHAIN = 'b","c\n'
READ: dict[str, Nasty] = {
    "headings only": read(HEAD, count=0),
    "two marks": read(b"\xef\xbb\xbf" * 2 + (HEAD + GOOD).encode(), FIRST),
    "a mark in the middle": read(
        HEAD + GOOD + "\ufeff" + GOOD, FIRST, good(3, "\ufeff甲")
    ),
    "no line end at the end": read(
        HEAD + GOOD.rstrip(), FIRST, remarks=("NO_FINAL_NEWLINE",)
    ),
    "torn off within a character": read(
        (HEAD + GOOD).encode() + "乙".encode()[:2],
        FIRST,
        bad(3, "BAD_ENCODING"),
        remarks=("NO_FINAL_NEWLINE",),
    ),
    "marks of text for spreadsheets": read(
        f'{HEAD}甲,="{CODE}",x\n甲,\'{CODE},x\n甲,"\t{CODE}",x\n',
        good(2, code=f'="{CODE}"'),
        good(3, code=f"'{CODE}"),
        good(4, code=f"\t{CODE}"),
    ),
    "a formula": read(
        f"{HEAD}=cmd|' /C calc'!A0,{CODE},x\n", good(2, "=cmd|' /C calc'!A0")
    ),
    "lost digits": read(
        f"{HEAD}甲,9.15201E+17,x\n",
        good(2, code="9.15201E+17"),
        faults=(("DIGITS_LOST", "B", (2,)),),
    ),
    "private use": read(
        f"{HEAD}甲\ue5f1,{CODE},x\n", good(2, "甲\ue5f1"), remarks=("PRIVATE_USE",)
    ),
    "letters that turn round": read(
        f"{HEAD}甲\u202e乙,{CODE},x\n", good(2, "甲\u202e乙")
    ),
    "characters of four bytes": read(
        f"{HEAD}甲𬭎😀,{CODE},x\n".encode("gb18030"), good(2, "甲𬭎😀")
    ),
    "a euro of code page 936": read(
        (HEAD + GOOD).encode("gbk") + b"\x80" + GOOD.encode("gbk"),
        FIRST,
        bad(3, "BAD_ENCODING"),
    ),
    "a surrogate in UTF-8": read(
        (HEAD + GOOD).encode() + b"\xed\xa0\x80" + GOOD.encode(),
        FIRST,
        bad(3, "BAD_ENCODING"),
    ),
    "a slash written too long": read(
        (HEAD + GOOD).encode() + b"\xc0\xaf" + GOOD.encode(),
        FIRST,
        bad(3, "BAD_ENCODING"),
    ),
    "half a surrogate in UTF-16": read(
        (HEAD + GOOD).encode("utf-16") + b"\x00\xd8" + GOOD.encode("utf-16-le"),
        FIRST,
        bad(3, "CHARS_LOST"),
    ),
    "an odd byte at the end of UTF-16": read(
        (HEAD + GOOD).encode("utf-16") + b"x",
        FIRST,
        bad(3, "CHARS_LOST"),
        remarks=("NO_FINAL_NEWLINE",),
    ),
    "lines of two encodings": read(
        (HEAD + GOOD).encode() + f"贵阳恒达公司,{CODE},x\n".encode("gbk"),
        FIRST,
        good(3, "贵阳恒达公司"),
        remarks=("MIXED_ENCODING",),
    ),
    "GBK that is UTF-8, too": read(
        b"ENTERPRISE_NAME,USCC\n" + f"莫邪,{CODE}\n".encode("gbk"), good(2, "莫邪")
    ),
    "zero bytes at the end": read(
        (HEAD + GOOD).encode() + b"\0" * 1000,
        FIRST,
        remarks=("ZERO_BYTES_AT_END",),
    ),
    "a million empty lines": read(HEAD + "\n" * MIB + GOOD, good(MIB + 2)),
    "a line of a million delimiters": read(
        HEAD + "x" + "," * MIB + "x\n" + GOOD, bad(2, "RAGGED_LONG"), good(3)
    ),
    "a cell of a megabyte": read(
        f"{HEAD}{'甲' * 300_000},{CODE},x\n", good(2, "甲" * 300_000)
    ),
    "a quote that never closes": read(
        f'{HEAD}"{GOOD}' + GOOD * 100_000, bad(2, "BAD_QUOTES"), count=100_001
    ),
    "quotes that never close": read(HEAD + ('"' + GOOD) * 30_000, count=30_000),
    "a chain of quotes": read(HEAD + CHAIN * 20_000, count=20_000),
    "quotes in fours": read(HEAD + '"""",\n' * 20_000, count=20_000),
    "line ends in cells": read(
        f'{HEAD}"甲\n\n",{CODE},"\r\n"\n' + GOOD, good(2, "甲\n\n"), good(3)
    ),
    "carriage returns only": read(
        (HEAD + GOOD * 50_000).replace("\n", "\r"), FIRST, count=50_000
    ),
    "tables one below the other": read(
        HEAD + GOOD + "\n统一社会信用代码,成立日期,企业名称\n" + GOOD,
        FIRST,
        bad(4, "OTHER_TABLE"),
        bad(5, "OTHER_TABLE"),
    ),
    "a wrong ending": read(HEAD + GOOD, FIRST, name="企业登记信息.exe"),
    "a good name of 250 bytes": read(HEAD + GOOD, FIRST, name=NAME + "名" * 78),
}  # fmt: skip
KINDS = {**REFUSED, **READ}
