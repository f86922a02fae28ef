"""How findings name another record: its subject, its day, and where it stands."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from guiji.core import files
from guiji.pipeline.batch.outcome import VERDICT
from guiji.pipeline.reconciliation.comparison import Comparison

Row = Mapping[str, Any]


class Files:
    """Names of the files that batches came as; read once each."""

    def __init__(self, night: Comparison) -> None:
        self._batches = night.context.settings.batches
        self._names = {
            delivery.batch_id: delivery.delivery.source_file
            for delivery in night.deliveries
        }

    def name(self, batch_id: str) -> str:
        """Return the file of a batch; its id where its folder is gone."""
        if batch_id not in self._names:
            path = self._batches / batch_id / VERDICT
            meta = files.read_json(path) if path.exists() else {}
            self._names[batch_id] = meta.get("file") or batch_id
        return self._names[batch_id]


def subject_and_day(row: Row, prefix: str) -> str:
    """Name whom a row is about and when; a natural person is not named."""
    code, name = row[f"{prefix}uscc"], row[f"{prefix}enterprise_name"]
    day = row[f"{prefix}event_on"]
    about = f"{name or ''} {code}".strip() if code else "无统一社会信用代码的主体"
    return f"{about}，日期{day or '空'}"


def place(files: Files, row: Row) -> str:
    """Name the file, sheet, row and night of another record."""
    sheet = f"工作表“{row['other_sheet']}”" if row["other_sheet"] else ""
    at = f"第{row['other_row']}行" if row["other_row"] is not None else ""
    night = row["other_night"]
    when = f"{night}入库" if night else "当晚报送"
    return f"《{files.name(row['other_batch_id'])}》{sheet}{at}，{when}"


def rows(
    table: pa.Table, details: Sequence[str], details_en: Sequence[str]
) -> pa.Table:
    """Return `results.ROWS` of what a model found and what is said of it."""
    return (
        table.select(["batch_id", "row_id"])
        .append_column("detail", pa.array(details, pa.string()))
        .append_column("detail_en", pa.array(details_en, pa.string()))
    )
