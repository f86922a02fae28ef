"""Rules across items: what they leave alone, and what happens if one fails."""

from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from governments import city
from small_penalty import (
    BATCH,
    NIGHT,
    RULES,
    make_catalog,
    make_dataset,
    reading_of,
    text_table,
    typed_table,
)

from guiji.catalog.items import Condition, Item
from guiji.catalog.rules import Rule, RuleKind
from guiji.catalog.vocabulary import Dimension, Responsibility, Severity
from guiji.checking import computed
from guiji.checking.suite import across
from guiji.checking.suite.amount_in_text import AmountInText
from guiji.checking.validator import CheckResult, Validator
from guiji.core.settings import Settings

CONTENT = Item(id="content", title="处罚内容", code="CF_NR", length=40)
DATASET = make_dataset(items=(*make_dataset().items, CONTENT))


def rule(kind: RuleKind, *items: str, **more: Any) -> Rule:
    said = {"message": "不对。", "message_en": "wrong.", "remedy": "请核对。"}
    return Rule(id="the_rule", kind=kind, items=items, clause="一", **said, **more)


def kept(made: Rule, rows: list[dict[str, Any]]) -> list[bool]:
    """Return which rows keep a rule, by its fact alone."""
    one = across.of_rule(DATASET, make_catalog(DATASET), made, NIGHT)
    table = typed_table(DATASET, [{"content": None, **row} for row in rows])
    subject = pa.array([row.get("subject", "甲") for row in rows])
    typed = computed.added(table.append_column("subject", subject), (one,))
    connection = duckdb.connect()
    connection.register("typed", typed)
    ((flag, fact),) = one.facts or (("the_rule__kept", '"the_rule__kept"'),)
    assert flag == one.columns[1]
    found = connection.sql(f"select {fact} from typed order by row_id").fetchall()
    return [value for (value,) in found]


FINED = Condition(item="kinds", contains=("罚款",))


@pytest.mark.parametrize(
    ("made", "row", "is_kept"),
    [
        (rule(RuleKind.NOT_FOREVER, "valid_until"), {}, True),
        (
            rule(RuleKind.NOT_FOREVER, "valid_until"),
            {"valid_until__forever": True},
            False,
        ),
        (
            rule(RuleKind.NOT_ZERO_WHEN, "fine", when=FINED),
            {"kinds": "警告；罚款", "fine": Decimal(0)},
            False,
        ),
        (  # an amount below 0 is out of its range, which is told already
            rule(RuleKind.NOT_ZERO_WHEN, "fine", when=FINED),
            {"kinds": "罚款", "fine": Decimal(-1)},
            True,
        ),
        (
            rule(RuleKind.NOT_ZERO_WHEN, "fine", when=FINED),
            {"kinds": "罚款", "fine": None},
            True,
        ),
        (
            rule(RuleKind.POSITIVE_ONLY_WHEN, "fine", when=FINED),
            {"kinds": "警告", "fine": Decimal(1)},
            False,
        ),
        (
            rule(RuleKind.POSITIVE_ONLY_WHEN, "fine", when=FINED),
            {"kinds": "警告", "fine": Decimal(0)},
            True,
        ),
        (  # no kind of penalty was understood: nothing can be said of the amount
            rule(RuleKind.POSITIVE_ONLY_WHEN, "fine", when=FINED),
            {"kinds": None, "fine": Decimal(1)},
            True,
        ),
        (
            rule(RuleKind.GIVEN_ONLY_WHEN, "phone", when=FINED),
            {"kinds": "警告", "phone": "1"},
            False,
        ),
        (rule(RuleKind.GIVEN_WITH, "phone", "copies"), {"phone": "1"}, False),
        (rule(RuleKind.GIVEN_WITH, "phone", "copies"), {"copies": 1}, True),
        (rule(RuleKind.PAIR_IN, "uscc", pairs=("11",)), {}, False),
        (rule(RuleKind.PAIR_IN, "uscc", pairs=("91",)), {}, True),
        (rule(RuleKind.PAIR_IN, "uscc", pairs=("11",)), {"uscc": None}, True),
        (  # a pair that the standard lacks has a warning of its own
            rule(RuleKind.PAIR_IN, "uscc", pairs=("11",)),
            {"uscc__unknown_pair": True},
            True,
        ),
        (rule(RuleKind.PAIR_NOT_IN, "uscc", pairs=("91",)), {}, False),
        (
            rule(RuleKind.SAME_CHARACTERS, "uscc", "org", start=9),
            {"org": "71430580X"},
            True,
        ),
        (
            rule(RuleKind.SAME_CHARACTERS, "uscc", "org", start=9),
            {"org": "71430580T"},
            False,
        ),
        (
            rule(RuleKind.SAME_CHARACTERS, "uscc", "org", start=9),
            {"org": "71430580T", "uscc__inner_ok": False},
            True,
        ),
        (rule(RuleKind.PATTERN, "content", pattern="号$"), {"content": "一号"}, True),
        (rule(RuleKind.PATTERN, "content", pattern="号$"), {"content": "号一"}, False),
        (rule(RuleKind.PATTERN, "content", pattern="号$"), {}, True),
        (  # too long, which is told already
            rule(RuleKind.PATTERN, "content", pattern="号$"),
            {"content": "长" * 41},
            True,
        ),
        (
            rule(RuleKind.PATTERN, "content", pattern="号$", or_same_as="name"),
            {"content": "贵州甲有限公司"},
            True,
        ),
        (  # the other item is empty
            rule(RuleKind.PATTERN, "content", pattern="号$", or_same_as="phone"),
            {"content": "贵州甲有限公司", "phone": None},
            False,
        ),
        *(
            (
                rule(
                    RuleKind.DIVISION,
                    "category",
                    "content",
                    ranges={"1": (51, 52), "2": (1, 5)},
                ),
                {"content": code},
                expected,
            )
            for code, expected in [
                ("5132", True),
                ("53", False),
                ("0112", False),
                ("餐饮业", True),
                (None, True),
            ]
        ),
    ],
)
def test_a_rule_across_items(made: Rule, row: dict[str, Any], is_kept: bool) -> None:
    assert kept(made, [row]) == [is_kept]


