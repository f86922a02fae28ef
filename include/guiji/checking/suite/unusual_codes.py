"""Warnings about credit codes that are formally right, but not of the usual kind."""

from collections.abc import Iterator
from typing import NamedTuple

from guiji.catalog.vocabulary import Dimension, ItemType, Severity
from guiji.checking.suite.excel_steps import as_text
from guiji.checking.suite.items import ItemContext
from guiji.checking.suite.rules import Judgement, RuleExpectation, Wording
from guiji.engine.sql import name as quoted

CODE_STANDARD = "GB 32100-2015"


class _Usual(NamedTuple):
    """What is usual of a code, and what a code is that is not.

    Attributes:
        column: what the typed table says of the code, see `typed_columns`.
        unusual: the value of that column which is warned of.
    """

    column: str
    unusual: str
    usual: str
    usual_en: str
    message: str
    message_en: str


_KINDS = {
    "unknown_pair": _Usual(
        "unknown_pair",
        "true",
        "的前两位（登记管理部门与机构类别）在国家标准列举之内",
        "begins with a pair of department and category that the standard has",
        "的前两位（登记管理部门与机构类别）不在国家标准列举之内",
        "begins with a pair of department and category that the standard lacks",
    ),
    "unknown_region": _Usual(
        "unknown_region",
        "true",
        "第3至8位是已收录的行政区划码",
        "names a region that the table of GB/T 2260 has",
        "第3至8位的行政区划码未收录（开发区代码属正常情形）",
        "names a region that the table of GB/T 2260 lacks",
    ),
    "inner_check": _Usual(
        "inner_ok",
        "false",
        "第9至17位组织机构代码的校验码相符（GB 11714）",
        "holds an organisation code with a right check digit (GB 11714)",
        "所含组织机构代码的校验码不符（GB 11714）",
        "holds an organisation code that fails its own check (GB 11714)",
    ),
}


def unusual(of: ItemContext) -> Iterator[RuleExpectation]:
    """A credit code is of the usual kind."""
    title, name = of.title, of.name
    if of.item.type is not ItemType.USCC:
        return
    for kind, code in _KINDS.items():
        flag = f"{name}__no_{kind}"
        fact = f"{quoted(f'{name}__{code.column}')} is not {code.unusual}"
        yield of.rule(
            kind,
            judgement=Judgement.FLAG,
            columns=(name, flag),
            facts=((flag, fact),),
            description=f"“{title}”{code.usual}。",
            description_en=f"{name} {code.usual_en}.",
            wording=Wording(
                f"“{title}”{code.message}。",
                f"{name} {code.message_en}.",
                f"请核对“{title}”；确认无误的不必处理。",
            ),
            steps=(as_text(title), "对照营业执照或登记证书逐位核对代码。"),
            severity=Severity.WARNING,
            dimension=Dimension.ACCURATE,
            clause=CODE_STANDARD,
        )
