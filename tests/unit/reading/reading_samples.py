"""Two small datasets and the ways to drop a file of them."""

from pathlib import Path
from typing import Any

import model_builders
import pyarrow.parquet as pq
from model_builders import item

from guiji.catalog.items import Item
from guiji.catalog.model import Dataset
from guiji.reading.read import TEXT, read_file
from guiji.reading.result import Reading

CODE = "91520100K5K7MEAE3L"


def dataset(name: str, title: str, *items: Item) -> Dataset:
    """A dataset whose first three items are name, credit code and date."""
    who, code, day = (item.id for item in items[:3])
    return model_builders.dataset(
        id=name,
        title=title,
        info_class="basic",
        subject={"name": who, "uscc": code},
        key=(code,),
        event=(day,),
        items=items,
    )


REGISTRATION = dataset(
    "enterprise_registration",
    "企业登记信息",
    item("enterprise_name", "企业名称", required=True, aliases=["单位名称"]),
    item("uscc", "统一社会信用代码", required=True, type="uscc"),
    item("established_on", "成立日期", type="date", aliases=["注册日期"]),
    item("capital", "注册资本", type="amount", unit="万元", aliases=["注册资金"]),
    item("enterprise_type", "企业类型"),
    item("legal_representative", "法定代表人", aliases=["法人代表"]),
    item("business_scope", "经营范围"),
    item("province", "所在省份"),
    item("region", "地区"),
    item("domicile", "住所", aliases=["注册地址"]),
)
PENALTY = dataset(
    "administrative_penalty",
    "行政处罚信息",
    item("counterpart_name", "行政相对人名称", required=True, code="CF_XDR_MC"),
    item("uscc", "行政相对人代码_1（统一社会信用代码）", code="CF_XDR_SHXYM"),
    item("decided_on", "处罚决定日期", required=True, type="date"),
    item("decision_no", "行政处罚决定书文号", required=True, code="CF_WSH"),
    item("fine", "罚款金额（万元）", type="amount", unit="万元"),
    item("remark", "备注", code="BZ"),
)
LICENCE = dataset(
    "administrative_licence",
    "行政许可信息",
    item("counterpart_name", "行政相对人名称", required=True, code="XK_XDR_MC"),
    item("uscc", "统一社会信用代码", code="XK_XDR_SHXYM"),
    item("decided_on", "许可决定日期", required=True, type="date"),
    item("decision_no", "行政许可决定书文号", required=True, code="XK_WSH"),
)
ALL = (REGISTRATION, PENALTY, LICENCE)

Row = dict[str, str | int | None]


class Drop:
    """Drops bytes and reads them, as the night does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.out = folder / "out"

    def read(
        self, content: bytes | Path, name: str = "报送.csv", **options: Any
    ) -> tuple[Reading, list[Row]]:
        """Read a file; give the reading and the text table's rows."""
        path = self.folder / "original"
        if isinstance(content, Path):
            path = content
        else:
            path.write_bytes(content)
        candidates = options.pop("candidates", ALL)
        reading = read_file(path, name, candidates, self.out, **options)
        return reading, pq.read_table(self.out / TEXT).to_pylist()

    def text(self, content: str, **options: Any) -> tuple[Reading, list[Row]]:
        """Read a text file in UTF-8."""
        return self.read(content.encode(), **options)
