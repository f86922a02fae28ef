"""Why a delivery that was read is not merged: each code with its page and its notices.

The codes of rules on the facts of a delivery stand with those rules (`suite.history`),
those of files that are not read in `reading.refusals`.
"""

from guiji.catalog.vocabulary import Dimension, Responsibility, Severity
from guiji.checking.findings import Source
from guiji.checking.suite import history
from guiji.checking.suite.rules import Judgement, RuleExpectation, Wording
from guiji.core import platform_faults
from guiji.core.errors import BatchRefused
from guiji.reading.delivery_code import DeliveryCode

TOLERANCE = DeliveryCode(
    "TOLERANCE",
    title="不合格的行太多",
    meaning="违反某条规则的行超过了容许的比例，可能列错位或导错表。",
    dimension=Dimension.WHOLE,
    steps=(
        "看回执中所列的规则，对照该规则的页；整列都错的，先核对表头与数据是否对齐。",
        "更正后整批重新报送；数据确实如此的，书面说明原因，由平台专人核准放行，"
        "无需重新报送。",
    ),
)


def broken_as_a_whole(
    source: Source, broken: list[tuple[RuleExpectation, Wording]]
) -> BatchRefused:
    """Refuse a delivery for the rules that it breaks as a whole, the first the code."""
    rule, _ = broken[0]
    is_fact = rule.judgement is Judgement.FACT
    code = history.code(rule) if is_fact else TOLERANCE
    ids = ", ".join(rule.rule_id for rule, _ in broken)
    messages = "".join(words.message for _, words in broken)
    remedies = "".join(dict.fromkeys(words.remedy for _, words in broken))
    return code.refusal(
        f"{source.batch.batch_id}: broken as a whole: {ids}",
        f"《{source.batch.source_file}》整批未接收：{messages}",
        f"{remedies}更正后请整批重新报送；数据确实如此的，请书面说明原因，"
        "由平台核准后放行，无需重新报送。",
    )


RULE_NOT_COMPUTED = DeliveryCode(
    "RULE_NOT_COMPUTED",
    title="规则未能计算",
    meaning="平台未能对该文件作出完整校验，本批暂不入库。",
    dimension=Dimension.WHOLE,
    steps=("责任在平台，报送单位无需处理；平台修复后重新校验。",),
    responsibility=Responsibility.PLATFORM,
)


def rule_not_computed(file: str, log: str) -> BatchRefused:
    """Refuse a delivery whose verdict cannot be relied on; that is never its fault."""
    return RULE_NOT_COMPUTED.refusal(
        log,
        f"平台未能对《{file}》作出完整校验，本批暂不入库。",
        "责任在平台，贵单位无需处理；平台修复后将重新校验本批。",
    )


PLATFORM_FAULT = DeliveryCode(
    platform_faults.CODE,
    title="平台处理时发生故障",
    meaning="平台程序处理该文件时出错，本批未处理；原始文件已妥善保存，数据未丢失。",
    dimension=Dimension.WHOLE,
    steps=(
        "责任在平台，报送单位无需处理，也无需重新报送。",
        "下一次夜间归集自动重新处理，接收时间仍按首次报送计，结果另行回执。",
    ),
    responsibility=Responsibility.PLATFORM,
)


def platform_fault(file: str) -> Wording:
    """Word the finding about a delivery on which our own code failed."""
    return Wording(
        f"平台处理《{file}》时发生故障，本批未处理，数据未丢失。责任在平台。",
        "The platform failed on this file; nothing of it was processed or lost.",
        "贵单位无需处理，也无需重新报送；平台将自动重新处理，结果另行回执。",
    )


SET_ASIDE = DeliveryCode(
    "SET_ASIDE",
    title="平台决定暂缓入库",
    meaning=(
        "经办人决定本批暂不入库，姓名和理由写在回执中；原始文件已保存，数据未丢失。"
    ),
    dimension=Dimension.WHOLE,
    steps=(
        "按回执中的理由与平台联系。",
        "需要更正的，更正后重新报送；无需更正的，由平台恢复处理，"
        "接收时间仍按首次报送计。",
    ),
    responsibility=Responsibility.PLATFORM,
)


def set_aside(file: str, by: str, why: str) -> BatchRefused:
    """Keep a delivery out of its night, as a person decided."""
    return SET_ASIDE.refusal(
        "set aside by hand",
        f"《{file}》由 {by} 决定暂缓入库，理由：{why}。"
        "本批数据未入库，原始文件已保存。",
        "请按上述理由与平台联系；需要更正的，更正后重新报送，无需更正的，由平台恢复处理，"
        "接收时间仍按首次报送计算。",
    )


ANSWER_INCOMPLETE = DeliveryCode(
    "ANSWER_INCOMPLETE",
    title="回执不完整",
    meaning="平台未能生成退回工作簿或问题明细；处理结果和行数以回执为准。",
    dimension=Dimension.WHOLE,
    steps=("按回执处理；需要退回工作簿或明细的，请联系平台。",),
    severity=Severity.INFO,
    responsibility=Responsibility.PLATFORM,
)

NO_WORKBOOK = "平台未能生成退回工作簿（责任在平台），问题清单见本回执。"
NO_FINDINGS = "平台未能生成完整回执（责任在平台），处理结果和行数以本回执为准。"
"""The notices of an answer that is incomplete."""

INCOMPLETE_REMEDY = "请按本回执处理；需要退回工作簿或明细的，请联系平台。"
