"""Receipts (回执): what a department is told about each of its deliveries.

One for programs (`<name>.receipt.json`, every finding) and one for the clerk
(`<name>.回执.txt`, one page). Both say only what the night decided: written again,
they have the same bytes. Values in findings come in masked where they are personal.
"""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from guiji.catalog.model import Catalog
from guiji.catalog.vocabulary import CLERK_SEVERITIES
from guiji.checking import rule_anchors
from guiji.checking.refusals import ANSWER_INCOMPLETE, INCOMPLETE_REMEDY
from guiji.checking.suite import merge_outcomes
from guiji.context import Context, NightContext
from guiji.core import business_date, files
from guiji.core.errors import BatchRefused
from guiji.core.platform_faults import RULE
from guiji.core.settings import Settings
from guiji.ledger.delivery import Delivery
from guiji.outbox import reading_summary
from guiji.reading.result import Reading

VERDICTS = {
    "accepted": "全部接收",
    "partly": "部分接收，有问题的行已隔离",
    "refused": "整批退回",
    "duplicate": "重复报送，未再处理",
    "trial": "试报，仅检查，不入库",
    "platform_fault": "平台故障，本批未处理；贵单位无需处理，平台将自动重新处理",
    "set_aside": "暂缓入库，原始文件已保存",
}
INCOMPLETE = f"batch.{ANSWER_INCOMPLETE.page}"
OURS = {RULE: "平台责任", INCOMPLETE: "平台责任"}
"""Rule -> what stands in the place of a severity where the fault is ours."""
OUTCOMES = {
    "superseded": "未改变现状的旧版本",
    "late": "迟到",
    "returned": "回到旧版本",
    "restored": "恢复",
}
"""Outcomes of the merge with a finding for each row, as the verdict counts them."""

RULES_SHOWN = 25
"""Rules that fit on the clerk's page; the receipt for programs has them all."""


def content(
    catalog: Catalog,
    delivery: Delivery,
    findings: pa.Table | None = None,
    refusal: BatchRefused | None = None,
    due_by: date | None = None,
    first: Delivery | None = None,
    reading: Reading | None = None,
    incomplete: str | None = None,
) -> dict[str, Any]:
    """Describe what became of a delivery, as its receipt for programs does.

    Args:
        catalog: signs it.
        delivery: with verdict and counts.
        findings: `schemas.FINDINGS` of the batch, in the order to be told.
        refusal: why the whole batch was refused.
        due_by: the last day on which the corrected rows are still in time.
        first: for a duplicate, the delivery that brought these bytes first; its
            `findings` are about the rows that wait since then.
        reading: how the file was read; None = it was not.
        incomplete: Chinese: what the answer lacks, by our fault; None = nothing.
    """
    entries = _told(catalog, findings, refusal, first, reading)
    if incomplete is not None:
        severity = ANSWER_INCOMPLETE.severity.value
        remedy = INCOMPLETE_REMEDY
        entries.append(_whole(catalog, INCOMPLETE, severity, incomplete, remedy))
    return {
        "batch_id": delivery.batch_id or delivery.delivery_id,
        "night": str(delivery.night),
        "department": delivery.department,
        "dataset": delivery.dataset,
        "file": delivery.name,
        "sha256": delivery.sha256,
        "bytes": delivery.bytes,
        "verdict": delivery.verdict,
        "rows": {
            "read": delivery.rows.read,
            "accepted": delivery.rows.accepted,
            "quarantined": delivery.rows.quarantined,
            "unchanged": delivery.rows.unchanged,
            **_told_outcomes(findings),
        },
        "findings": entries,
        "due_by": due_by and due_by.isoformat(),
        "received_at": delivery.received_at.isoformat(),
        "catalogue_version": delivery.catalogue_version or catalog.version,
    }


