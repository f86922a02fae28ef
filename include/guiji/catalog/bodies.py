"""Which department a row names as authority (机关) or source (数据来源单位).

A department is named by its title, an alias, the name of a body that it follows, or its
credit code. A body that is none of
the departments, such as a district bureau, is named by nobody's list: whether it may
stand in a row is the dataset's `unlisted_bodies`.

Source: 贵州省企业公共信用信息平台运行管理规则(试行) 第二十四条.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Self

from guiji.catalog.items import Body
from guiji.catalog.model import Catalog, Dataset, Department
from guiji.domain import text


@dataclass(frozen=True)
class Departments:
    """The departments of a catalogue by what names them.

    Attributes:
        named: present or former name, as names are compared, or credit code -> id.
    """

    named: dict[str, str]

    @classmethod
    def of(cls, departments: Iterable[Department]) -> Self:
        """Index departments by titles, aliases and credit codes."""
        return cls({word: d.id for d in departments for word in words(d)})

    def find(self, name_or_code: str) -> str | None:
        """Return the id of the department that a text names; None = none of them."""
        return self.named.get(text.name_norm_one(name_or_code) or "")


def words(department: Department) -> Iterator[str]:
    """Yield what names a department, in the form in which names are compared."""
    for written in (*department.names, department.uscc):
        yield text.name_norm_one(written) or written


def bodies(dataset: Dataset) -> tuple[Body, ...]:
    """Return the bodies that a dataset's rows name: the authority before the source."""
    return tuple(body for body in (dataset.authority, dataset.source) if body)


def body_items(dataset: Dataset) -> tuple[str, ...]:
    """Name the items that name bodies."""
    return tuple(item for body in bodies(dataset) for item in body.items())


def delivered_by(catalog: Catalog, sender: str) -> frozenset[str]:
    """Name the departments whose records a sender delivers, itself among them."""
    return frozenset({sender, *catalog.departments[sender].delivers_for})


@cache
def _departments(departments: tuple[Department, ...]) -> Departments:
    return Departments.of(departments)


def departments(catalog: Catalog) -> Departments:
    """Return the departments of a catalogue by what names them."""
    return _departments(tuple(catalog.departments.values()))
