"""Records that a clerk does not see, or has struck through: they are read, and told.

A filter hides rows, and nobody says whether they are meant to be delivered. So they
are; the receipt names them, so that the department can object.
"""

from collections.abc import Collection, Iterator, Sequence

from guiji.reading.headings import Header
from guiji.reading.result import Remark, letter
from guiji.reading.texts.remarks import runs
from guiji.reading.workbooks.facts import SheetFacts


class Unseen:
    """Gathers the rows of one worksheet."""

    def __init__(self, sheet: str | None, facts: SheetFacts) -> None:
        """Begin a worksheet.

        Args:
            sheet: its name.
            facts: what is hidden and struck through in it.
        """
        self._where = f"工作表“{sheet}”" if sheet else ""
        self._facts = facts
        self._hidden: list[int] = []
        self._struck: list[int] = []

    def see(self, first: int, count: int, columns: Sequence[Sequence[str]]) -> None:
        """Examine rows that were read.

        Args:
            first: index of the first one.
            count: of rows.
            columns: their cells as text, column by column.
        """
        facts = self._facts
        for rows, numbers in (
            (facts.hidden_rows, self._hidden),
            (facts.struck_rows, self._struck),
        ):
            if rows:
                numbers += [
                    row + 1
                    for row in range(first, first + count)
                    if row in rows and any(c[row - first].strip() for c in columns)
                ]

    def remarks(self, header: Header, notes: Collection[int]) -> Iterator[Remark]:
        """Describe what was read though nobody sees it.

        Args:
            header: the headings.
            notes: numbers of the rows that are no records.
        """
        hidden = [row for row in self._hidden if row not in notes]
        struck = [row for row in self._struck if row not in notes]
        if hidden:
            said = "被隐藏（筛选或隐藏行），平台照常读取"
            yield Remark("HIDDEN_ROWS", f"{self._where}第 {runs(hidden)} 行{said}。")
        columns = [
            f"{letter(i)} 列“{heading}”"
            for i, (heading, item) in enumerate(
                zip(header.headings, header.items, strict=True)
            )
            if item is not None and i in self._facts.hidden_columns
        ]
        if columns:
            said = f"{'、'.join(columns)}被隐藏，平台照常读取"
            yield Remark("HIDDEN_COLUMNS", f"{self._where}{said}。")
        if struck:
            said = "有删除线，平台照常读取，不当作删除"
            yield Remark("STRUCK_ROWS", f"{self._where}第 {runs(struck)} 行{said}。")
