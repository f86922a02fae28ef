"""Rules on the typed table itself, whose breaking is the platform's fault."""

from collections.abc import Iterator

from guiji.catalog.model import Dataset
from guiji.catalog.vocabulary import Dimension, ItemType, Responsibility, Severity
from guiji.checking.suite.items import raw
from guiji.checking.suite.rules import Judgement, RuleExpectation, Wording

OURS = "责任在平台，报送单位无需处理；平台修复后重新校验。"
"""What a department does about a fault of the platform."""


def typed_columns(dataset: Dataset) -> tuple[str, ...]:
    """Name the columns of the typed table that rules and addresses rely on."""
    names = ["row_id", "source_sheet", "source_row", "operation", "operation__ok"]
    for item in dataset.items:
        names.append(item.id)
        if item.type is not ItemType.TEXT:
            names += [raw(item), f"{item.id}__ok"]
        if item.type is ItemType.USCC:
            parts = ("level", "unknown_pair", "unknown_region", "inner_ok")
            names += [f"{item.id}__{part}" for part in parts]
        if item.type is ItemType.AMOUNT:
            names.append(f"{item.id}__level")
        if item.type is ItemType.DATE:
            names.append(f"{item.id}__forever")
    return (*names, "record_key", "key_repeats", "key_copies")


def of_table(dataset: Dataset, rows: int | None) -> Iterator[RuleExpectation]:
    """The typed table has the catalogue's columns and, where asked, so many rows."""
    yield RuleExpectation(
        rule_id=f"{dataset.id}.table.columns",
        judgement=Judgement.COLUMNS,
        columns=typed_columns(dataset),
        description="平台解析结果的列与采集目录一致。",
        description_en="The columns of the typed table are those of the catalogue.",
        wording=Wording(
            "平台解析结果的列与采集目录不一致。",
            "The columns of the typed table are not those of the catalogue.",
            OURS,
        ),
        severity=Severity.CRITICAL,
        dimension=Dimension.WHOLE,
        responsibility=Responsibility.PLATFORM,
        clause=dataset.standard,
    )
    if rows is None:
        return
    yield RuleExpectation(
        rule_id=f"{dataset.id}.table.rows",
        judgement=Judgement.ROWS,
        columns=(),
        minimum=rows,
        description="平台解析结果的行数与读取的行数一致。",
        description_en="The typed table has as many rows as were read.",
        wording=Wording(
            "平台解析结果的行数与读取的行数不一致。",
            "The typed table does not have as many rows as were read.",
            OURS,
        ),
        severity=Severity.CRITICAL,
        dimension=Dimension.WHOLE,
        responsibility=Responsibility.PLATFORM,
        clause=dataset.standard,
    )
