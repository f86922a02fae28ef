"""Which sheet of a catalogue's workbook holds what, and in which columns.

The sheets 目录 and 信息项 begin with the columns of the national guide in its order; a
key that the guide does not have follows in a column, or has a sheet, of its own. A
heading ends with its key in brackets, by which a column is recognised anywhere.

Source: 政务信息资源目录编制指南(试行)(2017) 核心元数据.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from guiji.catalog.base import Model
from guiji.catalog.limits import BatchLimits
from guiji.catalog.model import (
    Channel,
    Clock,
    Code,
    Dataset,
    Department,
    ExcludedData,
    Extract,
    FormerUnit,
    Item,
    Jurisdiction,
    LaterText,
    Rule,
    TermRegime,
)
from guiji.catalog.workbook import words
from guiji.catalog.workbook.cells import plain

FRONT = "修改说明"
"""The first sheet: which catalogue it is, and of a proposal what it is for."""

DATASET, LIST, OTHER, UNIT = "dataset", "list", "list.other_prefix", "unit"
"""Keys of columns that say where a row belongs."""

PLACES = {
    DATASET: "信息资源代码",
    LIST: "代码表",
    OTHER: "代码表-其他值前缀",
    UNIT: "单位标识",
}
"""Key of such a column -> its Chinese name."""

FOR_READERS = "(参考)"
"""At the end of a heading: the column shows what others say, and is not read."""


@dataclass(frozen=True)
class Column:
    """One column of a sheet: a key of a model.

    Attributes:
        key: keys that lead to it, joined by dots.
        hint: the annotation of its type.
        owner: the model that has the last of the keys.
        heading: as the sheet prints it.
    """

    key: str
    hint: Any
    owner: type[Model]
    heading: str

    @property
    def is_required(self) -> bool:
        """Whether an entry without it is refused."""
        field = self.owner.model_fields[self.key.rpartition(".")[2]]
        return "." not in self.key and field.is_required()


@dataclass(frozen=True)
class Sheet:
    """One sheet.

    Attributes:
        title: its name.
        model: what a row holds.
        attribute: the key under which its owner holds the rows.
        places: keys of the columns that say where a row belongs.
        apart: keys of the model that have sheets of their own.
        first: keys that stand first, in the order of the guide.
    """

    title: str
    model: type[Model]
    attribute: str
    places: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    first: tuple[str, ...] = ()

    @cached_property
    def columns(self) -> list[Column]:
        """The columns of the model, those of the guide before the others."""
        listed = [*_columns(self.model, self.model.__name__, self.apart)]
        rank = {key: number for number, key in enumerate(self.first)}
        return sorted(listed, key=lambda c: rank.get(c.key, len(rank)))


GUIDE = (
    *("info_class", "title", "id", "providers", "summary", "share_type"),
    *("share_condition", "share_method", "open_level", "update_cycle", "valid_from"),
)
"""Core metadata of an information resource, in the order of the guide."""

DATASETS = Sheet(
    "目录", Dataset, "datasets",
    apart=("items", "clocks", "codes", "extracts"), first=GUIDE,
)  # fmt: skip
ITEMS = Sheet("信息项", Item, "items", (DATASET,), first=("title", "type", "id"))
CLOCKS = Sheet("时限", Clock, "clocks", (DATASET,))
CODES = Sheet("代码表", Code, "codes", (DATASET, LIST, OTHER))
EXTRACTS = Sheet("抽取", Extract, "extracts", (DATASET,))
RULES = Sheet("规则", Rule, "rules", (DATASET,))
UNITS = Sheet("单位", Department, "departments", apart=("successor_of",))
FORMER = Sheet("前身单位", FormerUnit, "successor_of", (UNIT,))
CHANNELS = Sheet("渠道", Channel, "channels")
REGIMES = Sheet("公示期限", TermRegime, "term_regimes")
EXCLUDED = Sheet("不予归集", ExcludedData, "excluded")
LATER = Sheet("后续文件", LaterText, "overridden_by")
GOVERNMENT = Sheet(
    "政府", Jurisdiction, "jurisdiction",
    apart=(
        *("channels", "term_regimes", "excluded", "overridden_by", "clocks", "codes"),
    ),
)  # fmt: skip
"""Key and value side by side: there is one of it."""

OF_DATASETS = (ITEMS, CLOCKS, EXTRACTS)
OF_GOVERNMENT = (CHANNELS, REGIMES, EXCLUDED, LATER)
SHEETS = (
    *(DATASETS, ITEMS, CLOCKS, CODES, RULES, UNITS, FORMER, CHANNELS, REGIMES),
    *(EXCLUDED, LATER, EXTRACTS, GOVERNMENT),
)


def heading(name: str, key: str) -> str:
    """Return the heading of a column: its name and, in brackets, its key."""
    return f"{name} [{key}]"


def key_of(text: str) -> str | None:
    """Return the key at the end of a heading; None where it has none."""
    before, bracket, key = text.strip().removesuffix("]").rpartition("[")
    return key.strip() if bracket and text.strip().endswith("]") else None


def _columns(
    model: type[Model], root: str, apart: tuple[str, ...], above: str = ""
) -> Iterator[Column]:
    """Yield the columns of a model; those of a model in it stand beside each other."""
    for name, field in model.model_fields.items():
        key = f"{above}{name}"
        kind = plain(field.annotation)
        if name in apart:
            continue
        if not above and isinstance(kind, type) and issubclass(kind, Model):
            yield from _columns(kind, root, (), f"{key}.")
        else:
            title = heading(words.word(root, key), key)
            yield Column(key, field.annotation, model, title)


def says_nothing(owner: Model, name: str) -> bool:
    """Return whether a key of an entry is as if it were left out."""
    value = getattr(owner, name)
    if isinstance(owner, BatchLimits):
        return name not in owner.model_fields_set
    default = type(owner).model_fields[name].get_default(call_default_factory=True)
    return value is None or (value in ((), {}) and value == default)
