"""Notices to departments about rows that were checked again, and the results.

Nothing was delivered, so there is no receipt to write; but rows that it was told to
mend are in the warehouse now, or are faulty in another way. Both notices say only what
the night decided: written again, they have the same bytes.
"""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from guiji.catalog.model import Catalog
from guiji.context import Context
from guiji.core import files
from guiji.ledger.deliveries import Delivery
from guiji.outbox import receipts
from guiji.pipeline.batch.outcome import TYPED_FILE, quarantine_path, read_all_findings
from guiji.pipeline.batch.replayed import QUARANTINE_FILE, ROWS, ReplayedBatch

ROWS_SHOWN = 200
"""Row numbers that fit on the clerk's page; the JSON file has them all."""


def tell(context: Context, first: Delivery, replayed: ReplayedBatch) -> list[str]:
    """Write the notices of one batch, and its renewed lines into `quarantine/`.

    Args:
        context: settings, where outbox and quarantine are; catalogue, names the dataset
            and signs.
        first: the delivery that brought the rows.
        replayed: what became of them, merged.

    Returns:
        Names of the two files; none if everything is as the department knows it.
    """
    lines = replayed.read(context.settings, QUARANTINE_FILE)
    if lines.num_rows:
        path = quarantine_path(context.settings, replayed.night, replayed.batch_id)
        files.write_parquet(path, lines)
    if not (replayed.accepted or replayed.renewed):
        return []
    accepted = _rows(replayed.read(context.settings, TYPED_FILE))
    content = _content(
        first, replayed, accepted, read_all_findings(replayed.home(context.settings))
    )
    stem = f"{first.answer_name}.{first.night}.重新校验"
    folder = receipts.outbox(context.settings, first.department, replayed.night)
    files.write_json(folder / f"{stem}.json", content)
    text = _page(context.catalog, first, replayed, accepted, lines)
    receipts.write_notice(
        context.at(replayed.night), first.department, f"{stem}.txt", text
    )
    return [f"{stem}.json", f"{stem}.txt"]


def _rows(table: pa.Table) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.select(ROWS.names).to_pylist()
    return sorted(rows, key=lambda r: (r["source_sheet"] or "", r["source_row"]))


def _content(
    first: Delivery,
    replayed: ReplayedBatch,
    accepted: Sequence[dict[str, Any]],
    findings: pa.Table,
) -> dict[str, Any]:
    return {
        "batch_id": replayed.batch_id,
        "night": str(replayed.night),
        "department": first.department,
        "dataset": first.dataset,
        "file": first.name,
        "sha256": first.sha256,
        "verdict": "replayed",
        "rows": {
            "checked": replayed.checked,
            "accepted": replayed.accepted,
            "quarantined": replayed.held,
        },
        "accepted_rows": [
            {"sheet": r["source_sheet"], "row": r["source_row"]} for r in accepted
        ],
        "findings": receipts.findings_told(findings),
        "received_at": first.received_at.isoformat(),
        "catalogue_version_before": replayed.catalogue_before,
        "catalogue_version": replayed.catalogue_after,
    }


def _page(
    catalog: Catalog,
    first: Delivery,
    replayed: ReplayedBatch,
    accepted: Sequence[dict[str, Any]],
    lines: pa.Table,
) -> str:
    department = catalog.departments.get(first.department)
    dataset = catalog.datasets.get(first.dataset or "")
    said = [
        "数据归集重新校验通知",
        "",
        f"报送单位：{department.title if department else first.department}",
        f"报送文件：{first.source_file}（{first.night} 报送）",
        f"数据目录：{dataset.title if dataset else '未能识别'}",
        f"批次编号：{replayed.batch_id}",
        f"目录版本：{replayed.catalogue_before} → {replayed.catalogue_after}",
        "",
        f"因校验规则或采集目录更正，平台重新校验了本批隔离的 {replayed.checked} 行：",
        f"接收 {replayed.accepted} 行，仍隔离 {replayed.held} 行。",
    ]
    if accepted:
        said += [
            f"现已接收：{_listed(accepted)}。",
            "以上各行无需重新报送，到达时间仍按首次报送计算。",
        ]
    if lines.num_rows:
        said.append("以下各行仍不合格，原因已有变化，请按新的原因更正后重新报送：")
        shown = lines.slice(0, ROWS_SHOWN).to_pylist()
        said += [f"{_place(row)}：{row['reason']}" for row in shown]
        if lines.num_rows > ROWS_SHOWN:
            said.append(f"另有 {lines.num_rows - ROWS_SHOWN} 行，见同名 json 文件。")
    return "\n".join([*said, ""])


def _listed(rows: Sequence[dict[str, Any]]) -> str:
    shown = "、".join(_place(row) for row in rows[:ROWS_SHOWN])
    more = f"等，共 {len(rows)} 行" if len(rows) > ROWS_SHOWN else ""
    return shown + more


def _place(row: dict[str, Any]) -> str:
    sheet = f"工作表“{row['source_sheet']}”" if row["source_sheet"] else ""
    return f"{sheet}第 {row['source_row']} 行"
