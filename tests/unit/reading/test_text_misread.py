"""A line of another encoding is put into quarantine; rare characters are not."""

import csv
from pathlib import Path

import pytest
from reading_samples import CODE, Drop

from guiji.reading.texts import misread
from guiji.reading.texts.misread import is_misread

REAL = Path(__file__).parents[4] / "shared" / "data" / "real"
HEAD = "企业名称,统一社会信用代码,住所\n"
GOOD = f"贵阳恒达商贸有限公司,{CODE},中华路1号\n"

FOREIGN = [
    ("big5", "貴陽市科技股份有限公司", "中華路一段"),
    ("big5", "王小明", "x"),
    ("big5", "台灣積體電路", "新竹"),
    ("big5", "李淑芬", "x"),
    ("big5", "潘玲科技有限公司", "x"),
    ("big5", "陳淑玲", "x"),
    ("big5", "林家榮", "x"),
    ("big5", "彭淑華", "x"),
    ("euc_kr", "김민수", "x"),
    ("euc_kr", "이영희", "x"),
    ("euc_kr", "최준", "x"),
    ("cp1252", "Müller GmbH", "Köln"),
    ("cp1252", "São Paulo", "x"),
    ("cp1252", "Øresund", "x"),
    ("cp1252", "Crédit Agricole", "Paris"),
    ("cp1252", "L’Oréal", "Rue Royale"),
    ("euc_kr", "주식회사 한국전자", "서울특별시 강남구"),
    ("euc_kr", "유한회사", "x"),
    ("cp932", "株式会社トヨタ", "愛知県豊田市"),
    ("cp932", "日本電気", "東京都港区"),
    ("cp932", "ソニー", "x"),
]


@pytest.mark.parametrize(("encoding", "name", "place"), FOREIGN)
@pytest.mark.parametrize("many", [1, 30_000])
def test_a_line_of_another_encoding_is_a_fault_of_its_row(
    drop: Drop, encoding: str, name: str, place: str, many: int
) -> None:
    if many > 1 and place == "x":
        pytest.skip("one file of several blocks for each encoding is enough")
    line = f"{name},{CODE},{place}\n".encode(encoding)
    good = GOOD.encode("gb18030") * many
    _, rows = drop.read(HEAD.encode("gb18030") + good + line + good)
    faults = {r["source_row"]: r["fault"] for r in rows if r["fault"]}
    assert faults == {many + 2: "OTHER_ENCODING"}
    assert len(rows) == 2 * many + 1


@pytest.mark.parametrize("wrong", ["gb18030", "cp1252"])
def test_a_line_that_was_decoded_wrongly_before_is_a_fault(
    drop: Drop, wrong: str
) -> None:
    name = "贵州建设公司" if wrong == "gb18030" else "资产重组"
    raw = name.encode()
    broken = raw.decode(wrong) if wrong == "gb18030" else "".join(map(_latin, raw))
    _, rows = drop.text(HEAD + GOOD + f"{broken},{CODE},x\n" + GOOD)
    assert [r["fault"] for r in rows] == [None, "OTHER_ENCODING", None]


def _latin(byte: int) -> str:
    return bytes([byte]).decode("cp1252", "ignore") or chr(byte)


@pytest.mark.parametrize(
    "name",
    [
        *("王堃淼", "李珺珺", "陈䶮", "㛃㸙", "𠮷田𬭎", "喆玥昇", "邬鑫垚", "璟瑄"),
        *(
            "甲\ue5f1",
            "の",
            "カフェ",
            "ABC門",
            "Café中文",
            "KTV會所",
            "αβγ",
            "カフェコーヒー",
        ),
        *(
            "王玥珺",
            "海琡琎",
            "冠明",
            "沥青",
            "陳淑玲",
            "金秀贤",
            "弥勒佛",
            "归真堂",
            "快客",
        ),
        *("李", "乙", "①②③④", "〇〇七", "Ⅻ", "張學華", "臺灣會館", "龍鳳呈祥"),
    ],
)
@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_rare_characters_are_read(drop: Drop, name: str, encoding: str) -> None:
    content = HEAD + f"{name},{CODE},x\n" + GOOD
    _, rows = drop.read(content.encode(encoding))
    assert [r["enterprise_name"] for r in rows] == [name, "贵阳恒达商贸有限公司"]


def test_a_short_line_of_utf8_in_a_file_of_gbk_is_read(drop: Drop) -> None:
    line = (
        f"甲䶮,{CODE},x\n".encode()
    )  # in GB18030 two of three are everyday characters
    good = GOOD.encode("gb18030")
    reading, rows = drop.read(HEAD.encode("gb18030") + good + line + good)
    assert [r["enterprise_name"] for r in rows][1] == "甲䶮"
    assert [remark.code for remark in reading.remarks] == ["MIXED_ENCODING"]


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_line_ends_of_both_kinds_end_a_line(drop: Drop, end: str) -> None:
    """A line counts by itself, though its neighbours have familiar characters."""
    good = HEAD + GOOD + f'"甲\r\n乙\r丙\n丁",{CODE},x\n'
    line = f"甲\ufeff,{CODE},x\n".encode()
    content = (good.encode("gb18030") + line + GOOD.encode("gb18030")).replace(
        b"x\n", b"x" + end.encode()
    )
    _, rows = drop.read(content)
    assert "甲\ufeff" in [r["enterprise_name"] for r in rows]


def test_korean_in_a_file_of_utf8_is_not_taken_for_chinese(drop: Drop) -> None:
    line = f"주식회사 한국전자,{CODE},x\n".encode("euc_kr")
    _, rows = drop.read((HEAD + GOOD).encode() + line + GOOD.encode())
    assert [r["fault"] for r in rows] == [None, "BAD_ENCODING", None]


RARE = (
    "珺玥瑄璟堃喆淼垚鑫昇晟瑢玘珂琬珩璐琰瑾瑜珉珮玮玥瑀璇䶮㛃煊炘烜烨焱燚赟翀翾翯菡苒"
    "骁骅骐骥"
)
SURNAMES = (
    "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
    "苏卢"
)


def test_no_name_with_rare_characters_is_misread() -> None:
    names = [a + b + c for a in SURNAMES for b in RARE for c in ("", *RARE)]
    assert len(names) > 80_000
    assert [name for name in names if is_misread(f"{name},2020-01-02")] == []


def test_familiar_characters_cannot_be_korean_syllables() -> None:
    assert all(sign.encode("gb2312")[0] > 0xC8 for sign in misread.FAMILIAR)


def test_no_name_of_a_real_register_is_misread() -> None:
    if not REAL.is_dir():
        pytest.skip("the registers are not here")
    for path in sorted(REAL.glob("*.csv")):
        text = path.read_text("utf-8-sig")
        lines = text.splitlines()
        cells = {cell for row in csv.reader(lines) for cell in row}
        assert [x for x in (*lines, *cells) if is_misread(x)] == []
