"""Deliveries that were judged, and the workbooks in which they come back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
from delivery_builders import delivery
from intake_catalog import catalog_of, penalties
from model_builders import item
from settings_builders import settings_in

from guiji.catalog.model import Catalog, Subject
from guiji.core.schemas import FINDINGS
from guiji.core.settings import Settings
from guiji.ledger.deliveries import RowCounts
from guiji.outbox.returned import workbook, writer_process
from guiji.outbox.returned.findings_view import COLUMNS
from guiji.outbox.returned.job import Job
from guiji.reading.limits import Limits
from guiji.reading.read import TEXT, read_file
from guiji.reading.result import Reading

REGISTRATION = penalties(
    id="enterprise_registration",
    title="企业登记信息",
    subject=Subject(name="enterprise_name", uscc="uscc"),
    key=("uscc",),
    event=("established_on",),
    extracts=(),
    items=(
        item(
            "enterprise_name",
            "企业名称",
            code="QYMC",
            aliases=("单位名称",),
            required=True,
        ),
        item("uscc", "统一社会信用代码", code="UNISCID", required=True),
        item("established_on", "成立日期", code="CLRQ", type="date"),
        item("capital", "注册资本", code="ZCZB", type="amount", unit="万元"),
    ),
)
CATALOG = catalog_of(REGISTRATION)
HEADINGS = ("企业名称", "统一社会信用代码", "成立日期", "注册资本")
NIGHT = date(2026, 11, 20)
BATCH = "2026-11-20-tax-enterprise_registration-0a1b2c3d"

RED, YELLOW = "FFFF8F8F", "FFFFF2A8"


def finding(
    row: int | None, column: str | None = None, **values: Any
) -> dict[str, Any]:
    """A finding of one cell, of a whole row or, without a row, of the batch."""
    return {
        "batch_id": BATCH,
        "source_row": row,
        "source_column": column,
        "title": "统一社会信用代码",
        "value": "911*******",
        "rule_id": "enterprise_registration.uscc.form",
        "severity": "critical",
        "message": "“统一社会信用代码”不是18位。",
        "remedy": "请对照营业执照更正。",
        "clause": "GB 32100-2015",
    } | values


@dataclass
class Delivered:
    """A file that was dropped, read and judged.

    Attributes:
        folder: everything lies below it.
        name: the file as dropped.
        catalog: of one dataset, or as a test changed it.
        findings: of its rows.
        rows: counts; by default one row of two is put away.
    """

    folder: Path
    name: str = "企业登记信息.xlsx"
    catalog: Catalog = CATALOG
    findings: Sequence[dict[str, Any]] = ()
    rows: RowCounts = RowCounts(2, 1, 1)
    changes: dict[str, Any] = field(default_factory=dict)

    @property
    def original(self) -> Path:
        return self.folder / "original.xlsx"

    @property
    def batch(self) -> Path:
        return self.folder / "batch"

    @property
    def settings(self) -> Settings:
        return settings_in(self.folder / "data")

    def read(self, path: Path | None = None, name: str | None = None) -> Reading:
        """Read the dropped file, or another one, into the batch's folder."""
        datasets = list(self.catalog.datasets.values())
        return read_file(path or self.original, name or self.name, datasets, self.batch)

    def text(self) -> list[dict[str, Any]]:
        """Return the rows that were read last."""
        return pq.read_table(self.batch / TEXT).to_pylist()

    def judged(self, reading: Reading | None) -> workbook.AnsweredDelivery:
        attributes = {
            "source_file": f"九月/{self.name}",
            "answer_name": self.name,
            "verdict": "partly",
            "rows": self.rows,
            "catalogue_version": "c0ffee",
        } | self.changes
        answer = {
            k: attributes.pop(k) for k in ("refusal", "due_by") if k in attributes
        }
        return workbook.AnsweredDelivery(
            delivery=delivery(NIGHT, REGISTRATION.id, **attributes),
            findings=pa.Table.from_pylist(list(self.findings), schema=FINDINGS),
            reading=reading,
            text=self.batch / TEXT,
            original=self.original,
            **answer,
        )

    def make(self, way: str = "marked", **limits: int) -> Any:
        """Read the file and make its workbook here; give it as openpyxl loads it."""
        judged = self.judged(self.read())
        told = self.folder / "findings.parquet"
        pq.write_table(judged.findings.select(COLUMNS), told)
        assert judged.reading is not None
        items = self.catalog.datasets["enterprise_registration"].items
        job = Job(
            original=self.original,
            text=judged.text,
            findings=told,
            out=self.folder / "returned.xlsx",
            scratch=self.folder,
            about=workbook.described(self.catalog, judged),
            reading=judged.reading,
            titles={item.id: item.title for item in items},
            instant=judged.delivery.received_at,
        )
        writer_process.make(job, way, Limits(**limits))
        return openpyxl.load_workbook(job.out)

    @property
    def out(self) -> Path:
        return self.folder / "returned.xlsx"


def lines(book: Any) -> list[str]:
    """Return what the summary says, row by row."""
    return [
        " ".join(str(v) for v in row if v is not None)
        for row in book["退回说明"].iter_rows(values_only=True)
    ]


def colour(cell: Any) -> str | None:
    """Return the fill of a cell, None if it has none."""
    return cell.fill.fgColor.rgb if cell.fill.fill_type == "solid" else None
