"""What findings say about rows that a merge did not take as a new or changed record.

They are made when a night is merged, see `warehouse.merge_findings`; their words stand
here with those of all rules, and each code has its page among those of deliveries.
"""

from dataclasses import dataclass

from guiji.catalog.vocabulary import Dimension, Severity
from guiji.checking.suite.rules import Wording

PREFIX = "batch."
CLAUSE = "贵州省企业公共信用信息平台运行管理规则(试行) 第十六条"
REVOCATION_CLAUSE = "阳府〔2018〕60号 第十一条"


@dataclass(frozen=True)
class OutcomeRule:
    """What is said of one outcome.

    Attributes:
        severity: warning where the department should look, else info.
        dimension: of data quality.
        wording: what a finding says; what is held stands behind the message.
        title: of its page.
        meaning: what it means, for its page.
        steps: what a clerk does about it.
        version: what the version is called that stands behind the message; empty =
            none does.
        clause: document and paragraph.
    """

    severity: Severity
    dimension: Dimension
    wording: Wording
    title: str
    meaning: str
    steps: tuple[str, ...]
    version: str = ""
    clause: str = CLAUSE


UNCHANGED = "unchanged"
ABSENT = "absent"
NOT_REVOKED = "not_revoked"
ABOUT_DELIVERIES = (UNCHANGED, ABSENT, NOT_REVOKED)
"""Codes of findings that are about no row of the file."""

