"""Rows that number the columns of a table: 1 2 3, （1）（2）（3）, ①②③, 甲 乙 1 2."""

import unicodedata
from collections.abc import Sequence

from guiji.domain import chinese_numbers

STEMS = "甲乙丙丁戊己庚辛壬癸"
"""Columns of statistical forms that hold no figures are named by the ten stems."""

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ROW_NAMES = frozenset({"栏次", "列次", "项次", "列号", "序号"})
LEAST = 3
"""Columns from which a numbering is told from values."""

FRAME = " ()[]{}〔〕【】〈〉<>.,、:第栏列项"


def is_numbering(cells: Sequence[str]) -> bool:
    """Return whether the filled cells of a row count the columns, from the first on."""
    plain = [unicodedata.normalize("NFKC", cell).strip(FRAME) for cell in cells]
    if plain and unicodedata.normalize("NFKC", cells[0]).strip() in ROW_NAMES:
        plain = plain[1:]
    if len(plain) < LEAST:
        return False
    if plain == list(LETTERS[: len(plain)]):
        return True
    named = 0
    while named < min(len(plain), len(STEMS)) and plain[named] == STEMS[named]:
        named += 1
    return all(_number(cell) == i for i, cell in enumerate(plain[named:], 1))


def _number(cell: str) -> int | None:
    if cell.isascii():
        return int(cell) if cell.isdecimal() and len(cell) < LEAST else None
    return chinese_numbers.integer(cell)
