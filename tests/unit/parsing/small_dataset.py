"""A dataset with every type of item, and rows of it, built without any file."""

from datetime import date

import pyarrow as pa

from guiji.catalog.model import (
    Catalog,
    Channel,
    CircularRules,
    Clock,
    Code,
    CodeList,
    Dataset,
    Item,
    Jurisdiction,
    Status,
    Subject,
)
from guiji.catalog.vocabulary import (
    ClockKind,
    Coverage,
    IdentifierKind,
    InfoClass,
    ItemType,
    Masking,
    OpenLevel,
    ShareMethod,
    ShareType,
    SubjectClass,
    UpdateCycle,
)
from guiji.parsing.parse import parse

KEY = b"a key that only tests use"
OWNER = "market_regulation"
REGIONS = {"520100", "520102"}
CODE = "9152000071430580XT"
OTHER_CODE = "915201005872786441"
PERSON = "529901199003078636"
OTHER_PERSON = "52990119900307873X"


def item(name: str, kind: ItemType = ItemType.TEXT, **more: object) -> Item:
    return Item.model_validate(
        {"id": name, "title": name, "code": name.upper(), "type": kind, **more}
    )


def personal(name: str, kind: ItemType, masking: Masking) -> Item:
    return item(name, kind, masking=masking, open_level=OpenLevel.NONE)


CODES = {
    "category": CodeList(
        values=(
            Code(code="1", title="法人及非法人组织"),
            Code(code="2", title="自然人", aliases=("公民",)),
        )
    ),
    "status": CodeList(
        values=(Code(code="1", title="有效"), Code(code="2", title="撤销"))
    ),
    "kind": CodeList(
        values=(Code(code="警告", title="警告"), Code(code="罚款", title="罚款")),
        other_prefix="其他-",
    ),
    "currency": CodeList(
        values=(Code(code="156", title="人民币"), Code(code="840", title="美元"))
    ),
}
ITEMS = (
    item("name"),
    item("uscc", ItemType.USCC),
    item("org_code", ItemType.ORG_CODE),
    item("category", ItemType.CODE, code_list="category"),
    personal("id_no", ItemType.PERSON_ID, Masking.PERSON_ID),
    personal("phone", ItemType.PHONE, Masking.PHONE),
    item("decision_no"),
    item("kind", ItemType.CODES, code_list="kind"),
    item("fine", ItemType.AMOUNT, unit="万元", currency_item="currency"),
    item("currency", ItemType.CODE, code_list="currency"),
    item("staff", ItemType.INTEGER),
    item("decided_on", ItemType.DATE),
    item("changed_on", ItemType.DATE),
    item("valid_until", ItemType.DATE),
    item("status", ItemType.CODE, code_list="status"),
)


def dataset(**changes: object) -> Dataset:
    entry = Dataset(
        id="penalty",
        title="行政处罚",
        summary="-",
        legal_basis="行政处罚法",
        standard="双公示数据标准(2018)",
        version="1",
        valid_from=date(2018, 7, 25),
        providers=(OWNER,),
        coverage=Coverage.WHOLE_CITY,
        update_cycle=UpdateCycle.DAILY,
        share_type=ShareType.UNCONDITIONAL,
        share_method=ShareMethod.PLATFORM,
        open_level=OpenLevel.PUBLIC,
        subject_classes=(SubjectClass.ENTERPRISE,),
        info_class=InfoClass.LICENCE_PENALTY,
        subject=Subject(
            name="name", uscc="uscc", person_id="id_no", category="category"
        ),
        identifiers={IdentifierKind.ORGANISATION_CODE: "org_code"},
        key=("decision_no",),
        event=("decided_on",),
        produced=("changed_on", "decided_on"),
        status=Status(item="status", revoked=("撤销",)),
        clocks=(
            Clock(
                id="delivery",
                kind=ClockKind.DELIVERY,
                working_days=7,
                clause="渝府办发〔2015〕159号 二(十四)",
            ),
        ),
        codes=CODES,
        items=ITEMS,
    )
    return entry.model_copy(update=changes)


def catalog(codes: dict[str, CodeList] | None = None) -> Catalog:
    jurisdiction = Jurisdiction(
        id="small",
        title="小市",
        title_en="Small",
        document="小府〔2026〕1号",
        platform="小市平台",
        contact="小市信用办",
        region_codes=("520100",),
        grades=("一般",),
        opening_ways={},
        cycles={},
        channels=(Channel(id="site", title="公示", datasets=("penalty",), clause="-"),),
        circular=CircularRules(
            title="通报",
            licence_datasets=(),
            penalty_datasets=("penalty",),
            late_rate_above=0.1,
            conformity_below=0.9,
            clause="-",
        ),
        codes=codes or {},
    )
    return Catalog(
        jurisdiction=jurisdiction,
        departments={},
        datasets={"penalty": dataset()},
        version="1",
    )


def text_of(rows: list[dict[str, str | None]]) -> pa.Table:
    """Return rows as reading does; row 1 is the heading."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    reserved = ("fault", "source_sheet")
    table = {
        "source_sheet": pa.array(
            [row.get("source_sheet") for row in rows], pa.string()
        ),
        "source_row": pa.array(range(2, len(rows) + 2), pa.int32()),
        "fault": pa.array([row.get("fault") for row in rows], pa.string()),
        "fault_column": pa.nulls(len(rows), pa.string()),
        "raw_line": pa.nulls(len(rows), pa.string()),
    }
    for name in names:
        if name not in reserved:
            table[name] = pa.array([row.get(name) for row in rows], pa.string())
    return pa.table(table)


def parsed(*rows: dict[str, str | None], **changes: object) -> pa.Table:
    """Parse rows of the small dataset."""
    entry = dataset(**changes)
    return parse(text_of(list(rows)), entry, catalog(), OWNER, KEY, REGIONS)


def one(**cells: str | None) -> dict[str, object]:
    """Parse one row."""
    return parsed(cells).to_pylist()[0]
