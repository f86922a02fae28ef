"""Which dataset a file is, and which heading is which item."""

import pytest
from nasty.books import by_openpyxl
from openpyxl import Workbook
from reading_samples import ALL, CODE, LICENCE, PENALTY, REGISTRATION, Drop

from guiji.catalog.model import ExcludedData
from guiji.core.errors import BatchRefused

REGISTERED = f"企业名称,统一社会信用代码,成立日期\n甲,{CODE},2020-01-02\n"
PENALISED = (
    "行政相对人名称,行政相对人代码_1（统一社会信用代码）,处罚决定日期,"
    f"行政处罚决定书文号\n甲,{CODE},2020-01-02,〔2020〕1号\n"
)


def refusal(drop: Drop, content: str, **options: object) -> BatchRefused:
    with pytest.raises(BatchRefused) as caught:
        drop.text(content, **options)
    assert caught.value.notice
    assert caught.value.remedy
    assert not list(drop.out.glob("*"))
    return caught.value


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("2026-11.csv", REGISTERED, "enterprise_registration"),
        ("2026-11.csv", PENALISED, "administrative_penalty"),
        ("行政处罚信息2026年11月.csv", PENALISED, "administrative_penalty"),
        ("Enterprise_Registration-1.csv", REGISTERED, "enterprise_registration"),
    ],
)
def test_recognises_by_name_or_headings(
    drop: Drop, name: str, content: str, expected: str
) -> None:
    reading, _ = drop.text(content, name=name)
    assert reading.dataset == expected


@pytest.mark.parametrize(
    "headings",
    [
        "企 业\u3000名称*,【必填】统一社会信用代码（18位）,ESTABLISHED_ON：",
        "单位名称,uscc,注册日期(YYYY-MM-DD)",
        '"企业\n名称",统一社会信用代码※,成立日期',
    ],
)
def test_headings_are_matched_as_people_write_them(drop: Drop, headings: str) -> None:
    reading, _ = drop.text(f"{headings}\n甲,{CODE},2020-01-02\n")
    assert [c.item for c in reading.sheets[0].columns] == [
        "enterprise_name",
        "uscc",
        "established_on",
    ]


BOTH = [
    "企业名称\nENTERPRISE_NAME",
    "uscc / 统一社会信用代码（18位）",
    "ESTABLISHED_ON\r\n成立日期*",
]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_name_and_its_code_may_share_a_heading(drop: Drop, form: str) -> None:
    rows = [BOTH, ["甲", CODE, "2020-01-02"], BOTH, ["乙", CODE, "2020-01-02"]]
    if form == "csv":
        lines = [",".join(f'"{cell}"' for cell in row) for row in rows]
        reading, table = drop.text("\n".join(lines))
    else:
        by_openpyxl(rows)(drop.folder / "a")
        reading, table = drop.read(drop.folder / "a", "报送.xlsx")
    items = [c.item for c in reading.sheets[0].columns]
    assert items == ["enterprise_name", "uscc", "established_on"]
    assert [row["enterprise_name"] for row in table] == ["甲", "乙"]


@pytest.mark.parametrize("cell", ["成立日期\nDOMICILE", "成立日期\n登记机关"])
def test_a_name_and_the_code_of_another_item_are_no_heading(
    drop: Drop, cell: str
) -> None:
    by_openpyxl([["企业名称", "统一社会信用代码", cell], ["甲", CODE, "x"]])(
        drop.folder / "a"
    )
    reading, _ = drop.read(drop.folder / "a", "报送.xlsx")
    assert reading.sheets[0].columns[2].item is None


@pytest.mark.parametrize(
    "headings",
    [
        "1.企业名称,2、统一社会信用代码,③成立日期,注册资本/万元",
        "“企业名称”,【统一社会信用代码】,《成立日期》,注册资本万元",
        "企业名称 Enterprise Name,统一社会信用代码USCC,成立日期(Date),注册资本_万元",
        "企业名称；,统一社会信用代码。,[成立日期],注册资本（单位：人民币万元）",
    ],
)
def test_numbers_marks_translations_and_units_do_not_hide_a_heading(
    drop: Drop, headings: str
) -> None:
    reading, rows = drop.text(f"{headings}\n甲,{CODE},2020-01-02,5\n")
    assert [c.item for c in reading.sheets[0].columns] == [
        *("enterprise_name", "uscc", "established_on", "capital")
    ]
    assert rows[0]["capital"] == "5"


def test_codes_of_the_standard_are_headings(drop: Drop) -> None:
    reading, _ = drop.text("CF_XDR_MC,CF_XDR_SHXYM,DECIDED_ON,CF_WSH\na,b,c,d\n")
    assert reading.dataset == "administrative_penalty"


def test_a_file_named_for_another_departments_dataset(drop: Drop) -> None:
    error = refusal(
        drop,
        PENALISED,
        name="行政处罚信息.csv",
        candidates=[REGISTRATION],
        others=[PENALTY],
    )
    assert error.code == "WRONG_DEPARTMENT"
    assert "行政处罚信息" in error.notice


def test_headings_of_another_departments_dataset(drop: Drop) -> None:
    error = refusal(drop, PENALISED, candidates=[REGISTRATION], others=ALL)
    assert error.code == "WRONG_DEPARTMENT"


def test_missing_required_headings_are_named(drop: Drop) -> None:
    error = refusal(drop, "企业名称,成立日期,网址\n甲,2020-01-02,http\n")
    assert error.code == "HEADINGS"
    assert "缺少：统一社会信用代码；未识别：网址" in error.notice


