"""A catalogue of one page: three departments, one dataset that is extracted."""

import model_builders
from model_builders import CLAUSE, channel, dataset, item, jurisdiction

from guiji.catalog.model import Catalog, Dataset

JURISDICTION = jurisdiction(
    opening_ways={"public": "公开信息"},
    cycles={"daily": 1},
    channels=(channel("administrative_penalty"),),
    circular=model_builders.circular(penalty_datasets=("administrative_penalty",)),
)
DEPARTMENTS = {
    "tax": "税务局",
    "transport": "交通委",
    "market_regulation": "市场监管局",
}


def penalties(**changes: object) -> Dataset:
    """The dataset that the tax department's database holds."""
    given: dict[str, object] = {
        "id": "administrative_penalty",
        "title": "行政处罚",
        "providers": ("tax", "transport"),
        "subject": {"name": "name", "uscc": "uscc"},
        "key": ("decision_no",),
        "event": ("decided_on",),
        "clocks": (
            {"id": "d", "kind": "delivery", "working_days": 7, "clause": CLAUSE},
        ),
        "extracts": (
            {
                "department": "tax",
                "connection": "guiyang_tax",
                "table": "share_penalty",
                "watermark": "updated_at",
                "columns": {"name": "company"},
            },
        ),
        "items": (
            item("name", "行政相对人名称", code="CF_XDR_MC", required=True),
            item("uscc", "统一社会信用代码", code="CF_XDR_SHXYM"),
            item("decision_no", "处罚决定书文号", code="CF_WSH"),
            item("decided_on", "决定日期", code="CF_JDRQ", type="date"),
            item("fine", "罚款金额", code="CF_FK", type="amount", unit="万元"),
            item("remark", "备注", code="BZ"),
        ),
    }
    return dataset(**given | changes)


def catalog_of(*datasets: Dataset) -> Catalog:
    return model_builders.catalog(
        JURISDICTION, DEPARTMENTS, *datasets, version="c0ffee"
    )