def write(
    context: Context,
    delivery: Delivery,
    findings: pa.Table | None = None,
    refusal: BatchRefused | None = None,
    due_by: date | None = None,
    first: Delivery | None = None,
    reading: Reading | None = None,
    returned: Path | None = None,
    incomplete: str | None = None,
) -> Path:
    """Write both receipts of a delivery that has its verdict; see `content`.

    Args:
        context: settings, where the outbox is; catalogue, signs them.
        delivery: with verdict and counts.
        findings: `schemas.FINDINGS` of the batch.
        refusal: why the whole batch was refused.
        due_by: the last day on which the corrected rows are still in time.
        first: for a duplicate, the delivery that brought these bytes first.
        reading: how the file was read; None = it was not.
        returned: the workbook that was given back; the clerk's page names it.
        incomplete: Chinese: what the answer lacks, by our fault; None = nothing.

    Returns:
        Path of the JSON receipt, in the department's outbox.
    """
    receipt = content(
        context.catalog, delivery, findings, refusal, due_by, first, reading, incomplete
    )
    folder = outbox(context.settings, delivery.department, delivery.night)
    path = folder / f"{delivery.answer_name}.receipt.json"
    files.write_json(path, receipt)
    files.write_text(
        folder / f"{delivery.answer_name}.回执.txt",
        _page(context.catalog, receipt, delivery, reading, returned),
    )
    return path


def write_notice(context: NightContext, department: str, name: str, text: str) -> Path:
    """Write the notice on a file that could not become a delivery."""
    office = context.catalog.jurisdiction
    signed = f"{office.platform}\n{office.contact}\n"
    received = f"{business_date.instant(context.night):%Y-%m-%d %H:%M}"
    path = outbox(context.settings, department, context.night) / name
    files.write_text(path, f"{text}\n{signed}{received}\n")
    return path


def outbox(settings: Settings, department: str, night: date) -> Path:
    """Return where a department's answers of a night are."""
    return settings.outbox / department / str(night)


def _told_outcomes(findings: pa.Table | None) -> dict[str, int]:
    """Count rows by outcomes of the merge that have a finding for each row."""
    rules = [] if findings is None else findings["rule_id"].to_pylist()
    counted = Counter(rules)
    return {code: counted[merge_outcomes.rule_id(code)] for code in OUTCOMES}


def _told(
    catalog: Catalog,
    findings: pa.Table | None,
    refusal: BatchRefused | None,
    first: Delivery | None,
    reading: Reading | None,
) -> list[dict[str, Any]]:
    entries = []
    if refusal is not None:
        rule = f"batch.{refusal.code.lower()}"
        notice, remedy = refusal.notice, refusal.remedy
        entries.append(_whole(catalog, rule, "critical", notice, remedy))
    if first is not None:
        message = (
            f"与 {first.night} 报送的《{first.source_file}》内容完全相同，"
            f"首次报送批次：{first.batch_id or first.delivery_id}。"
        )
        remedy = (
            "以首次报送的回执为准，本次无需处理；如需更正，请修改内容后重新报送。"
            if findings is None
            else "以下各行仍未接收，请更正后重新报送；其余各行无需处理。"
        )
        entries.append(_whole(catalog, "batch.duplicate", "info", message, remedy))
    if findings is not None:
        entries += findings_told(findings)
    if reading is not None:
        entries += [
            _omitted(catalog, omission)
            for omission in reading_summary.omissions(reading)
        ]
    return entries


def _whole(
    catalog: Catalog, rule: str, severity: str, message: str, remedy: str
) -> dict[str, Any]:
    """Return the entry about a delivery as a whole."""
    return {
        "row": None,
        "column": None,
        "field": None,
        "value": None,
        "rule": rule,
        "severity": severity,
        "message": message,
        "remedy": remedy,
        "proposal": None,
        "clause": catalog.jurisdiction.document,
    }


def _omitted(catalog: Catalog, omission: reading_summary.Omission) -> dict[str, Any]:
    """Describe what of the file was not taken in."""
    words = (omission.severity, omission.message, omission.remedy)
    said = _whole(catalog, omission.rule, *words)
    place = {"row": omission.row, "column": omission.column, "field": omission.field}
    return {**said, **place}