def test_a_file_named_for_its_dataset_with_quite_other_headings(drop: Drop) -> None:
    error = refusal(drop, "姓名,电话,企业名称\n张,1,甲\n", name="行政处罚信息.csv")
    assert error.code == "HEADINGS"
    assert "行政相对人名称、处罚决定日期、行政处罚决定书文号" in error.notice


def test_a_file_named_for_one_dataset_with_headings_of_another(drop: Drop) -> None:
    error = refusal(
        drop,
        PENALISED,
        name="企业登记信息.csv",
        candidates=[REGISTRATION, PENALTY],
    )
    assert error.code == "HEADINGS"
    assert "“企业登记信息”" in error.notice
    assert "“行政处罚信息”" in error.notice
    assert "缺少" not in error.notice


def test_a_file_like_no_dataset(drop: Drop) -> None:
    error = refusal(drop, "姓名,电话\n张三丰,13800000000\n")
    assert error.code == "UNKNOWN_FILE"
    assert "企业登记信息、行政处罚信息、行政许可信息" in error.notice
    assert "张三丰" not in error.notice + str(error)


def test_a_file_without_headings(drop: Drop) -> None:
    assert refusal(drop, f"甲,{CODE},2020-01-02\n").code == "UNKNOWN_FILE"


def test_equal_fits_are_told_apart_by_the_title_or_asked_back(drop: Drop) -> None:
    twin = LICENCE.model_copy(update={"id": "other_licence", "title": "其他许可"})
    content = "行政相对人名称,许可决定日期,行政许可决定书文号\n甲,2020-01-02,1号\n"
    error = refusal(drop, content, candidates=[LICENCE, twin])
    assert error.code == "UNKNOWN_FILE"
    assert "行政许可信息、其他许可" in error.notice
    reading, _ = drop.text(f"其他许可归集表\n{content}", candidates=[LICENCE, twin])
    assert reading.dataset == "other_licence"


def test_two_columns_of_one_item_are_asked_back(drop: Drop) -> None:
    error = refusal(drop, f"企业名称,单位名称,统一社会信用代码\n甲,乙,{CODE}\n")
    assert error.code == "HEADINGS"
    assert "第 A、B 列都是“企业名称”" in error.notice


def test_a_remark_does_not_take_the_place_of_the_plain_heading(drop: Drop) -> None:
    content = f"企业名称（曾用名）,企业名称,统一社会信用代码\n旧,新,{CODE}\n"
    _, rows = drop.text(content)
    assert rows[0]["enterprise_name"] == "新"


@pytest.mark.parametrize(
    ("unit", "fits"),
    [
        ("万元", True),
        ("单位：万元", True),
        ("元", False),
        ("千元", False),
        ("人民币元", False),
        ("万美元", False),
    ],
)
def test_a_unit_in_the_heading_must_be_the_catalogues(
    drop: Drop, unit: str, fits: bool
) -> None:
    content = f"企业名称,统一社会信用代码,注册资金（{unit}）\n甲,{CODE},5\n"
    if fits:
        assert drop.text(content)[1][0]["capital"] == "5"
    else:
        error = refusal(drop, content)
        assert error.code == "HEADINGS"
        assert "单位" in error.notice


def test_two_heading_rows_in_a_text_file(drop: Drop) -> None:
    reading, rows = drop.text(
        "序号,企业信息,,注册日期\n"
        ",企业名称,统一社会信用代码,\n"
        f"1,甲,{CODE},2020-01-02\n"
    )
    assert reading.sheets[0].header_row == 2
    assert rows[0]["established_on"] == "2020-01-02"
    assert rows[0]["source_row"] == 3


YEARLY = ExcludedData(
    title="企业统计年报", aliases=("统计抽查检查结果信息",), clause="实施方案 三"
)


@pytest.mark.parametrize("suffix", [".csv", ".pdf"])
def test_data_that_is_not_collected_is_refused_by_its_name(
    drop: Drop, suffix: str
) -> None:
    name = f"企业统计年报2026{suffix}"
    error = refusal(drop, REGISTERED, name=name, excluded=[YEARLY])
    assert error.code == "EXCLUDED"
    assert "企业统计年报" in error.notice
    assert "实施方案 三" in error.notice


@pytest.mark.parametrize("form", ["csv", "title", "sheet"])
def test_data_that_is_not_collected_is_refused_by_its_title(
    drop: Drop, form: str
) -> None:
    title = "统计抽查检查结果信息（2026年）"
    rows = [line.split(",") for line in REGISTERED.splitlines()]
    if form == "csv":
        error = refusal(drop, f"{title}\n{REGISTERED}", excluded=[YEARLY])
    else:
        above = [[title]] if form == "title" else []
        sheet = title if form == "sheet" else "数据"

        def name_sheet(book: Workbook) -> None:
            book.active.title = sheet

        by_openpyxl([*above, *rows], name_sheet)(drop.folder / "a")
        with pytest.raises(BatchRefused) as caught:
            drop.read(drop.folder / "a", "报送.xlsx", excluded=[YEARLY])
        error = caught.value
    assert error.code == "EXCLUDED"


def test_a_longer_name_of_a_dataset_is_not_excluded(drop: Drop) -> None:
    short = ExcludedData(title="企业", clause="实施方案 三")
    reading, _ = drop.text(REGISTERED, name="企业登记信息.csv", excluded=[short])
    assert reading.dataset == "enterprise_registration"
