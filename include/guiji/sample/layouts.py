"""The habits of departments: encodings, headings, date forms, title rows, footers.

A layout turns records as a system holds them into the text that a clerk would see.
Every form here is lawful: what is wrong in a delivery comes from `faults` alone.
"""

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guiji.catalog.model import Catalog, CodeList, Dataset, Item
from guiji.catalog.vocabulary import ItemType
from guiji.sample.subjects import Columns

Text = dict[str, pa.Array]
"""Item -> n strings as delivered; null = empty cell."""

FOREVER = date(2099, 12, 31)
UNTIDY_SHARE = 0.015
TIDY_CODE = r"^[0-9A-Z]{18}$"


@dataclass(frozen=True)
class Layout:
    """How one delivery is written.

    Attributes:
        suffix: of the file: .csv, .txt or .xlsx.
        encoding: of a text file.
        delimiter: of a text file.
        headings: title, alias, code, or starred (titles with marks of obligation).
        dates: strftime format, or `cell`: date cells of a workbook.
        codes: how codes are written: title or alias.
        amounts: plain, yuan (2000元) or beside (1,000(万元人民币)).
        title_rows: rows above the headings.
        numbered: a column 序号 stands first.
        footer: totals and names below the data.
        cover: a sheet of explanations comes first.
        gap: an empty row in the middle.
        operations: a column 操作 stands last.
    """

    suffix: str
    encoding: str = "utf-8"
    delimiter: str = ","
    headings: str = "title"
    dates: str = "%Y/%m/%d"
    codes: str = "title"
    amounts: str = "plain"
    title_rows: int = 0
    numbered: bool = False
    footer: bool = False
    cover: bool = False
    gap: bool = False
    operations: bool = False


PLAIN = Layout(".csv", encoding="utf-8-sig")
ROUTINE = (
    Layout(".csv", encoding="utf-8-sig", operations=True),
    Layout(".xlsx", title_rows=2, numbered=True, dates="cell", footer=True, gap=True),
    Layout(
        ".csv", encoding="gb18030", headings="alias", dates="%Y-%m-%d", amounts="yuan"
    ),
    Layout(".csv", headings="code", dates="%Y%m%d", codes="alias"),
    Layout(
        ".xlsx",
        headings="starred",
        dates="%Y年%m月%d日",
        amounts="beside",
        cover=True,
        operations=True,
    ),
    Layout(".txt", encoding="utf-16", delimiter="\t", dates="%Y.%m.%d"),
    Layout(".csv", title_rows=1, footer=True, codes="alias"),
)
"""Layouts that deliveries take in turn."""


def render(
    records: Columns,
    dataset: Dataset,
    catalog: Catalog,
    layout: Layout,
    rng: np.random.Generator,
) -> Text:
    """Write records as the text of a delivery, every cell in a lawful form."""
    text = {
        i.id: _item(records[i.id], i, dataset, catalog, layout) for i in dataset.items
    }
    if layout.amounts == "beside":
        for item in dataset.items:  # the currency is written with the amount
            if item.currency_item:
                beside = pa.nulls(len(text[item.id]), pa.string())
                text[item.currency_item] = beside
    text[dataset.subject.uscc] = untidy(text[dataset.subject.uscc], rng)
    return text


def _item(
    values: pa.Array, item: Item, dataset: Dataset, catalog: Catalog, layout: Layout
) -> pa.Array:
    if item.type is ItemType.DATE:
        return mapped(values, lambda day: _day(day, layout.dates))
    if item.type is ItemType.AMOUNT:
        return mapped(values, lambda amount: _amount(amount, item, layout))
    if item.type in (ItemType.CODE, ItemType.CODES) and item.code_list:
        words = _words(catalog.code_list(dataset, item.code_list), layout)
        return mapped(values, lambda stored: _codes(stored, words))
    return values


def mapped(values: pa.Array, write: Callable[[Any], str]) -> pa.Array:
    """Write every distinct value once, as text; nulls stay null."""
    encoded = values.dictionary_encode()
    words = [write(value) for value in encoded.dictionary.to_pylist()]
    return pa.array(words, pa.string()).take(encoded.indices)


@functools.cache
def _day(day: date, form: str) -> str:
    if form == "cell":
        return day.isoformat()
    if day == FOREVER and form != "%Y/%m/%d":
        return "长期"
    return day.strftime(form)


def _amount(amount: Decimal, item: Item, layout: Layout) -> str:
    number = f"{amount.normalize():f}"
    if layout.amounts == "beside" and item.currency_item:
        return f"{amount.normalize():,f}({item.unit}人民币)"
    if layout.amounts == "yuan" and item.unit == "万元" and not item.currency_item:
        return f"{(amount * 10_000).normalize():f}元"
    return number


def _words(codes: CodeList, layout: Layout) -> dict[str, str]:
    if layout.codes == "alias":
        return {c.code: (*c.aliases, c.title)[0] for c in codes.values}
    return {c.code: c.title for c in codes.values}


def _codes(stored: str, words: dict[str, str]) -> str:
    return "；".join(words.get(code, code) for code in stored.split("；"))


_UNTIDY: tuple[Callable[[str], str], ...] = (
    lambda code: f" {code} ",
    lambda code: f"{code[:6]} {code[6:]}",
    lambda code: "".join(chr(ord(c) + 0xFEE0) for c in code),  # full width
    lambda code: f"{code[:2]} {code[2:8]} {code[8:17]} {code[17:]}",
)


def untidy(codes: pa.Array, rng: np.random.Generator) -> pa.Array:
    """Write a few credit codes as careless but lawful hands do."""
    rows = np.flatnonzero(rng.random(len(codes)) < UNTIDY_SHARE)
    edits = {
        int(row): _UNTIDY[number % len(_UNTIDY)](code)
        for number, row in enumerate(rows)
        if (code := codes[int(row)].as_py()) and re.match(TIDY_CODE, code)
    }
    return replaced(codes, edits)


def replaced(column: pa.Array, edits: Mapping[int, str | None]) -> pa.Array:
    """Replace the texts of some rows of a column."""
    if not edits:
        return column
    mask = np.zeros(len(column), dtype=bool)
    rows = sorted(edits)
    mask[rows] = True
    return pc.replace_with_mask(
        column, pa.array(mask), pa.array([edits[r] for r in rows], pa.string())
    )


def heading(item: Item, layout: Layout) -> str:
    """Return the heading of an item's column in a layout."""
    if layout.headings == "code":
        return item.code
    if layout.headings == "alias":
        return (*item.aliases, item.title)[0]
    if layout.headings == "starred":
        return f"*{item.title}" if item.required else f"{item.title}（选填）"
    return item.title
