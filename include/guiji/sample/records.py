"""Records of the registry's datasets and of checks, one function per dataset.

Which items a dataset has, and which of them must be filled in, is for the catalogue
to say: an item that no function here knows stays empty, or gets a plain value of its
type if it is required.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guiji.catalog.model import Item
from guiji.catalog.vocabulary import ItemType
from guiji.sample import decisions, names
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
    "1": ("有限责任公司", "有限责任公司(自然人独资)", "股份有限公司"),
    "2": ("个体工商户",),
    "3": ("农民专业合作社",),
}
RMB = "人民币"


def build(part: Part) -> Columns:
    """Make the records of one part: every item of its dataset, in catalogue order.

    Returns:
        Item -> n values; see Columns.
    """
    make = BUILDERS.get(part.dataset.id, _common)
    columns = make(part)
    return {i.id: _column(part, i, columns) for i in part.dataset.items}


def _column(part: Part, item: Item, columns: Columns) -> pa.Array:
    if item.id in columns:
        return columns[item.id]
    if item.required:
        return _plain(part, item)
    return pa.nulls(len(part), arrow_type(item))


def arrow_type(item: Item) -> pa.DataType:
    """Return the type in which an item's values are made."""
    if item.type is ItemType.DATE:
        return pa.date32()
    return pa.decimal128(18, 6) if item.type is ItemType.AMOUNT else pa.string()


def _plain(part: Part, item: Item) -> pa.Array:
    """Fill a required item that no function knows."""
    if item.type is ItemType.DATE:
        return dates(part.events)
    if item.type is ItemType.AMOUNT:
        return pa.repeat(pa.scalar(Decimal(1), pa.decimal128(18, 6)), len(part))
    if item.type in (ItemType.CODE, ItemType.CODES):
        values = part.catalog.code_list(part.dataset, item.code_list or "").values
        return names.pick(part.rng, [v.code for v in values], len(part))
    if item.type is ItemType.USCC:
        return part.constant(part.department.uscc)
    text = pa.array(part.serials).cast(pa.string())
    return text if item.type is ItemType.INTEGER else names.join(item.title, text)


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


def _of_category(part: Part, words: Mapping[str, Sequence[str]]) -> pa.Array:
    category = part.column("category")
    drawn = pa.nulls(len(part), pa.string())
    for letter, choices in words.items():
        chosen = names.pick(part.rng, choices, len(part))
        drawn = pc.if_else(pc.equal(category, letter), chosen, drawn)
    return drawn


def _registration(part: Part) -> Columns:
    founded = part.column("established_on")
    years = np.asarray(part.column("established_on")).astype("datetime64[D]")
    trade = np.asarray(part.column("trade"))
    open_end = part.chance(0.6)
    until = np.where(open_end, FOREVER, years + np.timedelta64(365 * 40, "D"))
    place = part.column("place")
    return {
        **_common(part),
        "enterprise_type": _of_category(part, TYPES),
        "legal_representative": part.column("legal_representative"),
        "registered_capital": part.column("capital"),
        "registered_capital_currency": part.constant(RMB),
        "industry_category": names.take([t[1] for t in names.TRADES], trade),
        "industry_code": names.take([t[2] for t in names.TRADES], trade),
        "established_on": founded,
        "approved_on": dates(part.events),
        "registration_authority": names.join(place, "市场监督管理局"),
        "registration_status": _registration_status(part),
        "business_scope": names.take([t[3] for t in names.TRADES], trade),
        "operation_from": founded,
        "operation_to": dates(until),
        "domicile": part.column("domicile"),
        "domicile_region": part.column("region"),
        "province": pc.utf8_slice_codeunits(part.column("domicile"), 0, 2),
        "city": part.column("city"),
        "postal_code": names.join(
            pc.utf8_slice_codeunits(part.column("region"), 0, 2), "0000"
        ),
    }


def _registration_status(part: Part) -> pa.Array:
    values = [v.code for v in part.dataset.codes["registration_status"].values]
    return names.pick(part.rng, [values[0]] * 40 + values, len(part))


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
            "dishonesty_grade": names.pick(
                part.rng, part.catalog.jurisdiction.grades, len(part)
            ),
            "removed_reason": pc.if_else(shown, "已履行公示义务，申请移出", none),
            "removed_on": dates(left, removed),
            "removed_by": pc.if_else(shown, office, none),
        }

    return make


def _spot_check(part: Part) -> Columns:
    kinds = [v.code for v in part.dataset.codes["check_type"].values]
    number = pa.array(part.serials + 1).cast(pa.string())
    return {
        **_common(part),
        "check_id": names.join("SSJ", pa.array(part.events.astype(str)), "-", number),
        "authority_name": part.constant(part.department.title),
        "check_type": names.pick(part.rng, kinds, len(part)),
        "result": names.pick(part.rng, RESULTS, len(part)),
    }


BUILDERS: dict[str, Callable[[Part], Columns]] = {
    "enterprise_registration": _registration,
    "administrative_licence": decisions.licence,
    "administrative_penalty": decisions.penalty,
    "abnormal_operation_list": _listing("YC", ABNORMAL),
    "serious_dishonesty_list": _listing("WF", DISHONEST),
    "spot_check": _spot_check,
}
"""Dataset -> what makes its records; any other gets the items common to all."""
