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
        version: what the version is called that stands behind the message; empty =
            none does.
        clause: document and paragraph.
    """

    severity: Severity
    dimension: Dimension
    wording: Wording
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
    ),
    ABSENT: OutcomeRule(
        Severity.WARNING,
        Dimension.WHOLE,
        Wording(
            "全量报送中没有现有的这条记录，已按撤销处理。",
            "The full delivery lacks this record; it is revoked.",
            "确已撤销的，无需处理；属于漏报的，补全后整批重新报送。",
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
        clause=REVOCATION_CLAUSE,
    ),
}
"""Code -> what is said."""


def rule_id(code: str) -> str:
    """Name the rule of a code, as findings and receipts do."""
    return f"{PREFIX}{code}"
