"""One mutation of a good row for every rule, made to break that rule and no other.

Rules of an item follow from what the catalogue says of it, and so do their mutations.
Rules across items are broken by hand, in `ACROSS`; rules of the whole table, in
`WHOLE_TABLE`, by a change of the table.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa
from good_rows import GOOD, Good, Row, org_code, uscc

from guiji.catalog.model import Catalog, Dataset, Item
from guiji.catalog.vocabulary import ItemType
from guiji.checking import links
from guiji.checking.suite.rules import TABLE, RuleExpectation
from guiji.sample import corrupt

LONG_AGO, TOO_LATE = "1949-09-30", "2026-11-21"
"""Days before any that is allowed, and after the night of 2026-11-20."""


@dataclass(frozen=True)
class Mutation:
    """How a rule is broken.

    Attributes:
        changes: item -> text, in the last of `rows`.
        of: number of the good row that is changed: 0 is the fullest one.
        twins: how many rows are alike but for the changes.
        both: all of them break the rule, not only the last.
        also: rules that the same cell breaks by its nature, without the dataset's id.
    """

    changes: Row
    of: int = 0
    twins: int = 1
    both: bool = False
    also: tuple[str, ...] = ()


_NOT_IN_ORDER = {"listed_on": "2026-11-17"}
_LISTS = {
    "listed_on_not_in_future": Mutation(
        {"listed_on": TOO_LATE, "removed_on": "", "removed_reason": ""}
    ),
    "listed_on_not_before_2014": Mutation({"listed_on": "2014-09-30"}),
    "removed_on_not_in_future": Mutation({"removed_on": TOO_LATE}),
    "removed_after_listed": Mutation(_NOT_IN_ORDER),
    "listed_on_is_a_day": Mutation({"listed_on": "长期"}),
    "removed_on_is_a_day": Mutation({"removed_on": "2099/12/31"}),
    "removal_has_a_reason": Mutation({"removed_reason": ""}),
    "removal_has_an_authority": Mutation({"removed_by": ""}),
    "removal_has_a_day": Mutation({"removed_on": ""}),
}
_DECISIONS = {
    "decided_on_not_before_1949": Mutation({"decided_on": LONG_AGO}),
    "decided_on_is_a_day": Mutation({"decided_on": "长期"}),
    "organisation_is_no_household": Mutation(
        {"uscc": uscc(3, "92"), "org_code": org_code(3)}
    ),
    "household_has_its_code": Mutation(
        {"uscc": uscc(3, "91"), "org_code": org_code(3)}, of=2
    ),
    "authority_is_an_agency": Mutation({"authority_uscc": uscc(4, "91")}),
    "source_is_an_agency": Mutation({"source_uscc": uscc(4, "52")}),
    "org_code_as_in_uscc": Mutation({"org_code": org_code(5)}),
    "document_type_of_representative": Mutation({"legal_representative_id_type": ""}),
}

ACROSS: dict[str, dict[str, Mutation]] = {
    "abnormal_operation_list": _LISTS,
    "serious_dishonesty_list": _LISTS,
    "spot_check": {
        "checked_on_not_in_future": Mutation({"checked_on": TOO_LATE}),
        "checked_on_not_before_1949": Mutation({"checked_on": LONG_AGO}),
        "checked_on_is_a_day": Mutation({"checked_on": "永久"}),
    },
    "enterprise_registration": {
        "established_on_not_in_future": Mutation(
            {"established_on": TOO_LATE, "approved_on": ""}
        ),
        "approved_on_not_in_future": Mutation({"approved_on": TOO_LATE}),
        "established_on_not_before_1949": Mutation({"established_on": LONG_AGO}),
        "approved_after_established": Mutation({"approved_on": "2016-09-19"}),
        "operation_dates_in_order": Mutation({"operation_to": "2016-09-19"}),
        "established_on_is_a_day": Mutation({"established_on": "长期"}),
        "approved_on_is_a_day": Mutation({"approved_on": "9999-12-31"}),
        "operation_from_a_day": Mutation({"operation_from": "长期"}),
        "industry_code_in_form": Mutation({"industry_code": "5"}),
        "industry_code_of_category": Mutation({"industry_code": "4790"}),
        "domicile_region_in_form": Mutation({"domicile_region": "5201"}),
        "postal_code_in_form": Mutation({"postal_code": "55000"}),
    },
    "administrative_licence": {
        **_DECISIONS,
        "decided_on_not_in_future": Mutation({"decided_on": TOO_LATE}),
        "valid_dates_in_order": Mutation({"valid_until": "2026-11-15"}),
        "valid_from_a_day": Mutation({"valid_from": "2099/12/31"}),
        "decision_no_in_form": Mutation({"decision_no": "JY15201020000002"}),
    },
    "administrative_penalty": {
        **_DECISIONS,
        "decided_on_not_in_future": Mutation({"decided_on": TOO_LATE}),
        "valid_until_after_decided": Mutation({"valid_until": "2026-11-15"}),
        "publicity_ends_after_decided": Mutation({"publicity_ends_on": "2026-11-15"}),
        "publicity_ends_on_a_day": Mutation({"publicity_ends_on": "长期"}),
        "fine_above_zero": Mutation({"fine_amount": "0"}),
        "fine_only_where_fined": Mutation(
            {"penalty_category": "没收违法所得；暂扣许可证"}
        ),
        "confiscated_above_zero": Mutation({"confiscated_amount": "0.00"}),
        "confiscated_only_where_confiscated": Mutation(
            {"penalty_category": "罚款；暂扣许可证"}
        ),
        "certificate_only_where_suspended": Mutation(
            {"penalty_category": "罚款；没收违法所得"}
        ),
        "fine_as_in_text": Mutation({"fine_amount": "2000"}),
        "confiscated_as_in_text": Mutation({"confiscated_amount": "500"}),
        "decision_no_in_form": Mutation({"decision_no": "筑市监罚2026第1号"}),
    },
}

WHOLE_TABLE: dict[str, Callable[[pa.Table], pa.Table]] = {
    "table.columns": lambda typed: typed.drop_columns(["operation__ok"]),
    "table.rows": lambda typed: typed.slice(0, len(typed) - 1),
}
"""Rule -> what is done to a sound typed table."""

JUNK: dict[ItemType, str] = {
    ItemType.DATE: "2026-13-45",
    ItemType.AMOUNT: "两三百",
    ItemType.INTEGER: "三点五",
    ItemType.CODE: "目录以外的值",
    ItemType.CODES: "目录以外的值",
    ItemType.PHONE: "12",
    ItemType.PERSON_ID: "520102198703070039",
}
SPOILT: dict[ItemType, Callable[[str], str]] = {
    ItemType.USCC: corrupt.bad_check,
    ItemType.ORG_CODE: corrupt.org_code,
}
UNUSUAL: dict[str, Callable[[str], str]] = {
    "unknown_pair": corrupt.unknown_pair,
    "unknown_region": corrupt.unknown_region,
    "inner_check": corrupt.inner_check,
}
OF_ROW: dict[str, Mutation] = {
    "operation.form": Mutation({"_operation": "删掉"}),
    "key_copies": Mutation({}, twins=2),
}


def of_rules(
    dataset: Dataset, catalog: Catalog, rules: tuple[RuleExpectation, ...]
) -> dict[str, Mutation]:
    """Return the mutation of every rule about rows, by the rule's id."""
    by_hand = {**OF_ROW, **ACROSS.get(dataset.id, {})}
    found = {}
    for rule in rules:
        short = rule.rule_id.removeprefix(f"{dataset.id}.")
        if rule.judgement in TABLE:
            continue
        if short in by_hand:
            found[rule.rule_id] = by_hand[short]
        elif short == "key_repeats":
            found[rule.rule_id] = _otherwise(dataset)
        elif short == "name_in_form":
            found[rule.rule_id] = _other_name(dataset, "贵阳&#183;某某商贸有限公司")
        elif mutation := _of_item(dataset, catalog, short):
            found[rule.rule_id] = mutation
    return found


