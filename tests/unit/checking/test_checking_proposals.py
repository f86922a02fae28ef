"""Proposals for wrong credit codes: made from the register by name, never applied.

The codes are those of public enterprises; of individual businesses they are made up.
"""

import csv
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from registers import register_of
from small_penalty import (
    BATCH,
    make_catalog,
    make_dataset,
    reading_of,
    text_table,
    typed_table,
)

from guiji.catalog.model import Code, CodeList, Dataset, Subject
from guiji.checking import proposals
from guiji.checking.register import Register
from guiji.checking.validator import Validator
from guiji.core.schemas import FINDINGS
from guiji.core.settings import Settings
from guiji.domain import uscc

ANNEX = Path(__file__).parents[4] / "shared" / "data" / "uscc_testset.csv"
HUAWEI = "914403001922038216"
HUAWEI_NAME = "华为技术有限公司"
MOUTAI = "9152000071430580XT"
MOUTAI_NAME = "贵州茅台酒股份有限公司"
STALL = "92520100MA6TEST077"
STALL_NAME = "南明区老王小吃店"
PERSON = "11010519491231002X"

CATEGORIES = CodeList(
    values=(
        Code(code="1", title="法人及非法人组织"),
        Code(code="2", title="自然人"),
        Code(code="3", title="个体工商户"),
    )
)


@pytest.fixture
def dataset() -> Dataset:
    about = Subject(
        name="name", uscc="uscc", person_id="person_no", category="category"
    )
    kinds = make_dataset().codes["kinds"]
    lists = {"categories": CATEGORIES, "kinds": kinds}
    return make_dataset(subject=about, codes=lists)


@pytest.fixture
def register(tmp_path: Path) -> Register:
    return register_of(
        tmp_path,
        (HUAWEI, HUAWEI_NAME),
        (MOUTAI, MOUTAI_NAME),
        (MOUTAI, "贵州茅台酒厂(集团)"),  # a former name
        (STALL, STALL_NAME),
    )


def damaged(code: str, name: str, **more: Any) -> dict[str, Any]:
    normal = uscc.normalise(pa.array([code]))
    return {
        "name": name,
        "uscc": None,
        "uscc__raw": code,
        "uscc__ok": False,
        "uscc__level": uscc.classify(normal)[0].as_py(),
        **more,
    }


def proposed(
    dataset: Dataset, register: Register | None, *rows: dict[str, Any]
) -> list[str | None]:
    typed = typed_table(dataset, list(rows))
    found = typed.select(["source_sheet", "source_row"]).append_column(
        "rule_id", pa.repeat(pa.scalar(proposals.rule(dataset)), len(rows))
    )
    for field in FINDINGS:
        if field.name not in found.column_names:
            found = found.append_column(field, pa.nulls(len(rows), field.type))
    catalog = make_catalog(dataset)
    told = proposals.propose(dataset, catalog, typed, found, register)
    return told["proposal"].to_pylist()


@pytest.mark.duty("FJ4")
@pytest.mark.parametrize(
    ("code", "name", "meant"),
    [
        ("914403001922038000", HUAWEI_NAME, HUAWEI),  # 15 digits
        ("9.14403E+17", HUAWEI_NAME, HUAWEI),
        ("91S2OOOO7I43OS8OXT", MOUTAI_NAME, MOUTAI),
        ("９１Ｓ２ＯＯＯＯ７Ｉ４３ＯＳ８ＯＸＴ", MOUTAI_NAME, MOUTAI),
        ("71430580X", MOUTAI_NAME, MOUTAI),  # the organisation code alone
        ("9152000071430580XY", MOUTAI_NAME, MOUTAI),  # the check character
        ("9152000071430580X", MOUTAI_NAME, MOUTAI),  # 17 characters
        (
            "9152000071430580XY",
            "贵州茅台酒厂（集团） ",
            MOUTAI,
        ),  # former, otherwise written
        ("92520100MA6TEST07", STALL_NAME, STALL),  # the code fits, not the name alone
    ],
)
def test_the_one_code_that_fits_and_bears_the_name_is_proposed(
    dataset: Dataset, register: Register, code: str, name: str, meant: str
) -> None:
    (said,) = proposed(dataset, register, damaged(code, name))
    assert said == f"{meant}（登记名称与本行名称一致）"


def test_a_leading_zero_of_an_organisation_code_is_put_back(
    dataset: Dataset, tmp_path: Path
) -> None:
    police = "11230500001755309F"
    known = register_of(tmp_path, (police, "双鸭山市公安局"))
    (said,) = proposed(dataset, known, damaged("1755309", "双鸭山市公安局"))
    assert said == f"{police}（登记名称与本行名称一致）"


def test_of_two_that_fit_none_is_proposed(dataset: Dataset, tmp_path: Path) -> None:
    twin = "914403001922038005"  # of the register's mistake, with the same 15 digits
    known = register_of(tmp_path, (HUAWEI, HUAWEI_NAME), (twin, HUAWEI_NAME))
    row = damaged("914403001922038000", HUAWEI_NAME)
    assert proposed(dataset, known, row) == [None]


