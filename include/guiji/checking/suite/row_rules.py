"""Rules on whole rows: what a row does, and rows that are delivered more than once."""

from collections.abc import Iterator

from guiji.catalog.model import Dataset
from guiji.catalog.vocabulary import Dimension, Severity
from guiji.checking.suite.rules import Judgement, RuleExpectation, Wording
from guiji.reading.layout import OPERATION


def operation(dataset: Dataset) -> RuleExpectation:
    """The operation is one of the five words."""
    return RuleExpectation(
        rule_id=f"{dataset.id}.operation.form",
        judgement=Judgement.FLAG,
        columns=("row_id", "operation__ok"),
        item=OPERATION,
        title="操作",
        shows=OPERATION,
        description="“操作”填新增、变更、撤销、恢复或再次撤销；没有该列的按新增处理。",
        description_en="The operation is one of 新增, 变更, 撤销, 恢复, 再次撤销; "
        "without such a column it is 新增.",
        wording=Wording(
            "“操作”不是新增、变更、撤销、恢复、再次撤销之一。",
            "The operation is none of 新增, 变更, 撤销, 恢复, 再次撤销.",
            "请填写新增、变更、撤销、恢复或再次撤销后重新报送该行。",
        ),
        steps=(
            "“操作”列只填 新增、变更、撤销、恢复、再次撤销 五个词之一，或者留空。",
            "用“查找和替换”（Ctrl+H）把“修改”等说法一次换成“变更”，把“删除”换成“撤销”。",
        ),
        severity=Severity.CRITICAL,
        dimension=Dimension.CONFORMING,
        clause=dataset.standard,
    )


def of_keys(dataset: Dataset) -> Iterator[RuleExpectation]:
    """Rows with the same key say the same, and no two rows are the same."""
    find = (
        f"在空列中把 {'、'.join(_titles(dataset))} 连起来，如 =A2&B2，向下填充；"
        "选中该列，“开始”→“条件格式”→“突出显示单元格规则”→“重复值”。"
    )
    yield _key_rule(
        dataset,
        "key_repeats",
        description="同一批中主键相同的各行，内容也相同。",
        description_en="Rows of one batch with the same key say the same.",
        wording=Wording(
            "本批中另有一行主键相同而内容不同。",
            "Another row of the batch has the same key and other content.",
            "请核对同一记录的各行，保留正确的一行后重新报送；同一决定分作几行的"
            "（如一种处罚一行），请合并为一行，几种处罚填在同一格内。",
        ),
        steps=(
            find,
            "相同的几行对照原件，保留正确的一行；是两件不同的事的，更正写错的号码或日期。",
        ),
        severity=Severity.CRITICAL,
    )
    yield _key_rule(
        dataset,
        "key_copies",
        description="同一批中没有内容完全相同的行。",
        description_en="No two rows of one batch are the same.",
        wording=Wording(
            "与本批中前面的一行相同（文号括号、全角半角、空格和字形相近的字不论）。",
            "An earlier row of the batch is the same, look-alike characters aside.",
            "该行不重复入库；请检查导出程序是否重复输出。",
        ),
        steps=(
            find,
            "完全相同的行：选中数据区，“数据”→“删除重复值”，全部列都勾选，“确定”。",
        ),
        severity=Severity.WARNING,
    )


def _key_rule(
    dataset: Dataset,
    kind: str,
    *,
    description: str,
    description_en: str,
    wording: Wording,
    steps: tuple[str, ...],
    severity: Severity,
) -> RuleExpectation:
    flag = f"{kind}__not"
    return RuleExpectation(
        rule_id=f"{dataset.id}.{kind}",
        judgement=Judgement.FLAG,
        columns=("row_id", flag),
        facts=((flag, f"{kind} is false"),),
        title="、".join(_titles(dataset)),
        shows="record_key",
        description=description,
        description_en=description_en,
        wording=wording,
        steps=steps,
        severity=severity,
        dimension=Dimension.UNIQUE,
        clause=dataset.standard,
    )


def _titles(dataset: Dataset) -> list[str]:
    return [dataset.item(name).title for name in dataset.key]
