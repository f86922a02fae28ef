"""What P6 reads: licences of 15 columns, one row in a hundred with quotes.

Eight short texts, three days, an instant, two numbers and a long text, 310 bytes a row
in GB18030. In one row of a hundred the long text holds delimiters and quotes, so that
it stands in quotes, as every program writes it.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.p2_data import credit_codes
from guiji.catalog.model import Dataset

SEED = 20261122
PIECE = 10_000
QUOTED = 100
HEADINGS = (
    "行政相对人名称", "统一社会信用代码", "法定代表人", "行政许可决定书文号",
    "许可类别", "许可内容", "许可编号", "许可机关", "地址", "许可决定日期", "有效期自",
    "有效期至",
    "更新时间", "注册资本", "从业人数",
)  # fmt: skip
IDS = (
    "counterpart_name", "uscc", "legal_representative", "decision_no", "category",
    "content", "licence_no", "authority", "address", "decided_on", "valid_from",
    "valid_to", "updated_at", "capital", "employees",
)  # fmt: skip
WORK = "预包装食品销售；普通货物道路运输；建筑装饰工程施工；医疗器械经营；餐饮服务；"


def dataset() -> Dataset:
    """Return the catalogue entry of the 15 columns."""
    pairs = zip(IDS, HEADINGS, strict=True)
    items: list[dict[str, Any]] = [
        {"id": i, "title": title, "code": i.upper()} for i, title in pairs
    ]
    for item in items[:4]:
        item["required"] = True
    return Dataset.model_validate({
        "id": "administrative_licence", "title": "行政许可信息", "summary": "-",
        "legal_basis": "-", "standard": "P6", "version": "1",
        "valid_from": "2018-01-01", "providers": ["market_regulation"],
        "coverage": "whole_city", "update_cycle": "daily",
        "share_type": "unconditional", "share_method": "platform",
        "open_level": "public", "subject_classes": ["enterprise"],
        "info_class": "licence_penalty",
        "subject": {"name": IDS[0], "uscc": IDS[1]},
        "key": [IDS[3]], "event": [IDS[9]], "clocks": [], "items": items,
    })  # fmt: skip


def write(path: Path, rows: int, encoding: str) -> None:
    """Write the rows as CSV, in either encoding the same."""
    rng = np.random.default_rng(SEED)
    with path.open("w", encoding=encoding, newline="") as file:
        file.write(",".join(HEADINGS) + "\r\n")
        for first in range(0, rows, PIECE):
            size = min(PIECE, rows - first)
            codes = credit_codes(rng, size)
            file.writelines(_lines(range(first, first + size), codes))


def _lines(serials: range, codes: list[str]) -> Iterator[str]:
    start = date(2019, 1, 1)
    for i, code in zip(serials, codes, strict=True):
        day = start + timedelta(days=i % 2500)
        at = datetime(2026, 1, 1) + timedelta(seconds=i)  # noqa: DTZ001
        content = f"准予从事{WORK[i % 9 :]}编号{i}"
        if i % QUOTED == 0:
            content = f'"{content},按""一证一码""管理, 详见附件"'
        yield (
            f"贵阳市云岩区某某{i % 9973}商贸有限责任公司{i},{code},"
            f"王{chr(0x4E00 + i % 3000)}{chr(0x5000 + i % 777)},筑市监许〔{day.year}〕"
            f"{i}号,普通,{content},JY1520103{i:08d},贵阳市第{i % 40}市场监督管理局,"
            f"贵州省贵阳市云岩区中华北路{i % 800}号,{day},{day},"
            f"{day.replace(year=day.year + 5, day=1)},{at},{i % 5000 / 10:.2f},{i % 97}"
            "\r\n"
        )
