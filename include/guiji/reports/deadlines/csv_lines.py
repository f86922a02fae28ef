"""Missed deadlines as lines of a CSV file for people: titles for ids, blanks for null.

Most cells of a line are the same in thousands of lines. They are worded and quoted once
for each combination that a piece has; only the codes differ from line to line.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from guiji.catalog.model import Catalog
from guiji.catalog.vocabulary import Responsible
from guiji.catalog.words import say
from guiji.reports.deadlines import clocks

KINDS = {
    "delivery": "归集",
    clocks.CHANGE: "变更归集",
    "correction": "更正",
    "withdrawal": "撤下",
    "publication": "公示",
    clocks.CYCLE: "更新周期",
}
"""Kinds of breaches, in the order in which they are listed."""

RESPONSIBLE = {r.value: say(r) for r in Responsible}
HEADINGS = (
    ("时限种类", "kind"),
    ("时限", "clock"),
    ("单位", "department"),
    ("数据集", "dataset"),
    ("统一社会信用代码", "uscc"),
    ("记录编号", "record_id"),
    ("批次", "batch_id"),
    ("信息产生日期", "event_on"),
    ("到期日", "due_on"),
    ("完成日期", "done_on"),
    ("逾期工作日", "working_days_late"),
    ("日历待定", "provisional"),
    ("责任方", "responsible"),
    ("依据", "clause"),
)
COLUMNS = tuple(name for _, name in HEADINGS)
CODES = slice(4, 6)
"""Columns that differ from line to line; the cells before and behind repeat."""

SPECIAL = tuple(b',"\r\n')
"""Bytes that make a cell quoted."""


class CsvLines:
    """Words missed deadlines."""

    def __init__(self, catalog: Catalog) -> None:
        self._titles: dict[str, Mapping[Any, str]] = {
            "kind": KINDS,
            "department": {d.id: d.title for d in catalog.departments.values()},
            "dataset": {d.id: d.title for d in catalog.datasets.values()},
            "provisional": {True: "日历待定", False: ""},
            "responsible": RESPONSIBLE,
        }

    def heading(self) -> bytes:
        """Return the first line, after the mark of UTF-8."""
        return f"{_line(title for title, _ in HEADINGS)}\r\n".encode("utf-8-sig")

    def text(self, table: pa.Table) -> memoryview:
        """Return the lines of a table (`schemas.BREACHES`), each ended by CR LF."""
        head = self._repeated(table, COLUMNS[: CODES.start], "")
        tail = self._repeated(table, COLUMNS[CODES.stop :], "\r\n")
        codes = [_quoted(table[name].combine_chunks()) for name in COLUMNS[CODES]]
        lines = pc.binary_join_element_wise(head, *codes, tail, ",")
        return _bytes(lines)

    def _repeated(self, table: pa.Table, names: Sequence[str], end: str) -> pa.Array:
        """Return the cells of some columns, joined; each combination is worded once."""
        columns = [_encoded(table[name]) for name in names]
        mixed = np.zeros(len(table), np.int64)
        for column in columns:
            mixed *= len(column.dictionary) + 1
            mixed += column.indices.fill_null(len(column.dictionary)).to_numpy()
        combined = pa.array(mixed).dictionary_encode()
        first = _first_places(combined.indices.to_numpy(), len(combined.dictionary))
        cells = [
            self._cells(name, column.take(first).to_pylist())
            for name, column in zip(names, columns, strict=True)
        ]
        texts = pa.array([_line(row) + end for row in zip(*cells, strict=True)])
        return texts.cast(pa.string()).take(combined.indices)

    def _cells(self, name: str, values: Sequence[object]) -> Sequence[str]:
        titles = self._titles.get(name, {})
        return ["" if v is None else titles.get(v, str(v)) for v in values]


def _encoded(column: pa.ChunkedArray) -> pa.DictionaryArray:
    array = column.combine_chunks()
    return array if isinstance(array, pa.DictionaryArray) else array.dictionary_encode()


def _first_places(codes: npt.NDArray[np.int32], number: int) -> npt.NDArray[np.int64]:
    """Return where each of the codes from 0 comes first."""
    places = np.empty(number, np.int64)
    places[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    return places


def _quoted(texts: pa.Array) -> pa.Array:
    """Return texts as cells; hardly any needs quotes."""
    texts = texts.fill_null("")
    written = np.frombuffer(_bytes(texts), np.uint8)
    if not any((written == byte).any() for byte in SPECIAL):
        return texts
    return pa.array([_line(["", text])[1:] for text in texts.to_pylist()], pa.string())


def _line(cells: Iterable[str]) -> str:
    """Write cells as a line of CSV, without its end."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue()[:-2]


def _bytes(column: pa.Array) -> memoryview:
    """Return the texts of a column without nulls, one after the other, as bytes."""
    _, offsets, content = column.buffers()
    ends = np.frombuffer(offsets, np.int32)[column.offset :]
    return memoryview(content or b"")[ends[0] : ends[len(column)]]
