"""A dataset with every type of item, and rows of it, built without any file."""

from typing import Any

import model_builders
import pyarrow as pa
from model_builders import channel, circular, item, jurisdiction

from guiji.catalog.items import Code, CodeList
from guiji.catalog.model import Catalog, Dataset
from guiji.parsing.parse import parse

KEY = b"a key that only tests use"
OWNER = "market_regulation"
REGIONS = {"520100", "520102"}
CODE = "9152000071430580XT"
OTHER_CODE = "915201005872786441"
PERSON = "529901199003078636"
OTHER_PERSON = "52990119900307873X"


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
    item("uscc", type="uscc"),
    item("org_code", type="org_code"),
    item("category", type="code", code_list="category"),
    item("id_no", type="person_id", masking="person_id", open_level="none"),
    item("phone", type="phone", masking="phone", open_level="none"),
    item("decision_no"),
    item("kind", type="codes", code_list="kind"),
    item("fine", type="amount", unit="万元", currency_item="currency"),
    item("currency", type="code", code_list="currency"),
    item("staff", type="integer"),
    item("decided_on", type="date"),
    item("changed_on", type="date"),
    item("valid_until", type="date"),
    item("status", type="code", code_list="status"),
)


def dataset(**changes: Any) -> Dataset:
    given = {
        "id": "penalty",
        "title": "行政处罚",
        "subject": {
            "name": "name",
            "uscc": "uscc",
            "person_id": "id_no",
            "category": "category",
        },
        "identifiers": {"organisation_code": "org_code"},
        "key": ("decision_no",),
        "event": ("decided_on",),
        "produced": ("changed_on", "decided_on"),
        "status": {"item": "status", "revoked": ("撤销",)},
        "codes": CODES,
        "items": ITEMS,
    }
    return model_builders.dataset(**given | changes)


def catalog(codes: dict[str, CodeList] | None = None) -> Catalog:
    city = jurisdiction(
        channels=(channel("penalty"),),
        circular=circular(penalty_datasets=("penalty",)),
        codes=codes or {},
    )
    return model_builders.catalog(city, {}, dataset())


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
