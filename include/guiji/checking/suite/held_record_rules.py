"""Rules on records held: a number given twice, and revoking what is not held."""

from collections.abc import Callable
from dataclasses import replace

from guiji.catalog.model import Dataset
from guiji.catalog.vocabulary import Dimension, Severity
from guiji.checking.suite.reconciliation_rule import ReconciliationRule
from guiji.checking.suite.rules import Wording

NUMBER_CLAUSE = (
    "双公示数据标准(2018) (决定书文号); 党政机关公文格式 GB/T 9704-2012 7.2.5"
)
CHANGES_CLAUSE = "阳府〔2018〕60号 第十一条 (变更、撤销)"


def _has(attribute: str, value: str) -> Callable[[Dataset], bool]:
    """Return the datasets whose catalogue entry treats a number given twice so."""

    def has(dataset: Dataset) -> bool:
        wanted = dataset.same_number
        return wanted is not None and getattr(wanted, attribute) == value

    return has


def _numbered(dataset: Dataset) -> bool:
    return dataset.same_number is not None


NUMBER_ELSEWHERE = ReconciliationRule(
    kind="number_of_another",
    severity=Severity.CRITICAL,
    dimension=Dimension.UNIQUE,
    clause=NUMBER_CLAUSE,
    description=(
        "同一机关的同一编号（文号）没有以另一主体报送过；一项决定涉及几个主体的，"
        "在同一文件中一并报送。"
    ),
    description_en=(
        "A number of one authority is held for no other subject, unless the delivery "
        "states all of its subjects together."
    ),
    wording=Wording(
        "同一机关的同一编号（文号）已以另一主体报送，本行未入库。",
        "This number of this authority is held for another subject; the row is held "
        "back.",
        "原来的主体写错的，请把原记录（操作填“撤销”）和本行放在同一文件中报送；"
        "一项决定涉及几个主体的，请在同一文件中一并报送；本行写错的，更正后重新报送。",
    ),
    steps=(
        "按回执中所列的现有记录，与决定书核对主体和文号。",
        "原记录的主体写错的：在同一文件中报送两行，原记录一行的“操作”填“撤销”，"
        "正确的一行的“操作”填“新增”。",
        "一项决定涉及几个主体的：把各主体的行放在同一文件中一并报送。",
        "本行写错的：更正后重新报送该行。",
    ),
    applies=_has("other_subject", "hold_back"),
)

NUMBER_ELSEWHERE_TOLD = replace(
    NUMBER_ELSEWHERE,
    severity=Severity.WARNING,
    wording=Wording(
        "同一机关的同一编号（文号）已以另一主体报送，两条记录都在。",
        "This number of this authority is held for another subject, too.",
        "一项决定涉及几个主体的，无需处理；有一条写错主体的，请撤销该条（操作填“撤销”）。",
    ),
    applies=_has("other_subject", "warn"),
)

DAY_CORRECTED = ReconciliationRule(
    kind="other_day",
    severity=Severity.WARNING,
    dimension=Dimension.ACCURATE,
    clause=NUMBER_CLAUSE,
    description="同一记录的产生日期与平台现有记录相同；更正日期的，予以告知。",
    description_en="A record keeps the day of its event; a corrected day is told.",
    wording=Wording(
        "本行的日期与平台现有记录的不同。",
        "The day of the event is another than held.",
        "确系更正日期的，无需处理；本行日期填错的，更正后重新报送该行；"
        "文号不含年份、实为另一年的决定的，请补全文号后重新报送。",
    ),
    steps=(
        "按回执中所列的现有记录，与决定书核对日期。",
        "本行的日期正确的不必处理；填错的，更正后重新报送该行。",
        "实为另一项决定的：文号补全年份后重新报送，并把原记录按原样再报送一次"
        "（操作填“恢复”）。",
    ),
    applies=_has("other_day", "correct"),
)

OTHER_DAY = replace(
    DAY_CORRECTED,
    severity=Severity.CRITICAL,
    wording=Wording(
        "本行的日期与平台现有记录的不同，本行未入库。",
        "The day of the event is another than held; the row is held back.",
        "本行日期填错的，更正后重新报送该行；原记录日期填错的，请先撤销原记录"
        "（操作填“撤销”），再报送本行。",
    ),
    steps=(
        "按回执中所列的现有记录，与决定书核对日期。",
        "本行的日期填错的，更正后重新报送该行。",
        "原记录的日期填错的，先撤销原记录，再报送该行。",
    ),
    applies=_has("other_day", "hold_back"),
)

REVOKED_DAY = ReconciliationRule(
    kind="revoked_other_day",
    severity=Severity.CRITICAL,
    dimension=Dimension.ACCURATE,
    clause=CHANGES_CLAUSE,
    description="撤销的记录，日期与平台现有记录相同。",
    description_en="What is withdrawn has the day of the record that is held.",
    wording=Wording(
        "要撤销的记录与平台现有记录的日期不同，未予撤销，本行未入库。",
        "The record to be withdrawn is held with another day; nothing was withdrawn.",
        "确要撤销现有的这条记录的，请按现有记录的日期填写后重新报送该行。",
    ),
    steps=(
        "按回执中所列的现有记录，核对文号、主体和日期。",
        "确要撤销现有的这条记录的，把日期改为现有记录的日期，重新报送该行。",
    ),
    applies=_numbered,
)

NOTHING_TO_REVOKE = ReconciliationRule(
    kind="nothing_to_revoke",
    severity=Severity.CRITICAL,
    dimension=Dimension.LINKED,
    clause=CHANGES_CLAUSE,
    description="撤销的是平台现有的记录。",
    description_en="What is withdrawn is a record that is held.",
    wording=Wording(
        "平台没有要撤销的这条记录，未予撤销，本行未入库。",
        "There is no such record to withdraw; nothing was withdrawn.",
        "请对照所列的现有记录核对主体、编号（文号）和机关，更正后重新报送该行；"
        "从未报送过的，不必撤销。",
    ),
    steps=(
        "对照回执中所列的相近记录，核对主体的代码、编号（文号）和机关代码。",
        "写错的，改成与现有记录一致，“操作”仍填“撤销”，重新报送该行。",
        "从未报送过的，不必撤销，从文件中删去该行。",
    ),
)

NOTHING_TO_CHANGE = ReconciliationRule(
    kind="nothing_to_change",
    severity=Severity.WARNING,
    dimension=Dimension.LINKED,
    clause=CHANGES_CLAUSE,
    description="变更的是平台现有的记录。",
    description_en="What is changed is a record that is held.",
    wording=Wording(
        "平台没有要变更的这条记录，本行按新增处理。",
        "There is no such record to change; the row is taken as new.",
        "确系新增的，无需处理；要变更的是所列的现有记录的，请撤销本行所增的记录"
        "（操作填“撤销”），并按现有记录的主体和编号重新报送变更。",
    ),
    steps=(
        "对照回执中所列的相近记录，核对主体的代码、编号（文号）和机关代码。",
        "确系新增的不必处理；写错主体或编号的，撤销本行所增的记录，再报送正确的变更。",
    ),
)
