"""Where too few rows keep a rule, the delivery as a whole is at fault, as Great
Expectations itself says of the same rows."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import duckdb
import pytest
from small_penalty import (
    BATCH,
    ITEMS,
    NIGHT,
    RULES,
    make_catalog,
    make_dataset,
    reading_of,
    text_table,
    typed_table,
)

from guiji.catalog.limits import Tolerance
from guiji.catalog.model import Catalog
from guiji.catalog.vocabulary import Severity
from guiji.checking import pass_rate
from guiji.checking.batch_rules import Waiver
from guiji.checking.condition_cache import Conditions
from guiji.checking.suite import build as suite
from guiji.checking.suite.rules import Judgement, RuleExpectation
from guiji.checking.validator import CheckResult, Validator
from guiji.core.settings import Settings

BAD_CODE = {"uscc": None, "uscc__raw": "123", "uscc__ok": False}
NO_CODE = {"uscc": None, "category": "2", "person_no": "520102************"}
FORM = "penalty.uscc.form"


def tolerant(
    severity: Severity = Severity.CRITICAL, mostly: float = 0.5, from_rows: int = 4
) -> Catalog:
    """The small catalogue, in which a share of the credit codes must be sound."""
    items = tuple(
        i.model_copy(update={"mostly": mostly, "severity": severity})
        if i.id == "uscc"
        else i
        for i in ITEMS
    )
    made = make_catalog(make_dataset(items=items))
    place = made.jurisdiction.model_copy(
        update={"tolerance": Tolerance(from_rows=from_rows)}
    )
    return made.model_copy(update={"jurisdiction": place})


Check = Callable[..., CheckResult]


@pytest.fixture
def check(settings: Settings) -> Check:
    def run(
        catalog: Catalog,
        rows: list[dict[str, Any]],
        waiver: Waiver | None = None,
        **how: Any,
    ) -> CheckResult:
        dataset = catalog.datasets["penalty"]
        typed = typed_table(dataset, rows)
        text = text_table(dataset, typed)
        with Validator(settings, catalog, **how) as validator:
            reading = reading_of(dataset, text)
            return validator.check(BATCH, text, typed, reading, waiver=waiver)

    return run


def whole(result: CheckResult) -> list[dict[str, Any]]:
    return [f for f in result.findings.to_pylist() if f["source_row"] is None]


@pytest.mark.parametrize(
    ("bad", "good", "empty", "refused"),
    [
        (2, 2, 0, False),  # exactly half is enough
        (3, 2, 0, True),
        (3, 2, 5, True),  # empty codes are not among those given
        (2, 2, 5, False),
        (3, 0, 9, False),  # three codes are too few to judge
        (4, 0, 0, True),
        (0, 0, 9, False),
    ],
)
def test_the_share_is_of_the_rows_that_the_rule_is_about(
    check: Check, bad: int, good: int, empty: int, refused: bool
) -> None:
    result = check(tolerant(), [BAD_CODE] * bad + [{}] * good + [NO_CODE] * empty)
    assert (result.batch_refusal is not None) is refused
    assert len(whole(result)) == int(refused)
    rows = [f for f in result.findings.to_pylist() if f["source_row"]]
    assert [f["rule_id"] for f in rows] == [FORM] * bad
    assert result.rule_counts[FORM] == bad  # whatever the share


def test_a_critical_rule_refuses_the_delivery_and_says_what_to_do(check: Check) -> None:
    result = check(tolerant(), [BAD_CODE] * 3 + [{}])
    refusal = result.batch_refusal
    assert refusal is not None
    assert refusal.code == "TOLERANCE"
    assert "《行政处罚.xlsx》整批未接收" in refusal.notice
    assert "统一社会信用代码" in refusal.notice
    assert "涉及4行，3行不符，合格率25.0%，低于规定的50%" in refusal.notice
    assert "列是否错位" in refusal.remedy
    assert "整批重新报送" in refusal.remedy
    assert result.refused_by == (FORM,)
    (finding,) = whole(result)
    assert (finding["rule_id"], finding["severity"]) == (FORM, "critical")
    assert finding["responsibility"] == "department"
    assert len(result.bad_rows) == 4
    assert result.quarantine["rules"].to_pylist() == [["TOLERANCE"]]


def test_a_warning_rule_is_told_and_the_delivery_goes_on(check: Check) -> None:
    result = check(tolerant(Severity.WARNING), [BAD_CODE] * 3 + [{}])
    assert (result.batch_refusal, result.refused_by) == (None, ())
    (finding,) = whole(result)
    assert finding["severity"] == "warning"
    assert len(result.bad_rows) == 0


def test_bad_rows_are_put_away_whatever_the_share(check: Check) -> None:
    result = check(tolerant(mostly=0.1), [BAD_CODE] * 3 + [{}])
    assert whole(result) == []
    assert result.bad_rows.to_pylist() == [0, 1, 2]


def test_a_released_delivery_is_told_who_released_it(check: Check) -> None:
    waiver = Waiver("张三", "旧档案补录", frozenset({FORM}))
    result = check(tolerant(), [BAD_CODE] * 3 + [{}], waiver)
    assert (result.batch_refusal, result.refused_by) == (None, ())
    assert result.bad_rows.to_pylist() == [0, 1, 2]  # rows are judged as ever
    (finding,) = whole(result)
    assert finding["severity"] == "info"
    assert finding["message"].endswith("本批已由张三核准放行，理由：旧档案补录")


def test_a_waiver_of_another_rule_waives_nothing(check: Check) -> None:
    waiver = Waiver("张三", "旧档案补录", frozenset({"penalty.batch.mass_change"}))
    result = check(tolerant(), [BAD_CODE] * 3 + [{}], waiver)
    assert result.refused_by == (FORM,)


@pytest.mark.parametrize("bad", [1, 2, 3])
def test_kept_conditions_give_the_same_shares(
    check: Check, settings: Settings, bad: int
) -> None:
    catalog = tolerant()
    rows = [BAD_CODE] * bad + [{}] * (4 - bad) + [NO_CODE]
    conditions = Conditions.of(settings, catalog)
    asked = check(catalog, rows, conditions=conditions)
    kept = check(catalog, rows, conditions=conditions, by_kept=True)
    assert kept.gx_result is None  # Great Expectations was not asked
    assert kept.findings.equals(asked.findings)
    assert kept.refused_by == asked.refused_by
    assert kept.rule_counts == asked.rule_counts


def test_a_rule_across_items_may_be_tolerant(check: Check) -> None:
    late = {"valid_until": date(2026, 11, 1)}
    rules = (RULES[0].model_copy(update={"mostly": 0.5}), *RULES[1:])
    catalog = tolerant()
    catalog = catalog.model_copy(update={"rules": {"penalty": rules}})
    result = check(catalog, [late] * 3 + [{"valid_until": NIGHT}] + [{}] * 9)
    assert result.refused_by == ("penalty.until_after_decision",)


# What Great Expectations' own column maps say of the same rows


MOSTLY = (0.5, 0.6, 0.95)


def stock(url: str, view: str) -> list[bool]:
    """Ask Great Expectations' own expectation, on its own engine."""
    from guiji.checking.gx.expectations import gx
    from guiji.checking.gx.verdict import _batch

    asked = [
        gx.expectations.ExpectColumnValuesToBeBetween(
            column="number", min_value=0, mostly=mostly
        )
        for mostly in MOSTLY
    ]
    suite = gx.ExpectationSuite(name="stock", expectations=asked)
    told = _batch(url, view, "stock").validate(suite)
    found = {r.expectation_config.kwargs["mostly"]: r.success for r in told.results}
    return [bool(found[mostly]) for mostly in MOSTLY]