RULES: dict[str, OutcomeRule] = {
    UNCHANGED: OutcomeRule(
        Severity.INFO,
        Dimension.UNIQUE,
        Wording(
            "与现有内容完全相同的行，未变化。",
            "Rows that say what is held already.",
            "无需处理。",
        ),
        title="与现有内容相同的行",
        meaning=(
            "这些行与平台现有的内容完全相同，没有产生新的版本。累计报送的文件都会如此。"
        ),
        steps=("无需处理。",),
    ),
    "superseded": OutcomeRule(
        Severity.WARNING,
        Dimension.TIMELY,
        Wording(
            "本行与这条记录较早的一个版本相同，未改变现状：可能是旧的导出，也可能是"
            "要改回原样，平台无法判断。",
            "The row equals an older version of its record and changed nothing.",
            "现行内容正确的，无需处理；要改回本行内容的，在“操作”列填“恢复”，本行是撤销的"
            "填“再次撤销”，重新报送这一行。",
        ),
        title="与较早的版本相同",
        meaning=(
            "该行与这条记录较早的一个版本完全相同，而那个版本后来已被更正或撤销。"
            "可能是旧的导出，也可能是要改回原样，平台无法判断，因此不改变现状；"
            "回执写明现行版本的批次、文件、行和到达时间，以及不同的项。"
        ),
        steps=(
            "按回执中的行号找到该行，与原件核对，看现行版本与本行哪一个正确。",
            "现行版本正确的，无需处理；累计报送时请以业务系统的最新数据重新导出。",
            "要改回本行内容的，在“操作”列填“恢复”，只把这一行重新报送。",
        ),
        version="现行版本",
    ),
    "late": OutcomeRule(
        Severity.WARNING,
        Dimension.TIMELY,
        Wording(
            "本行先于现行版本到达，只留作历史，未改变现状。",
            "The row arrived before the version that is held: it is history only.",
            "现行内容正确的，无需处理；本行正确的，在“操作”列填“恢复”，本行是撤销的"
            "填“再次撤销”，重新报送这一行。",
        ),
        title="先于现行版本到达",
        meaning=(
            "该行到达平台的时间早于这条记录的现行版本（例如故障后补收，"
            "或隔离后重新校验），只留作历史，不改变现状。"
        ),
        steps=(
            "与原件核对现行版本；正确的，无需处理。",
            "本行正确的，在“操作”列填“恢复”，只把这一行重新报送。",
        ),
        version="现行版本",
    ),
    "returned": OutcomeRule(
        Severity.WARNING,
        Dimension.TIMELY,
        Wording(
            "本行与这条记录较早的一个版本相同，已按采集目录恢复为现行版本。",
            "The row equals an older version of its record and is current again.",
            "确应如此的，无需处理；误报了旧导出的，请报送最新的数据。",
        ),
        title="回到较早的版本",
        meaning=(
            "该行与这条记录较早的一个版本完全相同；全量报送以报送为准，"
            "或采集目录规定旧版本生效，因此已恢复为现行版本。"
        ),
        steps=(
            "确应如此的，无需处理。",
            "误报了旧导出的，请尽快报送最新的数据。",
        ),
        version="此前的版本",
    ),
    "restored": OutcomeRule(
        Severity.INFO,
        Dimension.TIMELY,
        Wording(
            "已按“恢复”（或“再次撤销”）把本行作为现行版本。",
            "The row is current, as it says that it restores or revokes once more.",
            "无需处理。",
        ),
        title="已恢复",
        meaning="按“操作”列的“恢复”，该行已成为现行版本；此前的版本留作历史。",
        steps=("无需处理。",),
        version="此前的版本",
    ),
    "revived": OutcomeRule(
        Severity.WARNING,
        Dimension.TIMELY,
        Wording(
            "这条记录原已撤销；本行与它以往的各版本都不同，已作为更正重新生效。",
            "The record was revoked; the row differs from all its versions and is "
            "current now.",
            "确要重新生效的，无需处理；不应生效的，在“操作”列填“撤销”，重新报送这一行。",
        ),
        title="撤销的记录重新生效",
        meaning=(
            "这条记录原已撤销；该行与它以往的各版本都不同，按更正处理，记录重新生效。"
        ),
        steps=(
            "与原件核对这条记录是否确应重新生效；是的，无需处理。",
            "不应生效的，在“操作”列填“撤销”，重新报送这一行。",
        ),
        version="此前的版本",
    ),
    "nothing_to_restore": OutcomeRule(
        Severity.WARNING,
        Dimension.LINKED,
        Wording(
            "平台没有可以“恢复”的这条记录，本行已按新增处理。",
            "There is no such record to restore; the row was taken as a new one.",
            "请核对文号、编号和主体代码是否与原记录一致；确属新增的，无需处理。",
        ),
        title="没有可以恢复的记录",
        meaning="“操作”列填了“恢复”，但平台没有这条记录；该行已按新增处理。",
        steps=(
            "核对文号、编号和主体代码是否与原记录一致（括号、日期、序号）。",
            "不一致的，撤销这一条，改正后重新报送；确属新增的，无需处理。",
        ),
    ),
    ABSENT: OutcomeRule(
        Severity.WARNING,
        Dimension.WHOLE,
        Wording(
            "全量报送中没有现有的这条记录，已按撤销处理。",
            "The full delivery lacks this record; it is revoked.",
            "确已撤销的，无需处理；属于漏报的，补全后整批重新报送。",
        ),
        title="全量报送缺少的记录",
        meaning="全量报送以报送为准：现有而没有报送的记录已按撤销处理，回执逐条列出。",
        steps=(
            "逐条核对：确已撤销的，无需处理。",
            "属于漏报的，补全后整批重新报送，记录随即恢复。",
        ),
        version="撤销的版本",
        clause=REVOCATION_CLAUSE,
    ),
    NOT_REVOKED: OutcomeRule(
        Severity.WARNING,
        Dimension.WHOLE,
        Wording(
            "本次未撤销任何缺少的记录，因为全量报送不完整。",
            "No record that the full delivery lacks is revoked: it is incomplete.",
            "更正未入库的行和文件后整批重新报送，届时仍缺少的记录按撤销处理；"
            "没有要撤销的，改正未入库的部分即可。",
        ),
        title="全量报送不完整，未撤销缺少的记录",
        meaning=(
            "全量报送中有行或文件未入库，其中可能正有看似缺少的记录，"
            "所以本次缺少的记录一条也不撤销，回执写明条数。"
        ),
        steps=(
            "按回执更正未入库的行；整批退回、暂缓或读不出的文件，按它自己的回执处理。",
            "改好后把全部记录整批重新报送；届时仍缺少的记录按撤销处理。",
        ),
        clause=REVOCATION_CLAUSE,
    ),
}
"""Code -> what is said."""


def rule_id(code: str) -> str:
    """Name the rule of a code, as findings and receipts do."""
    return f"{PREFIX}{code}"
