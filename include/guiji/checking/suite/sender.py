"""The rule that a row's authority or source is its sender, or one it delivers for."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from guiji.catalog import bodies
from guiji.catalog.bodies import Departments
from guiji.catalog.model import Catalog, Dataset
from guiji.catalog.vocabulary import Dimension, Severity
from guiji.checking.suite.items import ItemContext
from guiji.checking.suite.rules import Judgement, RuleExpectation, Wording
from guiji.domain import columns

CLAUSE = (
    "贵州省企业公共信用信息平台运行管理规则(试行) 第二十四条 "
    "(非本部门传送的信息不得进行修改或删除)"
)


def another_department(of: ItemContext) -> Iterator[RuleExpectation]:
    """A body is the sender or one for which it delivers."""
    title, name = of.title, of.name
    if name not in bodies.body_items(of.dataset):
        return
    flag = f"{name}__of_sender"
    is_allowed = OfSender.of(of.dataset, of.catalog, name, of.sender)
    yield of.rule(
        "another_department",
        judgement=Judgement.FLAG,
        columns=("row_id", flag),
        computed=((flag, is_allowed),),
        description=f"“{title}”是报送单位，或采集目录登记由其代为报送的单位。",
        description_en=f"{name} is the sender or a department for which it delivers.",
        wording=Wording(
            f"“{title}”填写的是其他单位，采集目录没有登记由报送单位代其报送。",
            f"{name} is another body, for which the sender does not deliver.",
            f"该信息由“{title}”所填单位报送；填错单位的，更正后重新报送该行；"
            "确由本单位代为报送的，请与平台联系，在采集目录中登记后重新报送该行。",
        ),
        steps=(
            f"确认“{title}”是哪个单位：是其他单位的，从本单位的文件中删去该行，"
            "由该单位报送。",
            f"确是本单位的，把“{title}”改为本单位的全称或代码，同一行的机关名称、"
            "机关代码、数据来源单位及其代码要指同一单位。",
        ),
        severity=Severity.CRITICAL,
        dimension=Dimension.ACCURATE,
        clause=CLAUSE,
    )


@dataclass(frozen=True)
class OfSender:
    """Works out the fact for one item that names a body or holds its code.

    Attributes:
        item: the item.
        departments: the catalogue's departments.
        allowed: ids of the sender and of those it delivers for.
        is_unlisted_allowed: whether a body may be none of the departments.
    """

    item: str
    departments: Departments = field(repr=False)
    allowed: frozenset[str]
    is_unlisted_allowed: bool

    @classmethod
    def of(
        cls, dataset: Dataset, catalog: Catalog, item: str, sender: str | None
    ) -> "OfSender":
        """Make it for a sender; where nobody sends, any department is allowed."""
        everybody = frozenset(catalog.departments)
        allowed = bodies.delivered_by(catalog, sender) if sender else everybody
        accepts = sender is None or dataset.unlisted_bodies == "accept"
        return cls(item, bodies.departments(catalog), allowed, accepts)

    def __call__(self, typed: pa.Table) -> pa.Array:
        """Return which rows name a body whose records the sender may deliver.

        Args:
            typed: n rows.

        Returns:
            n booleans; true as well where the item is empty or not understood.
        """
        column = columns.combine(typed[self.item]).dictionary_encode()
        right = [self._may(text) for text in column.dictionary.to_pylist()]
        places = column.indices.fill_null(len(right)).to_numpy(zero_copy_only=False)
        return pa.array(np.array([*right, True], np.bool_)[places])

    def _may(self, name_or_code: str) -> bool:
        department = self.departments.find(name_or_code)
        return (
            self.is_unlisted_allowed
            if department is None
            else department in self.allowed
        )
