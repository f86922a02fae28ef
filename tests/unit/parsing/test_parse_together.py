"""Deliveries that are parsed together have the rows that each has alone."""

from random import Random

import pyarrow as pa
import pytest
from model_builders import department
from small_dataset import (
    CODE,
    KEY,
    OTHER_CODE,
    OWNER,
    PERSON,
    REGIONS,
    catalog,
    dataset,
    text_of,
)

from guiji.parsing.parse import parse, parse_together

CELLS: dict[str, tuple[str | None, ...]] = {
    "name": ("甲公司", "乙公司（贵阳）", " 丙\u200b公司", "无", None),
    "uscc": (CODE, OTHER_CODE, CODE.lower(), "x", PERSON, None),
    "org_code": ("714305805", "71430580-5", "x", None),
    "category": ("法人及非法人组织", "公民", "不明", None),
    "id_no": (PERSON, "x", None),
    "phone": ("13985033002", "139 8503 3002", "x", None),
    "decision_no": ("1号", "（1）号", "2号", "3号", None),
    "kind": ("警告；罚款", "其他-约谈", "不明", None),
    "fine": ("1.5万元", "100美元", "100", "x", None),
    "currency": ("人民币", "美元", "无", None),
    "staff": ("12", "1,200", "x", None),
    "decided_on": ("2026-09-20", "2026年9月20日", "长期", "x", None),
    "status": ("有效", "撤销", None),
    "_operation": ("新增", "恢复", "不明", None),
}
SENDERS = (OWNER, "tax", "office")


def delivery(random: Random) -> pa.Table:
    """Draw a delivery: some of the columns, few values, some rows with a fault."""
    names = [name for name in CELLS if random.random() < 0.8] or ["name"]
    rows = [
        {name: random.choice(CELLS[name]) for name in names}
        | {"fault": random.choice((None, None, None, "too_long"))}
        for _ in range(random.choice((0, 1, 7, 30)))
    ]
    return text_of(rows)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("block_rows", [1 << 17, 25])
def test_together_is_as_alone(seed: int, block_rows: int) -> None:
    random = Random(seed)
    texts = [delivery(random) for _ in range(random.randint(1, 6))]
    senders = [random.choice(SENDERS) for _ in texts]
    entry = dataset(authority={"name": "name", "uscc": "uscc"})
    theirs = department("office", delivers_for=(OWNER,))
    owner = department(OWNER, "甲公司", uscc=CODE)
    known = catalog().model_copy(
        update={"departments": {"office": theirs, OWNER: owner}}
    )
    alone = [
        parse(text, entry, known, sender, KEY, REGIONS, block_rows)
        for text, sender in zip(texts, senders, strict=True)
    ]
    together = parse_together(texts, senders, entry, known, KEY, REGIONS, block_rows)
    for one, other in zip(alone, together, strict=True):
        assert one.equals(other)
        assert one.schema.equals(other.schema)
