"""Every rule kind fires on the row made to break it and on no other."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from registers import register_of
from settings_builders import settings_in
from small_penalty import (
    BATCH,
    GOOD,
    make_catalog,
    make_dataset,
    money,
    reading_of,
    text_table,
    typed_table,
)

from guiji.catalog.model import Dataset, Item
from guiji.checking.suite import build as suite
from guiji.checking.validator import CheckResult, Validator
from guiji.core.schemas import FINDINGS, QUARANTINE
from guiji.core.settings import Settings

Check = Callable[..., CheckResult]

PERSON = {"category": "2", "uscc": None, "person_no": "520102************"}

BROKEN: list[tuple[str, dict[str, Any]]] = [
    ("name.required", {"name": None}),
    ("name.length", {"name": "贵州省第一建筑工程有限公司"}),
    ("category.required", {"category": None}),
    (
        "category.form",
        {"category": None, "category__raw": "其他", "category__ok": False},
    ),
    ("uscc.required_when", {"uscc": None}),
    # what another catalogue admits as a placeholder is no code here
    ("uscc.required_when", {"uscc": None, "uscc__raw": "未赋码"}),
    ("uscc.empty_when", {**PERSON, "uscc": "9152000071430580XT"}),
    (
        "uscc.form",
        {
            "uscc": None,
            "uscc__raw": "9152000071430580XA",
            "uscc__ok": False,
            "uscc__level": "bad_check",
        },
    ),
    ("uscc.unknown_pair", {"uscc__unknown_pair": True}),
    ("uscc.unknown_region", {"uscc__unknown_region": True}),
    ("uscc.inner_check", {"uscc__inner_ok": False}),
    ("person_no.required_when", {**PERSON, "person_no": None}),
    (
        "person_no.form",
        {**PERSON, "person_no": None, "person_no__raw": "5*", "person_no__ok": False},
    ),
    ("phone.form", {"phone__raw": "12", "phone__ok": False}),
    ("decision_no.required", {"decision_no": None}),
    (
        "decision_no.length",
        {"decision_no": "筑交罚〔2026〕第一千二百三十四号决定书"},
    ),
    ("kinds.required", {"kinds": None}),
    ("kinds.form", {"kinds": None, "kinds__raw": "罚站", "kinds__ok": False}),
    ("fine.required_when", {"kinds": "警告；罚款"}),
    ("fine.form", {"fine": None, "fine__raw": "若干", "fine__ok": False}),
    ("fine.range", {"fine": money("-0.000001")}),
    ("fine.range", {"fine": money("1000.000001")}),
    ("copies.form", {"copies": None, "copies__raw": "两份", "copies__ok": False}),
    ("copies.range", {"copies": 0}),
    ("org.form", {"org": None, "org__raw": "12345678X", "org__ok": False}),
    ("decided_on.required", {"decided_on": None}),
    (
        "decided_on.form",
        {"decided_on": None, "decided_on__raw": "去年", "decided_on__ok": False},
    ),
    ("decided_by_tonight", {"decided_on": date(2026, 11, 21)}),
    ("decided_since_1949", {"decided_on": date(1949, 9, 30)}),
    ("until_after_decision", {"valid_until": date(2026, 11, 1)}),
    (
        "valid_until.form",
        {"valid_until": None, "valid_until__raw": "2月30日", "valid_until__ok": False},
    ),
    ("operation.form", {"operation": None, "operation__ok": False}),
    ("key_repeats", {"key_repeats": True}),
    ("key_copies", {"key_copies": True}),
]

EDGES: list[dict[str, Any]] = [
    {},
    {"name": "贵州省第二建筑工程公司甲"},  # 12 characters
    {"fine": money("0")},
    {"fine": money("1000"), "kinds": "罚款"},
    {"copies": 1},
    {"decided_on": date(2026, 11, 20)},
    {"decided_on": date(1949, 10, 1)},
    {"valid_until": date(2026, 11, 2)},  # the day of the decision
    {"valid_until": None, "valid_until__raw": "长期", "valid_until__forever": True},
    {"decided_on": None, "decided_on__raw": "长期", "decided_on__forever": True},
    PERSON,
    {**PERSON, "uscc": None, "uscc__raw": "00000000000000000X"},
    {  # the placeholder that the catalogue admits says that there is no code yet
        "uscc": None,
        "uscc__raw": "00000000000000000X",
        "uscc__level": "placeholder",
    },
    {"uscc__unknown_pair": None, "uscc__inner_ok": None},
]


def rule_ids(result: CheckResult, row: int) -> list[str]:
    return [
        f["rule_id"].removeprefix("penalty.")
        for f in result.findings.to_pylist()
        if f["source_row"] == row
    ]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> CheckResult:
    """One batch: the edges, then one row for each way to break a rule."""
    dataset = make_dataset()
    data = tmp_path_factory.mktemp("data")
    settings = settings_in(data)
    typed = typed_table(dataset, [*EDGES, *(row for _, row in BROKEN)])
    text = text_table(dataset, typed)
    with Validator(settings, make_catalog(dataset)) as validator:
        return validator.check(BATCH, text, typed, reading_of(dataset, text))


@pytest.mark.parametrize("index", range(len(EDGES)))
def test_values_on_the_edge_are_no_fault(whole: CheckResult, index: int) -> None:
    assert rule_ids(whole, index + 3) == []


@pytest.mark.parametrize("index", range(len(BROKEN)))
def test_a_rule_fires_on_its_row_and_no_other_rule_does(
    whole: CheckResult, index: int
) -> None:
    row = len(EDGES) + index + 3
    assert rule_ids(whole, row) == [BROKEN[index][0]]


def test_every_rule_of_the_suite_has_a_row_that_breaks_it(dataset: Dataset) -> None:
    rules = suite.build(dataset, make_catalog(dataset), BATCH.night)
    tables = {"penalty.table.columns"}
    assert {f"penalty.{name}" for name, _ in BROKEN} | tables == {
        r.rule_id for r in rules
    }


def test_counts_of_great_expectations_equal_the_findings(whole: CheckResult) -> None:
    found: dict[str, int] = dict.fromkeys(whole.rule_counts, 0)
    for rule_id in whole.findings["rule_id"].to_pylist():
        found[rule_id] += 1
    assert found == whole.rule_counts
    stored = json.loads(whole.gx_result.read_text(encoding="utf-8"))
    counted = {
        one["expectation_config"]["meta"]["rule_id"]: one["result"]["unexpected_count"]
        for one in stored["results"]
        if "unexpected_count" in one["result"]
    }
    assert counted == {k: v for k, v in found.items() if ".table." not in k}
    assert sum(counted.values()) == len(BROKEN)


def test_only_rows_with_a_critical_finding_are_put_away(whole: CheckResult) -> None:
    warnings = {"unknown_pair", "unknown_region", "inner_check", "key_copies"}
    warnings |= {"decided_since_1949"}
    bad = [
        len(EDGES) + i
        for i, (name, _) in enumerate(BROKEN)
        if name.split(".")[-1] not in warnings
    ]
    assert whole.bad_rows.to_pylist() == bad
    assert whole.quarantine["source_row"].to_pylist() == [row + 3 for row in bad]
    assert whole.batch_refusal is None


def test_results_have_the_columns_of_their_schemas(whole: CheckResult) -> None:
    assert whole.findings.schema == FINDINGS
    assert whole.quarantine.schema == QUARANTINE


def test_a_finding_names_its_cell(check: Check) -> None:
    result = check([{}, {"fine": money("-1")}])
    (finding,) = result.findings.to_pylist()
    assert finding["source_sheet"] == "Sheet1"
    assert finding["source_row"] == 4
    assert finding["source_column"] == "I"  # A is a column nobody asked for
    assert (finding["item"], finding["title"]) == ("fine", "罚款金额")
    assert finding["value"] == "-1"
    assert finding["message"] == "“罚款金额”小于0或大于1,000。"
    assert finding["clause"] == "双公示数据标准(2018) CF_NR_FK"
    assert (finding["severity"], finding["responsibility"]) == (
        "critical",
        "department",
    )


def test_findings_are_sorted_by_row_column_and_rule(check: Check) -> None:
    result = check(
        [
            {"decided_on": None, "name": None, "key_copies": True},
            {"fine": money("-1"), "decided_on": date(2027, 1, 1)},
        ]
    )
    cells = [
        (f["source_row"], f["source_column"], f["rule_id"])
        for f in result.findings.to_pylist()
    ]
    assert cells == [
        (3, None, "penalty.key_copies"),
        (3, "B", "penalty.name.required"),
        (3, "L", "penalty.decided_on.required"),
        (4, "I", "penalty.fine.range"),
        (4, "L", "penalty.decided_by_tonight"),
    ]


def test_column_letters_beyond_z_come_last(settings: Settings) -> None:
    more = [Item(id=f"x{i}", title=f"X{i}", code=f"X{i}", length=1) for i in range(20)]
    dataset = make_dataset(items=(*make_dataset().items, *more))
    typed = typed_table(dataset, [{"x19": "ab", "x1": "ab"}])
    text = text_table(dataset, typed)
    with Validator(settings, make_catalog(dataset)) as validator:
        result = validator.check(BATCH, text, typed, reading_of(dataset, text))
    assert result.findings["source_column"].to_pylist() == ["O", "AG"]


def test_the_message_says_what_is_wrong_with_a_credit_code(check: Check) -> None:
    bad = {"uscc": None, "uscc__ok": False}
    result = check(
        [
            {**bad, "uscc__raw": "915200", "uscc__level": "bad_length"},
            {**bad, "uscc__raw": "9.152E+17", "uscc__level": "truncated_by_excel"},
        ]
    )
    first, second = result.findings.to_pylist()
    assert first["message"] == "“统一社会信用代码”不是18位。"
    assert "文本" in second["remedy"]


def test_more_than_63_rules_need_several_words(settings: Settings) -> None:
    more = [Item(id=f"x{i}", title=f"X{i}", code=f"X{i}", length=1) for i in range(150)]
    dataset = make_dataset(items=(*make_dataset().items, *more))
    rows = [{f"x{i}": "ab"} for i in range(150)]
    typed = typed_table(dataset, rows)
    text = text_table(dataset, typed)
    with Validator(settings, make_catalog(dataset)) as validator:
        result = validator.check(BATCH, text, typed, reading_of(dataset, text))
    assert [f["item"] for f in result.findings.to_pylist()] == [
        f"x{i}" for i in range(150)
    ]
    assert len(result.rule_counts) > 63 * 2


def test_a_header_only_file_has_no_findings(check: Check) -> None:
    result = check([])
    assert len(result.findings) == len(result.quarantine) == len(result.bad_rows) == 0
    assert result.batch_refusal is None
    assert set(result.rule_counts.values()) == {0}


def test_rows_that_could_not_be_read_are_findings(check: Check) -> None:
    fault = {
        "source_sheet": "Sheet1",
        "source_row": 9,
        "fault": "CHARS_LOST",
        "fault_column": "C",
        "raw_line": "贵州\ufffd,1",
    }
    result = check([{}, {"name": None}], [fault])
    assert result.findings["rule_id"].to_pylist() == [
        "penalty.name.required",
        "penalty.row.chars_lost",
    ]
    finding = result.findings.to_pylist()[1]
    assert (finding["source_row"], finding["source_column"]) == (9, "C")
    assert finding["severity"] == "critical"
    assert result.rule_counts["penalty.row.chars_lost"] == 1
    assert result.bad_rows.to_pylist() == [1]
    assert result.quarantine["record_id"].to_pylist() == ["record 1", None]
    assert result.quarantine["record_key"][1].as_py() is None
    assert json.loads(result.quarantine["content"][1].as_py()) == {
        "raw_line": "贵州\ufffd,1"
    }


def test_an_unheard_of_fault_is_a_finding_as_well(check: Check) -> None:
    result = check([], [{"source_row": 2, "fault": "NEW_KIND", "raw_line": "x"}])
    assert result.findings["rule_id"].to_pylist() == ["penalty.row.new_kind"]
    assert len(result.quarantine) == 1


def test_quarantine_keeps_a_row_as_delivered_with_all_its_reasons(
    check: Check,
) -> None:
    result = check([{}, {"name": None, "fine": money("-1"), "key_copies": True}])
    (line,) = result.quarantine.to_pylist()
    assert line["rules"] == ["penalty.name.required", "penalty.fine.range"]
    assert line["reason"] == "“行政相对人名称”未填写。“罚款金额”小于0或大于1,000。"
    assert (line["uscc"], line["enterprise_name"]) == (GOOD["uscc"], None)
    assert json.loads(line["content"]) == {
        "category": "1",
        "uscc": "9152000071430580XT",
        "decision_no": "筑交罚〔2026〕1号",
        "kinds": "警告",
        "fine": "-1",
        "decided_on": "2026-11-02",
    }


def test_the_reason_names_what_only_looks_right(check: Check) -> None:
    (line,) = check([{}, {"decision_no": "⾏" * 60}]).quarantine.to_pylist()
    assert line["rules"] == ["penalty.decision_no.length"]
    named = "（字形相近而编码不同：第1个字符“⾏”（U+2F8F）不是“行”（U+884C））"
    assert line["reason"].endswith(named)


def test_same_batch_gives_same_bytes(
    validator: Validator, dataset: Dataset, tmp_path: Path
) -> None:
    typed = typed_table(dataset, [row for _, row in BROKEN])
    text = text_table(dataset, typed, [{"source_row": 99, "fault": "RAGGED_LONG"}])
    written = []
    for run in range(2):
        result = validator.check(BATCH, text, typed, reading_of(dataset, text))
        for name in ("findings", "quarantine"):
            path = tmp_path / f"{name}{run}.parquet"
            pq.write_table(getattr(result, name), path)
            written.append(path.read_bytes())
        written.append(result.gx_result.read_bytes())
    assert written[:3] == written[3:]


def test_the_text_table_may_be_a_file(
    validator: Validator, dataset: Dataset, tmp_path: Path
) -> None:
    typed = typed_table(dataset, [{"name": None}])
    text = text_table(dataset, typed)
    pq.write_table(text, tmp_path / "text.parquet")
    reading = reading_of(dataset, text)
    result = validator.check(BATCH, tmp_path / "text.parquet", typed, reading)
    assert len(result.quarantine) == 1


def test_tables_of_different_rows_are_refused(
    validator: Validator, dataset: Dataset
) -> None:
    text = text_table(dataset, typed_table(dataset, [{}, {}]))
    typed = typed_table(dataset, [{}, {"source_row": 5}])
    with pytest.raises(ValueError, match="rows of the text table"):
        validator.check(BATCH, text, typed, reading_of(dataset, text))


def test_a_name_that_is_not_known_for_its_code_is_a_warning(
    validator: Validator, dataset: Dataset, tmp_path: Path
) -> None:
    known = [(GOOD["uscc"], name) for name in ("贵州乙有限公司", "贵州甲 有限公司")]
    register = register_of(tmp_path, *known)
    rows = [
        {},  # known but for a blank
        {"name": "贵州丙有限公司"},
        {"name": "贵州丙有限公司", "uscc": "91520000214430580X"},  # unknown code
        PERSON,
    ]
    typed = typed_table(dataset, rows)
    text = text_table(dataset, typed)
    result = validator.check(BATCH, text, typed, reading_of(dataset, text), register)
    (finding,) = result.findings.to_pylist()
    assert (finding["rule_id"], finding["source_row"]) == ("penalty.name.known_name", 4)
    assert (finding["severity"], finding["dimension"]) == ("warning", "关联性")


def test_a_missing_column_is_the_platforms_fault_and_refuses_the_batch(
    validator: Validator, dataset: Dataset
) -> None:
    typed = typed_table(dataset, [{}])
    text = text_table(dataset, typed)
    typed = typed.drop_columns(["fine"])
    result = validator.check(BATCH, text, typed, reading_of(dataset, text))
    assert result.batch_refusal is not None
    assert result.batch_refusal.code == "RULE_NOT_COMPUTED"
    found = result.findings.to_pylist()
    assert {f["responsibility"] for f in found} == {"platform"}
    assert {f["severity"] for f in found} == {"critical"}
    assert {f["source_row"] for f in found} == {None}
    assert {f["rule_id"] for f in found} == {
        "penalty.table.columns",
        "penalty.fine.range",
        "penalty.fine.required_when",
    }
    assert result.bad_rows.to_pylist() == [0]
    (line,) = result.quarantine.to_pylist()
    assert (line["source_row"], line["rules"]) == (None, ["RULE_NOT_COMPUTED"])


def test_a_lost_row_is_the_platforms_fault(
    validator: Validator, dataset: Dataset
) -> None:
    typed = typed_table(dataset, [{}])
    text = text_table(dataset, typed)
    reading = reading_of(dataset, text_table(dataset, typed_table(dataset, [{}, {}])))
    result = validator.check(BATCH, text, typed, reading)
    assert result.findings["rule_id"].to_pylist() == ["penalty.table.rows"]
    assert result.batch_refusal is not None


def test_a_count_that_differs_from_its_rows_is_never_a_pass(
    validator: Validator, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    from guiji.checking.gx import verdict

    found = verdict.faulty_rows

    def one_lost(*args: Any) -> Any:
        return {k: v[:-1] for k, v in found(*args).items()}

    monkeypatch.setattr(verdict, "faulty_rows", one_lost)
    typed = typed_table(dataset, [{"name": None}, {"name": None}])
    text = text_table(dataset, typed)
    result = validator.check(BATCH, text, typed, reading_of(dataset, text))
    assert result.batch_refusal is not None
    assert "2 faults counted, 1 rows found" in str(result.batch_refusal)


def test_personal_values_are_masked_wherever_they_stand(check: Check) -> None:
    person, phone = "11010519491231002X", "13812345678"
    result = check(
        [
            {
                "name": f"张三{person}电话{phone}的公司和其他很长的名字",
                "uscc": None,
                "uscc__raw": person,
                "uscc__ok": False,
                "uscc__level": "looks_like_person_id",
                "person_no": "110105************",
                "phone__raw": phone,
                "phone__ok": False,
            }
        ],
        [{"source_row": 9, "fault": "RAGGED_LONG", "raw_line": f"a,{person},{phone}"}],
    )
    shown = json.dumps(
        [result.findings.to_pylist(), result.quarantine.to_pylist()],
        default=str,
        ensure_ascii=False,
    )
    assert person not in shown
    assert phone not in shown
    assert "110105************" in shown
    assert "138****5678" in shown
    values = {f["rule_id"]: f["value"] for f in result.findings.to_pylist()}
    assert values["penalty.uscc.form"] == "110105************"


def test_importing_the_judge_does_not_load_great_expectations() -> None:
    code = (
        "import sys, guiji.checking.validator\n"
        'print("great_expectations" in sys.modules)'
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert ran.stdout == "False\n"


def test_a_check_does_not_touch_the_network(tmp_path: Path) -> None:
    code = """
import sys
def heard(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "urllib.Request"):
        raise AssertionError(event)
sys.addaudithook(heard)
sys.path += {folders!r}
import pathlib
import small_penalty as c
from settings_builders import settings_in
from guiji.context import NightContext
from guiji.reports import data_docs
from guiji.checking.validator import Validator
data = pathlib.Path({data!r})
settings = settings_in(data)
dataset = c.make_dataset()
typed = c.typed_table(dataset, [{{}}, {{"name": None}}])
text = c.text_table(dataset, typed)
catalog = c.make_catalog(dataset)
with Validator(settings, catalog) as validator:
    result = validator.check(c.BATCH, text, typed, c.reading_of(dataset, text))
data_docs.build(NightContext(settings, c.NIGHT, catalog=catalog))
print(len(result.findings))
"""
    here = Path(__file__).parent
    folders = [str(here), str(here.parents[1])]
    ran = subprocess.run(
        [sys.executable, "-c", code.format(folders=folders, data=str(tmp_path))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "1\n", "")


def test_the_judge_lets_go_of_its_tables(validator: Validator, check: Check) -> None:
    check([{}])
    with pytest.raises(duckdb.CatalogException):
        validator._evaluator._connection.execute("select * from typed")
