"""What reading found out about a file: `reading.json` beside the text table."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Self

from guiji.core import files


@dataclass(frozen=True)
class ColumnReading:
    """One column of a sheet.

    Attributes:
        letter: as spreadsheets name it: A, B, … AA.
        heading: as delivered; empty where cells have no heading above them.
        item: the catalogue's item, None if the heading is unknown.
        used: whether its cells are in the text table.
    """

    letter: str
    heading: str
    item: str | None
    used: bool


@dataclass(frozen=True)
class Note:
    """A line that is no record: a title, a total, a remark below the table."""

    row: int
    why: str


@dataclass(frozen=True)
class Remark:
    """Something to state about a file that hinders nothing.

    Attributes:
        code: MACROS, LINKS, HIDDEN_ROWS, HIDDEN_COLUMNS, STRUCK_ROWS or
            OLD_TEMPLATE; of text files
            see `texts.remarks`.
        message: Chinese.
    """

    code: str
    message: str


MACROS = Remark("MACROS", "工作簿含有宏，平台从不运行宏，只读取单元格中保存的值。")
LINKS = Remark(
    "LINKS", "工作簿引用了外部文件或数据连接，平台不会打开，只读取单元格中保存的值。"
)


def old_template(version: str, now: str) -> Remark:
    """State that a fill-in template of ours is of an earlier entry of the catalogue."""
    message = f"填报模板的版本为 {version}，现行版本为 {now}；本次照常读取和检查。"
    return Remark("OLD_TEMPLATE", message)


@dataclass(frozen=True)
class CellFaults:
    """Cells of one column whose content was lost before they were delivered.

    Attributes:
        code: CELL_ERROR (an error in the place of a value), CELL_NO_VALUE (a formula
            without a stored result), DIGITS_LOST (a number of 16 digits or more),
            DATE_LOST (a date before 1900), MERGED (covered by a cell of other rows),
            NOT_TEXT (a date, a truth, a time, a percentage or a power of ten where a
            text is due), NUMBER_FOR_TEXT (a number with decimals in the place of the
            number of a document) or NEAR_MIDNIGHT (a day that ends within a minute; it
            was read).
        column: letter.
        item: the catalogue's item.
        rows: numbers of the rows, ascending.
    """

    code: str
    column: str
    item: str
    rows: tuple[int, ...]


@dataclass(frozen=True)
class SheetReading:
    """One table: a worksheet's, or that of a text file.

    Other headings further down in a worksheet begin another table of the same name.

    Attributes:
        name: of the worksheet; None for text files.
        header_row: number of the (last) heading row, None if the sheet was skipped.
        columns: in sheet order.
        rows: records read, faulty ones included; of a skipped sheet, the rows with
            content that were not read.
        skipped: Chinese reason, None if it was read.
        notes: lines that are no records.
        faults: cells whose content was lost, by column and code.
    """

    name: str | None
    header_row: int | None
    columns: tuple[ColumnReading, ...]
    rows: int
    skipped: str | None
    notes: tuple[Note, ...]
    faults: tuple[CellFaults, ...] = ()

    def column_letter(self, item: str) -> str | None:
        """Return the letter of an item's column; None if the table does not have it."""
        read = (c.letter for c in self.columns if c.used and c.item == item)
        return next(read, None)


@dataclass(frozen=True)
class Reading:
    """How a file was understood.

    Attributes:
        kind: text, xlsx, xls, ods, html or xml2003.
        encoding: of a text file, else None.
        delimiter: of a text file, else None.
        dataset: id of the dataset.
        sheets: in file order.
        rows_read: records, faulty ones included; 0 is a zero report (零报告).
        rows_faulty: records with a fault of the whole row.
        remarks: what is stated about the file as a whole.
        returned_batch: id of the batch that the platform returned as this workbook, as
            the workbook itself says; None if it says nothing.
    """

    kind: str
    encoding: str | None
    delimiter: str | None
    dataset: str
    sheets: tuple[SheetReading, ...]
    rows_read: int
    rows_faulty: int
    remarks: tuple[Remark, ...] = ()
    returned_batch: str | None = None

    def column_letter(self, sheet: str | None, item: str) -> str | None:
        """Return the letter of an item's column in the first table of a sheet.

        Returns:
            The letter; None if the table does not have the item.
        """
        tables = (table for table in self.sheets if table.name == sheet)
        first = next(tables, None)
        return None if first is None else first.column_letter(item)

    def lower_tables(self) -> Iterator[SheetReading]:
        """Yield the tables that stand below another one of their sheet, in order."""
        names: set[str | None] = set()
        for table in self.sheets:
            if table.name in names:
                yield table
            names.add(table.name)

    def data_sheets(self) -> Iterator[list[SheetReading]]:
        """Yield the tables that were read, those of one worksheet together."""
        read = (t for t in self.sheets if t.skipped is None and t.header_row)
        for _, tables in groupby(read, key=lambda table: table.name):
            yield list(tables)

    def to_json(self) -> dict[str, Any]:
        """Return the reading as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Self:
        """Make a reading of what `to_json` gave."""
        sheets = tuple(_sheet(s) for s in content["sheets"])
        remarks = tuple(Remark(**r) for r in content.get("remarks", ()))
        return cls(**{**content, "sheets": sheets, "remarks": remarks})

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a `reading.json`."""
        return cls.from_json(files.read_json(path))


def _sheet(content: dict[str, Any]) -> SheetReading:
    return SheetReading(
        **{
            **content,
            "columns": tuple(ColumnReading(**c) for c in content["columns"]),
            "notes": tuple(Note(**n) for n in content["notes"]),
            "faults": tuple(
                CellFaults(**{**f, "rows": tuple(f["rows"])})
                for f in content.get("faults", ())
            ),
        }
    )


def letter(index: int) -> str:
    """Name a column, 0 = A, as spreadsheets do."""
    name = ""
    number = index + 1
    while number:
        number, digit = divmod(number - 1, 26)
        name = chr(ord("A") + digit) + name
    return name
