"""What is stated about a text file that was read: nothing unusual is passed over."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from guiji.reading.headings import Header
from guiji.reading.layout import Layout
from guiji.reading.result import CellFaults, Remark, letter
from guiji.reading.texts.batches import Batch
from guiji.reading.texts.ending import Ending

MOST = 100
"""Runs of rows that a sentence names."""

NO_LINE_END = Remark(
    "NO_FINAL_NEWLINE",
    "文件末行之后没有换行符。如文件在导出或传输中被截断，末行可能不完整，请核对末行。",
)
ZEROS = (
    "文件末尾有 {count} 个空字符（NUL），不是数据，未读取。"
    "如文件在导出或传输中中断，末尾可能缺少若干行，请核对行数。"
)
SENTENCES = {
    "MIXED_ENCODING": "的编码与文件其余部分不同（UTF-8 与 GBK 混用），已按该行自身的"
    "编码读取，请核对。",
    "PRIVATE_USE": "含有私用区字符（多为生僻字的旧编码或自造字），其他系统可能"
    "无法显示，请核对并尽量改用 GB18030-2022 的正式编码。",
}


class TextRemarks:
    """Gathers what is unusual about rows that were read."""

    def __init__(self, layout: Layout, header: Header) -> None:
        """Begin below the headings."""
        self._items = header.items
        self._amounts = frozenset(layout.units)
        self._rows: Mapping[str, list[int]] = defaultdict(list)
        self._rounded: Mapping[int, list[int]] = defaultdict(list)

    def add(self, batch: Batch) -> None:
        """Record what matters of a batch."""
        for index, codes in batch.remarks.items():
            for code in codes:
                self._rows[code].append(batch.number + index)
        for index, column in batch.rounded:
            item = self._items[column]
            if item is not None and item not in self._amounts:
                self._rounded[column].append(batch.number + index)

    def of_file(self, ending: Ending) -> tuple[Remark, ...]:
        """Return what is stated about the file.

        Args:
            ending: how it ends.
        """
        remarks = [of_rows(code, rows) for code, rows in sorted(self._rows.items())]
        if ending.zeros:
            remarks.append(
                Remark("ZERO_BYTES_AT_END", ZEROS.format(count=ending.zeros))
            )
        return tuple(remarks if ending.ended else [*remarks, NO_LINE_END])

    def of_cells(self) -> tuple[CellFaults, ...]:
        """Return the numbers that lost their digits before they became text."""
        return tuple(
            CellFaults(
                "DIGITS_LOST", letter(column), self._items[column] or "", tuple(rows)
            )
            for column, rows in sorted(self._rounded.items())
        )


def of_rows(code: str, rows: Iterable[int], sheet: str | None = None) -> Remark:
    """State what is unusual about rows.

    Args:
        code: MIXED_ENCODING or PRIVATE_USE.
        rows: their numbers, ascending.
        sheet: worksheet; None for text files.
    """
    where = f"工作表“{sheet}”" if sheet else ""
    return Remark(code, f"{where}第 {runs(rows)} 行{SENTENCES[code]}")


def runs(rows: Iterable[int]) -> str:
    """Name row numbers in ascending order, runs of them by their ends."""
    runs: list[list[int]] = []
    count = 0
    for row in rows:
        count += 1
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    named = "、".join(f"{a}" if a == b else f"{a}—{b}" for a, b in runs[:MOST])
    return named if len(runs) <= MOST else f"{named}等（共{count}行）"