def test_a_code_of_another_name_is_not_proposed(
    dataset: Dataset, register: Register
) -> None:
    rows = [
        damaged("914403001922038000", "华为终端有限公司"),
        damaged("914403001922038000", None),
        damaged("91S2OOOO7I43OS8OXT", "贵州某某酒业有限公司"),  # known, but not by it
    ]
    assert proposed(dataset, register, *rows) == [None, None, None]


def test_quite_another_code_is_only_a_hint(
    dataset: Dataset, register: Register
) -> None:
    (said,) = proposed(dataset, register, damaged("9111000", MOUTAI_NAME))
    assert (
        said == f"同名企业的代码为{MOUTAI}（与所填代码差异较大，请核对是否为同一企业）"
    )


def test_a_name_alone_says_nothing_of_an_individual_business(
    dataset: Dataset, register: Register
) -> None:
    rows = [
        damaged("9111000", STALL_NAME),
        damaged("9111000", MOUTAI_NAME, category="3"),  # the row says it is one
    ]
    assert proposed(dataset, register, *rows) == [None, None]


def test_a_name_of_two_codes_says_nothing(dataset: Dataset, tmp_path: Path) -> None:
    known = register_of(tmp_path, (HUAWEI, "同名公司"), (MOUTAI, "同名公司"))
    assert proposed(dataset, known, damaged("9111000", "同名公司")) == [None]


@pytest.mark.parametrize("level", ["the register knows nobody", "there is none"])
def test_confused_letters_are_put_right_with_less_certainty(
    dataset: Dataset, register: Register, level: str
) -> None:
    tencent = "9144030071526726XG"
    row = damaged("9144O3OO7IS26726XG", "腾讯科技(深圳)有限公司")
    known = register if level == "the register knows nobody" else None
    (said,) = proposed(dataset, known, row)
    assert said is not None
    assert said.startswith(f"{tencent}（按易混字符更正后通过校验；平台尚无")


def test_nothing_is_proposed_for_a_person(dataset: Dataset, register: Register) -> None:
    masked = damaged(PERSON, MOUTAI_NAME) | {"uscc__raw": "110105************"}
    rows = [
        masked,
        damaged(PERSON, MOUTAI_NAME),
        damaged("9152000071430580X", MOUTAI_NAME, category="2"),
        damaged("9152000071430580X", MOUTAI_NAME, person_no="110105************"),
    ]
    assert proposed(dataset, register, *rows) == [None] * 4


def test_good_rows_cost_nothing_and_get_nothing(dataset: Dataset) -> None:
    typed = typed_table(dataset, [{}, {}])
    found = FINDINGS.empty_table()
    catalog = make_catalog(dataset)
    assert proposals.propose(dataset, catalog, typed, found, None) is found


def test_a_proposal_is_never_applied(
    settings: Settings, dataset: Dataset, register: Register
) -> None:
    bad = damaged("9152000071430580XY", MOUTAI_NAME)
    typed = typed_table(dataset, [bad, {"decision_no": "2号"}])
    text = text_table(dataset, typed)
    reading = reading_of(dataset, text)
    with Validator(settings, make_catalog(dataset)) as validator:
        checked = validator.check(BATCH, text, typed, reading, register)
    catalog, found = make_catalog(dataset), checked.findings
    told = proposals.propose(dataset, catalog, typed, found, register)
    (finding,) = [f for f in told.to_pylist() if f["proposal"]]
    assert finding["rule_id"] == "penalty.uscc.form"
    assert finding["value"] == "9152000071430580XY"
    assert finding["proposal"].startswith(MOUTAI)
    assert told.drop_columns(["proposal"]).equals(found.drop_columns(["proposal"]))
    assert checked.bad_rows.to_pylist() == [0]
    assert checked.quarantine["uscc"].to_pylist() == ["9152000071430580XY"]


def test_every_annex_code_is_found_again_by_its_name(
    dataset: Dataset, tmp_path: Path
) -> None:
    if not ANNEX.exists():
        pytest.skip("the annex of real codes is not beside the checkout")
    with ANNEX.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    real = [(r["uscc"], r["name"]) for r in rows if r["stdnum_2_2_valid"] == "True"]
    known = [(c, n) for c, n in real if c[0] in "139" or c[:2] in ("51", "52", "53")]
    known = [(c, n) for c, n in known if "未知" not in n and not c.startswith("1234")]
    assert len(known) > 35
    register = register_of(tmp_path, *known)
    for spoil in (lambda c: c[:-1], lambda c: f"{c[:8]}{c[9]}{c[8]}{c[10:]}"):
        spoilt = [(spoil(c), n, c) for c, n in known if spoil(c) != c]
        cells = [damaged(code, name) for code, name, _ in spoilt]
        said = proposed(dataset, register, *cells)
        missed = [
            code
            for (code, _, meant), words in zip(spoilt, said, strict=True)
            if words != f"{meant}（登记名称与本行名称一致）"
        ]
        assert missed == []