def test_one_value_looks_at_all_rows_of_a_subject() -> None:
    rows: list[dict[str, Any]] = [
        {"decision_no": "甲〔2026〕1号", "decided_on": date(2026, 11, 2)},
        {"decision_no": "甲[2026]1号", "decided_on": date(2026, 11, 3)},
        {  # a joint decision: another counterpart, another day
            "decision_no": "甲〔2026〕1号",
            "decided_on": date(2026, 11, 4),
            "subject": "乙",
        },
        {"decision_no": "甲〔2026〕2号", "decided_on": date(2026, 11, 2)},
        {"decision_no": "甲〔2026〕2号", "decided_on": date(2026, 11, 2)},
        {"decision_no": None, "decided_on": date(2026, 11, 2)},
        {"decision_no": None, "decided_on": date(2026, 11, 3)},
    ]
    made = rule(RuleKind.ONE_VALUE, "decision_no", "decided_on")
    assert kept(made, rows) == [False, False, True, True, True, True, True]


@pytest.mark.parametrize(
    ("text", "amount", "is_kept"),
    [
        ("罚款2000元", "0.2", True),
        ("罚款2000元", "2000", False),  # in 元 instead of 万元
        ("罚款2000元", "1000000", True),  # out of range, which is told already
        ("罚款2000元", "0", True),
        ("罚款2000元", None, True),
        ("警告", "0.2", True),
        (None, "0.2", True),
        ("没收500元；罚款2000元", "0.2", True),
        ("罚款1500元；另罚款500元", "0.2", True),  # all together
        ("罚款1500元；另罚款500元", "0.1", False),
        ("罚款人民币贰仟元整", "0.2", True),
        ("依据第3条罚款1,999.00元", "0.1999", True),
        ("罚款12000元", "0.2", False),  # 2000 inside another number
    ],
)
def test_amount_of_a_text(text: str | None, amount: str | None, is_kept: bool) -> None:
    typed = pa.table(
        {
            "text": pa.array([text], pa.string()),
            "amount": pa.array(
                [None if amount is None else Decimal(amount)], pa.decimal128(24, 6)
            ),
        }
    )
    judged = AmountInText("text", "amount", "万元", most=10_000)
    assert judged(typed).to_pylist() == [is_kept]


def test_a_rule_says_whose_it_is_and_how_many_rows_must_keep_it() -> None:
    catalog = make_catalog(DATASET)
    plain = across.of_rule(
        DATASET, catalog, rule(RuleKind.GIVEN_WITH, "phone", "fine"), NIGHT
    )
    assert plain.dimension is Dimension.COMPLETE
    assert plain.description == "填写了“电话”时，“罚款金额”也必须填写。"
    said = rule(
        RuleKind.GIVEN_WITH,
        "phone",
        "fine",
        mostly=0.9,
        dimension=Dimension.LINKED,
        responsibility=Responsibility.PLATFORM,
        severity=Severity.INFO,
        description="要求。",
    )
    made = across.of_rule(DATASET, catalog, said, NIGHT)
    assert (made.mostly, made.dimension) == (0.9, Dimension.LINKED)
    assert (made.responsibility, made.severity) == (
        Responsibility.PLATFORM,
        Severity.INFO,
    )
    assert (made.description, made.description_en) == (
        "要求。",
        "fine is filled in where phone is.",
    )


def test_conditions_are_the_same_every_night() -> None:
    """What changes from night to night is a column of the staged table."""
    catalog = city()
    kinds = set()
    for dataset_id, rules in catalog.rules.items():
        for made in rules:
            kinds.add(made.kind)
            nights = [
                across.of_rule(
                    catalog.datasets[dataset_id], catalog, made, date(2026, 1, day)
                )
                for day in (1, 2)
            ]
            judged = [(r.judgement, r.columns, r.minimum, r.maximum) for r in nights]
            assert judged[0] == judged[1]
    assert kinds == set(RuleKind) - {RuleKind.ONE_VALUE}  # no rule of Guiyang is one


def test_a_fact_that_fails_is_the_platforms_and_only_its_rules(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The batch is not passed: it has no verdict, and the finding says whose task."""

    def fail(self: AmountInText, typed: pa.Table) -> pa.Array:
        raise RuntimeError("no memory")

    monkeypatch.setattr(AmountInText, "__call__", fail)
    catalog = make_catalog(
        DATASET, (*RULES, rule(RuleKind.AMOUNT_IN_TEXT, "content", "fine"))
    )
    row = {"content": "罚款1元", "fine": Decimal(1), "kinds": "警告", "name": None}
    typed = typed_table(DATASET, [row])
    text = text_table(DATASET, typed)
    with Validator(settings, catalog) as validator:
        result: CheckResult = validator.check(
            BATCH, text, typed, reading_of(DATASET, text)
        )
    told = {f["rule_id"]: f for f in result.findings.to_pylist()}
    assert set(told) == {"penalty.the_rule", "penalty.name.required"}
    assert told["penalty.the_rule"]["responsibility"] == "platform"
    assert told["penalty.name.required"]["responsibility"] == "department"
    assert result.batch_refusal is not None
    assert result.batch_refusal.code == "RULE_NOT_COMPUTED"
