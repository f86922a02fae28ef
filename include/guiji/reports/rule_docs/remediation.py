"""How to mend a fault in Excel, step by step, as a clerk does it who never did.

The first step finds the rows, the last one hands the workbook in; what stands between
comes with the rule.
"""

from guiji.catalog.vocabulary import Responsibility, Severity
from guiji.checking.suite.excel_steps import Steps
from guiji.checking.suite.rules import RuleExpectation

MARKED = (
    "打开退回的工作簿（原文件名后加“.退回”），在“{0}”的表头上点筛选箭头→“按颜色筛选”"
    "→红色，只看有问题的行；没有退回工作簿的，按回执中的行号和列号找到单元格。"
)
MARKED_ROWS = (
    "打开退回的工作簿（原文件名后加“.退回”），在最后一列“退回原因”中筛选，"
    "只看有问题的行；没有退回工作簿的，按回执中的行号找到该行。"
)
BY_RECEIPT = "按回执中的行号和列号，在原文件中找到该单元格。"
HAND_IN = (
    "清除筛选，保存，把改好的工作簿放回收件夹；标红、批注、退回原因列和汇总表不必删除，"
    "平台会忽略它们。"
)
IF_RIGHT = "核对无误的不必处理，也不必重报；确有错误的，改正后重新报送该行。"
NOTHING = "责任在平台，报送单位无需处理；平台修复后重新校验。"


def steps(rule: RuleExpectation, title: str | None) -> Steps:
    """Return how to mend what breaks a rule.

    Args:
        rule: the rule.
        title: of the item that its findings point at; None = the whole row.
    """
    if rule.responsibility is Responsibility.PLATFORM:
        return (NOTHING,)
    is_critical = rule.severity is Severity.CRITICAL
    last = HAND_IN if is_critical else IF_RIGHT
    if title is None:
        return (MARKED_ROWS, *rule.steps, last)
    return (MARKED.format(title) if is_critical else BY_RECEIPT, *rule.steps, last)
