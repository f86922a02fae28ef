"""Licences and penalties (双公示), decided about enterprises and natural persons."""

from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from guiji.catalog.vocabulary import SubjectClass
from guiji.sample import codes, names, topics
from guiji.sample.subjects import Columns, Part, dates

ORGANISATION, PERSON, HOUSEHOLD = "法人及非法人组织", "自然人", "个体工商户"
RESIDENT_ID = "身份证"
FOREVER = np.datetime64("2099-12-31")
FINES = (200, 500, 1000, 2000, 3500, 5000, 10_000, 20_000, 50_000, 123_456)
"""In 元."""

OUTCOMES = (
    ("罚款",),
    ("罚款",),
    ("警告",),
    ("警告", "罚款"),
    ("罚款", "没收违法所得"),
    ("没收违法所得",),
    ("暂扣许可证",),
    ("责令停产停业",),
    ("通报批评",),
)
"""Kinds of penalty that one decision joins (行政处罚法 第九条)."""


def licence(part: Part) -> Columns:
    """Make licence decisions (行政许可)."""
    theme = topics.of(part.department.title)
    kind = part.rng.integers(0, len(theme.licences), len(part))
    certificate = names.take([name for name, _ in theme.licences], kind)
    number = codes.to_arrow(codes.digits(part.serials + 1, 7))
    term = part.rng.choice([365, 1095, 1826], len(part))
    until = np.where(part.chance(0.2), FOREVER, part.events + term)
    return {
        **_counterparts(part, persons=0.03),
        **_authority(part),
        "document_name": names.join("准予", certificate, "行政许可决定书"),
        "decision_no": _document_numbers(part, f"{theme.short}许"),
        "certificate_name": certificate,
        "certificate_no": names.join("JY", number),
        "licence_content": names.take([what for _, what in theme.licences], kind),
        "decided_on": dates(part.events),
        "valid_from": dates(part.events),
        "valid_until": dates(until),
    }


def penalty(part: Part) -> Columns:
    """Make penalty decisions (行政处罚); what is said and the amounts agree."""
    theme = topics.of(part.department.title)
    kind = part.rng.integers(0, len(theme.violations), len(part))
    outcome = part.rng.integers(0, len(OUTCOMES), len(part))
    fine = part.rng.integers(0, len(FINES), len(part))
    taken = part.rng.integers(0, len(FINES), len(part))
    days = part.rng.choice([93, 365], len(part))  # from three months to a year
    days[_has(outcome, "责令")] = 365  # the shortest of severe ones
    return {
        **_counterparts(part, persons=0.06),
        **_authority(part),
        "decision_no": _document_numbers(part, f"{theme.short}罚"),
        "violation_type": names.take([v.title for v in theme.violations], kind),
        "violation_facts": names.take([v.facts for v in theme.violations], kind),
        "penalty_basis": names.take([v.basis for v in theme.violations], kind),
        "penalty_category": names.take(["；".join(o) for o in OUTCOMES], outcome),
        "penalty_content": _content(outcome, fine, taken),
        "fine_amount": _amounts(fine, _has(outcome, "罚款")),
        "confiscated_amount": _amounts(taken, _has(outcome, "没收")),
        "suspended_certificate": _suspended(part, _has(outcome, "暂扣")),
        "decided_on": dates(part.events),
        "valid_until": dates(part.events + np.timedelta64(365, "D")),
        "publicity_ends_on": dates(part.events + days, part.chance(0.5)),
    }


def _counterparts(part: Part, *, persons: float) -> Columns:
    """Draw whom the decisions are about: mostly enterprises, some natural persons."""
    is_listed = SubjectClass.PERSON in part.dataset.subject_classes
    natural = pa.array(part.chance(persons if is_listed else 0))
    individual = SubjectClass.INDIVIDUAL_BUSINESS.value
    household = pc.equal(part.column("subject_class"), individual)
    shown_id = pa.array(part.chance(0.2))
    none = part.constant(None)
    ids = codes.to_arrow(_person_ids(part))

    def organisations(values: pa.Array) -> pa.Array:
        return pc.if_else(natural, none, values)

    def people(values: pa.Array) -> pa.Array:
        return pc.if_else(natural, values, none)

    kind = pc.if_else(household, HOUSEHOLD, ORGANISATION)
    tax = names.join(part.column("region"), part.column("org_code"))
    return {
        "counterpart_name": pc.if_else(
            natural, names.persons(part.rng, len(part)), part.column("enterprise_name")
        ),
        "counterpart_category": pc.if_else(natural, PERSON, kind),
        "uscc": organisations(part.column("uscc")),
        "registration_no": organisations(part.column("registration_no")),
        "org_code": organisations(part.column("org_code")),
        "tax_no": organisations(tax),
        "legal_representative": organisations(part.column("legal_representative")),
        "legal_representative_id_type": organisations(
            pc.if_else(shown_id, RESIDENT_ID, none)
        ),
        "legal_representative_id_no": organisations(
            pc.if_else(shown_id, part.column("legal_id"), none)
        ),
        "counterpart_id_type": people(part.constant(RESIDENT_ID)),
        "counterpart_id_no": people(ids),
    }


def _person_ids(part: Part) -> NDArray[np.uint8]:
    born = np.datetime64("1958-01-01") + part.rng.integers(0, 17_000, len(part))
    return codes.person_ids(born, part.rng.integers(1, 999, len(part)))


def _authority(part: Part) -> Columns:
    """The department decides and delivers itself."""
    title = part.constant(part.department.title)
    uscc = part.constant(part.department.uscc)
    remark = names.pick(part.rng, ("补录", "网上办理", "窗口办理"), len(part))
    return {
        "authority_name": title,
        "authority_uscc": uscc,
        "source_name": title,
        "source_uscc": uscc,
        "remark": pc.if_else(pa.array(part.chance(0.3)), remark, part.constant(None)),
    }


def _document_numbers(part: Part, word: str) -> pa.Array:
    years = pa.array(part.events.astype("datetime64[Y]").astype(str))
    number = codes.to_arrow(codes.digits(part.serials + 1, 7))
    return names.join(
        part.catalog.jurisdiction.title[:2], word, "〔", years, "〕", number, "号"
    )


def _has(outcome: NDArray[np.integer[Any]], word: str) -> NDArray[np.bool_]:
    table = np.array([any(word in kind for kind in o) for o in OUTCOMES])
    has: NDArray[np.bool_] = table[outcome]
    return has


def _amounts(fine: NDArray[np.integer[Any]], where: NDArray[np.bool_]) -> pa.Array:
    """Return amounts in 万元; null except `where`."""
    table = pa.array([Decimal(f) / 10_000 for f in FINES], pa.decimal128(18, 6))
    return table.take(pa.array(fine, pa.int64(), mask=~where))


def _content(
    outcome: NDArray[np.integer[Any]],
    fine: NDArray[np.integer[Any]],
    taken: NDArray[np.integer[Any]],
) -> pa.Array:
    texts, size = [], len(FINES)
    for kinds in OUTCOMES:
        for fined in FINES:
            for gained in FINES:
                amounts = {"罚款": f"{fined}元", "没收违法所得": f"{gained}元"}
                texts.append("；".join(k + amounts.get(k, "") for k in kinds))
    return names.take(texts, (outcome * size + fine) * size + taken)


def _suspended(part: Part, where: NDArray[np.bool_]) -> pa.Array:
    number = codes.to_arrow(codes.digits(part.serials + 1, 7))
    return pc.if_else(
        pa.array(where), names.join("许可证 JY", number), part.constant(None)
    )
