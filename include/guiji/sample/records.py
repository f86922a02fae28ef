"""Records of one dataset: its catalogue entry fills them, and hints make them better.

Which items a dataset has, which of them must be filled in and what may stand in them,
is for the catalogue to say. Six datasets, of which every night has many records, have
hints: texts that belong together, and few optional items, as departments deliver them.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guiji.catalog import bodies
from guiji.catalog.vocabulary import SubjectClass
from guiji.sample import decisions, fill, names, words
from guiji.sample.subjects import Columns, Part, dates

FOREVER = np.datetime64("2099-12-31")  # 长期

ABNORMAL = (
    "未依照《企业信息公示暂行条例》第八条规定的期限公示年度报告",
    "通过登记的住所或者经营场所无法联系",
    "公示企业信息隐瞒真实情况、弄虚作假",
)
DISHONEST = (
    "被列入经营异常名录届满3年仍未履行相关义务",
    "提交虚假材料取得公司登记，情节严重",
    "拒不履行行政处罚决定，情节严重",
)
RESULTS = (
    "未发现问题",
    "未按规定公示应当公示的信息",
    "通过登记的住所（经营场所）无法联系",
    "发现问题已责令改正",
)
TYPES = {
    SubjectClass.ENTERPRISE: (
        "有限责任公司",
        "有限责任公司(自然人独资)",
        "股份有限公司",
    ),
    SubjectClass.INDIVIDUAL_BUSINESS: ("个体工商户",),
    SubjectClass.COOPERATIVE: ("农民专业合作社",),
}
RMB = "人民币"


def build(part: Part) -> Columns:
    """Make the records of one part: every item of its dataset, in catalogue order.

    Returns:
        Item -> n values; see Columns.
    """
    hint = HINTS.get(part.dataset.id)
    return fill.fill(part, hint(part) if hint else {}, sparse=hint is not None)


def _common(part: Part) -> Columns:
    """Return the items by which every record names its enterprise and its event."""
    columns = {
        part.dataset.subject.name: part.column("enterprise_name"),
        part.dataset.subject.uscc: part.column("uscc"),
        part.dataset.event[0]: dates(part.events),
    }
    for item in ("registration_no", "subject_id"):
        columns[item] = part.column(item)
    return columns


def _of_class(part: Part, words: Mapping[SubjectClass, Sequence[str]]) -> pa.Array:
    subject_class = part.column("subject_class")
    drawn = pa.nulls(len(part), pa.string())
    for each, choices in words.items():
        chosen = names.pick(part.rng, choices, len(part))
        drawn = pc.if_else(pc.equal(subject_class, each.value), chosen, drawn)
    return drawn


def _registration(part: Part) -> Columns:
    founded = part.column("established_on")
    years = np.asarray(part.column("established_on")).astype("datetime64[D]")
    trade = np.asarray(part.column("trade"))
    open_end = part.chance(0.6)
    until = np.where(open_end, FOREVER, years + np.timedelta64(365 * 40, "D"))
    return {
        **_common(part),
        "enterprise_type": _of_class(part, TYPES),
        "legal_representative": part.column("legal_representative"),
        "registered_capital": part.column("capital"),
        "registered_capital_currency": part.constant(RMB),
        "industry_category": names.take([t[1] for t in names.TRADES], trade),
        "industry_code": names.take([t[2] for t in names.TRADES], trade),
        "established_on": founded,
        "approved_on": dates(part.events),
        "registration_authority": _registrar(part),
        "business_scope": names.take([t[3] for t in names.TRADES], trade),
        "operation_from": founded,
        "operation_to": dates(until),
        "domicile": part.column("domicile"),
        "domicile_region": part.column("region"),
        "province": part.column("province"),
        "city": part.column("city"),
        "postal_code": words.postal_code(part),
    }


def _registrar(part: Part) -> pa.Array:
    """Name the bureau of the district, or the sender where others answer for it."""
    bureaux = names.join(part.column("place"), "市场监督管理局").dictionary_encode()
    departments = bodies.departments(part.catalog)
    own = bodies.delivered_by(part.catalog, part.department.id)
    accepts = part.dataset.unlisted_bodies == "accept"
    may_be_named = [
        accepts if (named := departments.find(bureau)) is None else named in own
        for bureau in bureaux.dictionary.to_pylist()
    ]
    named = pa.array(may_be_named, pa.bool_()).take(bureaux.indices)
    return pc.if_else(named, bureaux.cast(pa.string()), part.department.title)


def _listing(prefix: str, reasons: Sequence[str]) -> Callable[[Part], Columns]:
    def make(part: Part) -> Columns:
        removed = part.chance(0.15)
        night = np.datetime64(part.night)
        left = np.minimum(part.events + part.rng.integers(0, 5, len(part)), night)
        number = pa.array(part.serials + 1).cast(pa.string())
        office = part.constant(part.department.title)
        none = part.constant(None)
        shown = pa.array(removed)
        return {
            **_common(part),
            "list_id": names.join(
                prefix, pa.array(part.events.astype(str)), "-", number
            ),
            "listed_reason": names.pick(part.rng, reasons, len(part)),
            "listed_by": office,
            "removed_reason": pc.if_else(shown, "已履行公示义务，申请移出", none),
            "removed_on": dates(left, removed),
            "removed_by": pc.if_else(shown, office, none),
        }

    return make


def _spot_check(part: Part) -> Columns:
    number = pa.array(part.serials + 1).cast(pa.string())
    return {
        **_common(part),
        "check_id": names.join("SSJ", pa.array(part.events.astype(str)), "-", number),
        "authority_name": part.constant(part.department.title),
        "result": names.pick(part.rng, RESULTS, len(part)),
    }


HINTS: dict[str, Callable[[Part], Columns]] = {
    "enterprise_registration": _registration,
    "administrative_licence": decisions.licence,
    "administrative_penalty": decisions.penalty,
    "abnormal_operation_list": _listing("YC", ABNORMAL),
    "serious_dishonesty_list": _listing("WF", DISHONEST),
    "spot_check": _spot_check,
}
"""Dataset -> what makes some of its items; others have none."""