@pytest.mark.parametrize(
    "values",
    [[1, 1, 1], [1, -1], [1, 1, -1], [1, -1, -1, None], [1, -1, None], [None], []],
)
def test_the_share_is_judged_as_great_expectations_does(
    values: list[int | None],
) -> None:
    from guiji.checking.gx import dialect

    faults = sum(v is not None and v < 0 for v in values)
    judged = []
    with duckdb.connect() as connection:
        connection.execute("create table given (number integer)")
        for value in values:
            connection.execute("insert into given values (?)", [value])
        for rule in map(some_rule, MOSTLY):
            counts = {rule.rule_id: faults}
            (share,) = pass_rate.measure(connection, "given", (rule,), counts).values()
            assert share.about == len([v for v in values if v is not None])
            judged.append(share.is_enough)
        with dialect.shared("stock", connection) as url:
            assert judged == stock(url, "given")


def some_rule(mostly: float) -> RuleExpectation:
    dataset = make_dataset()
    rules = suite.build(dataset, make_catalog(dataset), NIGHT)
    first = next(r for r in rules if r.judgement is Judgement.RANGE)
    return replace(first, columns=("number",), mostly=mostly)


def test_of_missing_values_every_row_counts() -> None:
    rule = replace(some_rule(0.5), judgement=Judgement.GIVEN)
    with duckdb.connect() as connection:
        connection.execute("create table given as select null::integer as number")
        found = pass_rate.measure(connection, "given", (rule,), {rule.rule_id: 1})
    assert found[rule.rule_id] == pass_rate.PassRate(about=1, faults=1, is_enough=False)
