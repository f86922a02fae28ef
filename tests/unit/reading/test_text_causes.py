"""A text file that is refused is told what it is, and what to do."""

import pytest
from reading_samples import CODE, Drop

from guiji.core.errors import BatchRefused

TITLES = ["企业名称", "统一社会信用代码", "成立日期", "住所"]
ROW = ["贵阳甲公司", CODE, "2020-01-02", "中华路1号"]
ROWS = [TITLES, *[ROW] * 5]


def text(mark: str = ",", quote: str = "") -> str:
    return "".join(mark.join(f"{quote}{c}{quote}" for c in r) + "\n" for r in ROWS)


def wholly_quoted() -> str:
    return "".join(f'"{line}"\n' for line in text().splitlines())


HEAD, BELOW = text().split("\n", 1)
ABOVE = "".join(f"说明第{i}条\n" for i in range(31))
CASES = {
    "blanks": (text(" "), "空格"),
    "many blanks": (text("    "), "空格"),
    "full-width blanks": (text("\u3000"), "全角空格"),
    "colons": (text(":"), "冒号"),
    "full-width colons": (text("："), "全角冒号"),
    "hashes": (text("#"), "“#”"),
    "lines in quotes": (wholly_quoted(), "每一整行都被一对引号括起"),
    "lines in quotes, tabs": (wholly_quoted().replace(",", "\t"), "每一整行"),
    "UTF-32": (text().encode("utf-32"), "UTF-32"),
    "UTF-32 without a mark": (text().encode("utf-32-le"), "UTF-32"),
    "UTF-32, big end first": (text().encode("utf-32-be"), "UTF-32"),
    "a heading row too far below": (ABOVE + text(), "表头在第 32 行"),
    "and some headings above": (
        "企业名称,成立日期\n" + ABOVE + text(),
        "表头在第 33 行",
    ),
    "the same in GBK": ((ABOVE + text()).encode("gbk"), "表头在第 32 行"),
    "a quote that opens": (f'"{text()}', "第 1 行（表头行）的引号"),
    "a quote that opens a later heading": (
        text().replace(",成立", ',"成立', 1),
        "第 1 行（表头行）的引号",
    ),
    "a quote in a heading": (text().replace("统一", '统"一', 1), "的引号不成对"),
    "a heading quoted by half": (
        text(quote='"').replace('统一社会信用代码"', "统一社会信用代码", 1),
        "的引号不成对",
    ),
    "two headings in one": (
        text().replace("企业名称,", "企业名称", 1),
        "中有“企业名称、统一社会信用代码”，但与相邻的内容连在一起",
    ),
    "two headings with another sign between": (
        text().replace("企业名称,", "企业名称/", 1),
        "连在一起",
    ),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", ["报送.csv", "企业登记信息.csv"])
def test_a_refusal_names_its_cause(drop: Drop, case: str, name: str) -> None:
    content, said = CASES[case]
    whole = content.encode() if isinstance(content, str) else content
    with pytest.raises(BatchRefused) as caught:
        drop.read(whole, name=name)
    assert caught.value.code in {"UNKNOWN_FILE", "HEADINGS"}
    assert said in caught.value.notice
    assert name in caught.value.notice
    assert "缺少：企业名称" not in caught.value.notice
    assert caught.value.remedy.startswith("请")


def test_a_heading_that_is_not_there_is_missing(drop: Drop) -> None:
    content = text(quote='"').replace("统一社会信用代码", "代码")
    with pytest.raises(BatchRefused) as caught:
        drop.text(content, name="企业登记信息.csv")
    assert "缺少：统一社会信用代码" in caught.value.notice


def test_one_heading_missing_and_another_hidden_are_both_named(drop: Drop) -> None:
    content = "企业名称成立日期,注册资本,企业类型,住所\n" + "甲,1,2,3\n" * 3
    with pytest.raises(BatchRefused) as caught:
        drop.text(content, name="企业登记信息.csv")
    assert "中有“企业名称”" in caught.value.notice
    assert "另缺少：统一社会信用代码" in caught.value.notice


def test_headings_in_another_line_are_not_said_to_be_missing(drop: Drop) -> None:
    content = "统一社会信用代码\n企业名称,成立日期\n甲,2020-01-02\n"
    with pytest.raises(BatchRefused, match="HEADINGS") as caught:
        drop.text(content, name="企业登记信息.csv")
    assert "不在表头行：统一社会信用代码（第 1 行）" in caught.value.notice
    assert "缺少" not in caught.value.notice