def findings_told(findings: pa.Table) -> list[dict[str, Any]]:
    """Turn findings into the receipt's; the sheet is told where there are several."""
    sheets = set(findings["source_sheet"].unique().to_pylist()) - {None}
    rows = findings.to_pylist()
    return [
        {
            "row": row["source_row"],
            "column": row["source_column"],
            "field": row["title"],
            "value": row["value"],
            "rule": row["rule_id"],
            "severity": row["severity"],
            "message": f"工作表“{row['source_sheet']}”：{row['message']}"
            if len(sheets) > 1 and row["source_sheet"]
            else row["message"],
            "remedy": row["remedy"],
            "proposal": row["proposal"],
            "clause": row["clause"],
        }
        for row in rows
    ]


def _page(
    catalog: Catalog,
    receipt: dict[str, Any],
    delivery: Delivery,
    reading: Reading | None,
    returned: Path | None,
) -> str:
    """Write the clerk's page: what came, what became of it, what to do."""
    department = catalog.departments.get(delivery.department)
    dataset = catalog.datasets.get(delivery.dataset or "")
    rows = receipt["rows"]
    lines = [
        "数据归集回执",
        "",
        f"报送单位：{department.title if department else delivery.department}",
        f"报送文件：{delivery.source_file}",
        f"数据目录：{dataset.title if dataset else '未能识别'}",
        f"批次编号：{receipt['batch_id']}",
        f"接收时间：{delivery.received_at:%Y-%m-%d %H:%M}",
        f"文件摘要：{delivery.sha256}",
        *_first_delivery(delivery),
        "",
        f"处理结果：{VERDICTS[receipt['verdict']]}",
        f"读取 {rows['read']} 行，接收 {rows['accepted']} 行"
        f"（其中{_unlike(rows)}），隔离 {rows['quarantined']} 行",
    ]
    if delivery.verdict == "accepted" and not rows["read"]:
        lines.append("本次为零报告。")
    if reading is not None:
        lines += reading_summary.lines(reading)
    lines += ["", *_summary(catalog, receipt["findings"])]
    if returned is not None:
        lines.append(f"退回工作簿：{returned.name}（有问题的单元格已标出，改好可重报）")
    if receipt["due_by"]:
        lines.append(f"更正期限：请于 {receipt['due_by']} 前更正并重新报送。")
    lines += [
        f"目录版本：{receipt['catalogue_version']}",
        "",
        catalog.jurisdiction.platform,
        catalog.jurisdiction.contact,
        "",
    ]
    return "\n".join(lines)


def _first_delivery(delivery: Delivery) -> list[str]:
    """Name the delivery whose bytes were taken again."""
    if delivery.again_of is None:
        return []
    return [f"再次处理：首次报送 {delivery.again_of}"]


def _unlike(rows: dict[str, int]) -> str:
    """Count the accepted rows that did not become current as new or changed ones."""
    counted = [f"{OUTCOMES[code]} {rows[code]} 行" for code in OUTCOMES if rows[code]]
    return "、".join([f"未变化 {rows['unchanged']} 行", *counted])


def _summary(catalog: Catalog, entries: list[dict[str, Any]]) -> list[str]:
    """Return an entry per broken rule: how often, where first, what to do."""
    if not entries:
        return []
    counted = Counter(finding["rule"] for finding in entries)
    first: dict[str, dict[str, Any]] = {}
    for finding in entries:
        first.setdefault(finding["rule"], finding)
    lines = ["问题与处理办法："]
    for number, (rule, times) in enumerate(counted.most_common(RULES_SHOWN), 1):
        finding = first[rule]
        lines += [
            f"{number}. [{OURS.get(rule, CLERK_SEVERITIES[finding['severity']])}] "
            f"{finding['message']}（共 {times} 处{_where(finding)}）",
            f"   处理办法：{finding['remedy']}",
        ]
        if catalog.jurisdiction.rule_pages is not None:
            lines.append(f"   规则说明：{rule_anchors.rule_page(catalog, rule)}")
    if len(counted) > RULES_SHOWN:
        lines.append(f"另有 {len(counted) - RULES_SHOWN} 类问题，见同名 receipt.json。")
    return [*lines, ""]


def _where(finding: dict[str, Any]) -> str:
    if finding["row"] is None:
        return ""
    column = f" {finding['column']} 列" if finding["column"] else ""
    return f"，首处：第 {finding['row']} 行{column}"
