"""A catalogue of one page: three departments, one dataset that is extracted."""

from datetime import date

from guiji.catalog.model import (
    Catalog,
    Channel,
    CircularRules,
    Clock,
    Dataset,
    Department,
    Extract,
    Item,
    Jurisdiction,
    Subject,
)
from guiji.catalog.vocabulary import (
    ClockKind,
    Coverage,
    InfoClass,
    ItemType,
    OpenLevel,
    ShareMethod,
    ShareType,
    SubjectClass,
    UpdateCycle,
)

DOCUMENT = "筑府办发〔2016〕39号"


def penalties(**changes: object) -> Dataset:
    """The dataset that the tax department's database holds."""
    values: dict[str, object] = {
        "id": "administrative_penalty",
        "title": "行政处罚",
        "summary": "行政处罚决定",
        "legal_basis": DOCUMENT,
        "standard": "双公示数据标准(2018)",
        "version": "1",
        "valid_from": date(2016, 1, 1),
        "providers": ("tax", "transport"),
        "coverage": Coverage.WHOLE_CITY,
        "update_cycle": UpdateCycle.DAILY,
        "share_type": ShareType.UNCONDITIONAL,
        "share_method": ShareMethod.PLATFORM,
        "open_level": OpenLevel.PUBLIC,
        "subject_classes": (SubjectClass.ENTERPRISE,),
        "info_class": InfoClass.LICENCE_PENALTY,
        "subject": Subject(name="name", uscc="uscc"),
        "key": ("decision_no",),
        "event": ("decided_on",),
        "clocks": (
            Clock(id="d", kind=ClockKind.DELIVERY, working_days=7, clause=DOCUMENT),
        ),
        "extracts": (
            Extract(
                department="tax",
                connection="guiyang_tax",
                table="share_penalty",
                watermark="updated_at",
                columns={"name": "company"},
            ),
        ),
        "items": (
            Item(id="name", title="行政相对人名称", code="CF_XDR_MC", required=True),
            Item(id="uscc", title="统一社会信用代码", code="CF_XDR_SHXYM"),
            Item(id="decision_no", title="处罚决定书文号", code="CF_WSH"),
            Item(id="decided_on", title="决定日期", code="CF_JDRQ", type=ItemType.DATE),
            Item(
                id="fine",
                title="罚款金额",
                code="CF_FK",
                type=ItemType.AMOUNT,
                unit="万元",
            ),
            Item(id="remark", title="备注", code="BZ"),
        ),
    }
    return Dataset.model_validate(values | changes)


def catalog_of(*datasets: Dataset) -> Catalog:
    jurisdiction = Jurisdiction(
        id="guiyang",
        title="贵阳市",
        title_en="Guiyang",
        document=DOCUMENT,
        platform="贵阳市企业信用信息归集平台",
        contact="信用办",
        region_codes=("520100",),
        grades=("一般",),
        opening_ways={OpenLevel.PUBLIC: "公开信息"},
        cycles={UpdateCycle.DAILY: 1},
        channels=(
            Channel(
                id="site",
                title="公示系统",
                datasets=("administrative_penalty",),
                clause=DOCUMENT,
            ),
        ),
        circular=CircularRules(
            title="通报",
            licence_datasets=(),
            penalty_datasets=("administrative_penalty",),
            late_rate_above=0.1,
            conformity_below=0.9,
            clause=DOCUMENT,
        ),
    )
    names = {"tax": "税务局", "transport": "交通委", "market_regulation": "市场监管局"}
    return Catalog(
        jurisdiction=jurisdiction,
        departments={
            name: Department(id=name, title=title, uscc="11520100009390217F")
            for name, title in names.items()
        },
        datasets={dataset.id: dataset for dataset in datasets},
        version="c0ffee",
    )
