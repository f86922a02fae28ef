"""The words of pages that are not the catalogue's: Chinese first, English beside it."""

from datetime import date, timedelta
from typing import NamedTuple

from guiji.catalog.model import Catalog
from guiji.catalog.vocabulary import Severity, UpdateCycle
from guiji.catalog.words import say
from guiji.reports.deadlines import csv_lines
from guiji.reports.deadlines.clocks import CHANGE, CYCLE
from guiji.reports.figures import ClockLine


class Words(NamedTuple):
    """One wording in both languages of the pages."""

    zh: str
    en: str


NOTHING = Words("—", "—")
_KINDS_EN = {
    "delivery": "Delivery",
    "change": "Delivery of changes",
    "correction": "Correction",
    "withdrawal": "Withdrawal",
    "publication": "Publication",
    "cycle": "Update cycle",
}
KINDS = {kind: Words(zh, _KINDS_EN[kind]) for kind, zh in csv_lines.KINDS.items()}
CYCLES = {
    UpdateCycle.REALTIME: Words("实时", "real time"),
    UpdateCycle.DAILY: Words("每日", "daily"),
    UpdateCycle.WEEKLY: Words("每周", "weekly"),
    UpdateCycle.MONTHLY: Words("每月", "monthly"),
    UpdateCycle.QUARTERLY: Words("每季度", "quarterly"),
    UpdateCycle.HALF_YEARLY: Words("每半年", "half-yearly"),
    UpdateCycle.YEARLY: Words("每年", "yearly"),
    UpdateCycle.ON_DEMAND: Words("不定时", "on demand"),
}
WAYS = {
    "file": Words("数据文件直报", "Files"),
    "extract": Words("数据自动采集", "Database extracts"),
}
SEVERITIES = {s.value: Words(say(s), say(s, "en").capitalize()) for s in Severity}
VERDICTS = {
    "accepted": Words("全部接收", "Accepted"),
    "partly": Words("部分接收", "Accepted in part"),
    "refused": Words("整批拒收", "Refused"),
    "set_aside": Words("暂缓入库", "Set aside"),
    "trial": Words("试报", "Trial"),
    "platform_fault": Words("平台故障", "Platform fault"),
}
STAGES = {
    "claim": Words("接收文件", "Claiming a file"),
    "extract": Words("数据自动采集", "Extracting from a database"),
    "check": Words("校验", "Checking a delivery"),
    "mark": Words("生成退回工作簿", "Making a returned workbook"),
    "answer": Words("生成回执", "Writing a receipt"),
    "push": Words("发送回执", "Sending the answers"),
    "absence": Words("生成未报送提醒", "Writing a notice of absence"),
}
"""Stages in which a fault of the platform concerns one subject alone."""

DIMENSIONS = {
    "完整性": "Completeness",
    "规范性": "Format",
    "冗余性": "Duplication",
    "关联性": "Consistency",
    "准确性": "Accuracy",
    "及时性": "Timeliness",
    "全面性": "Coverage",
}


def named(identifier: str) -> str:
    """Read an identifier of the catalogue as English: market_regulation."""
    return identifier.replace("_", " ").capitalize()


def dataset(catalog: Catalog, name: str | None) -> Words:
    """Name a dataset; None is a delivery whose dataset was not recognised."""
    if name is None:
        return Words("未识别", "Not recognised")
    entry = catalog.datasets.get(name)
    return Words(entry.title if entry else name, named(name))


def department(catalog: Catalog, name: str) -> Words:
    """Name a member unit."""
    entry = catalog.departments.get(name)
    return Words(entry.title if entry else name, named(name))


def limit(catalog: Catalog, line: ClockLine) -> Words:
    """Describe how long a clock runs; a dash where the catalogue no longer has it."""
    entry = catalog.datasets.get(line.dataset)
    if entry is None:
        return NOTHING
    for clock in entry.clocks:
        if clock.id == line.clock and line.kind in (clock.kind.value, CHANGE):
            unit = Words(say(clock.unit), say(clock.unit, "en"))
            return Words(f"{clock.length}个{unit.zh}", f"{clock.length} {unit.en}")
    if line.kind != CYCLE or entry.update_cycle not in catalog.jurisdiction.cycles:
        return NOTHING
    cycle = CYCLES[entry.update_cycle]
    days = catalog.jurisdiction.cycles[entry.update_cycle]
    return Words(f"{cycle.zh}（{days}日）", f"{cycle.en} ({days} d)")


def day(value: date) -> Words:
    """Write a day out: 2026年11月20日; 20 November 2026."""
    month = f"{value:%B}"
    return Words(
        f"{value.year}年{value.month}月{value.day}日",
        f"{value.day} {month} {value.year}",
    )


def period(first: date, last: date) -> Words:
    """Write a period of nights out; a whole month is named as such."""
    is_one_month = (first.year, first.month) == (last.year, last.month)
    if is_one_month and first.day == 1 and (last + timedelta(days=1)).day == 1:
        return Words(f"{first.year}年{first.month}月", f"{first:%B} {first.year}")
    return Words(
        f"{day(first).zh}至{day(last).zh}", f"{day(first).en} to {day(last).en}"
    )