def _otherwise(dataset: Dataset) -> Mutation:
    """Say something else under the same key."""
    plain = next(
        item.id
        for item in dataset.items
        if item.type is ItemType.TEXT
        and item.id not in (*dataset.key, dataset.subject.name)
    )
    return Mutation({plain: "另一内容"}, twins=2, both=True)


def _other_name(dataset: Dataset, name: str) -> Mutation:
    """Write a name under which nobody is known."""
    item = dataset.subject.name
    also = (f"{item}.known_name",) if links.applies(dataset) else ()
    return Mutation({item: name}, also=also)


def _of_item(dataset: Dataset, catalog: Catalog, short: str) -> Mutation | None:
    """Break a rule that an attribute of an item brings; None = none is known."""
    name, _, kind = short.partition(".")
    item = next((i for i in dataset.items if i.id == name), None)
    if item is None:
        return None
    good = rows(GOOD[dataset.id])
    filled = next((n for n, row in enumerate(good) if row.get(name)), 0)
    text = good[filled].get(name, "")
    match kind:
        case "required" | "required_when":
            return Mutation({name: ""}, filled)
        case "empty_when":
            return _filled_in(dataset, item, good)
        case "form":
            spoilt = SPOILT[item.type](text) if item.type in SPOILT else JUNK[item.type]
            return Mutation({name: spoilt}, filled)
        case "length":
            # nobody is known under a name that is too long
            named = name == dataset.subject.name and links.applies(dataset)
            also = (f"{name}.known_name",) if named else ()
            return Mutation(_too_long(dataset, catalog, item), filled, also=also)
        case "range":
            beyond = -1 if item.maximum is None else item.maximum + 1
            return Mutation({name: f"{beyond:.0f}"}, filled)
        case "unknown_pair" | "unknown_region" | "inner_check":
            return Mutation({name: UNUSUAL[kind](text)}, filled)
        case "known_name":
            return Mutation({name: "贵阳改名商贸有限公司"})
        case "another_department":
            other = list(catalog.departments.values())[-1]  # the first one delivers
            wrong = other.uscc if item.type is ItemType.USCC else other.title
            return Mutation({name: wrong}, filled)
    return None


def _filled_in(dataset: Dataset, item: Item, good: list[Row]) -> Mutation:
    """Fill an item that must be empty, and what goes with it, as another row does."""
    giver = next(row for row in good if row.get(item.id))
    together = [item.id] + [
        other.id
        for other in dataset.items
        if other.required_when and other.required_when.item == item.id
    ]
    empty = next(
        n for n, row in enumerate(good) if item.empty_when and not row.get(item.id)
    )
    changes = {name: giver[name] for name in together}
    if item.type is ItemType.USCC:
        changes[item.id] = uscc(9)  # of nobody whose name is known
    return Mutation(changes, empty)


def _too_long(dataset: Dataset, catalog: Catalog, item: Item) -> Row:
    """Write too much; what an overlong value no longer asks for is left out."""
    prefix = ""
    if item.code_list:
        prefix = catalog.code_list(dataset, item.code_list).other_prefix or ""
    asked = [
        other.id
        for other in dataset.items
        if item.code_list
        and other.required_when
        and other.required_when.item == item.id
        and not any(word == prefix for word in other.required_when.contains)
    ]
    return {
        **dict.fromkeys(asked, ""),
        item.id: prefix + "长" * (item.length or 0) + "长",
    }


def rows(good: Good) -> list[Row]:
    """Return all good rows of a dataset, the fullest one first."""
    return [good.row, *({**good.row, **other} for other in good.others)]
