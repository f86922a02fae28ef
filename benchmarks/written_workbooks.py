"""Workbooks of four writers, read back cell by cell.

    python -m benchmarks.written_workbooks [BOOKS]

openpyxl, XlsxWriter and xlwt write tables of drawn cells; LibreOffice saves some of
openpyxl's again as xlsx, xls and ods. Cells are texts of many sorts, numbers shown
with leading zeros, days and amounts in usual formats; some rows are hidden, some are
empty, some hold what no text item can (a day, a truth value, a percentage). Every row
that is read must be its record cell by cell; a cell of which nobody knows what was
typed must put its row into quarantine. The tables are the same in every run.
"""

import json
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import xlsxwriter
import xlwt

from benchmarks import p6_data
from guiji.catalog.model import Dataset
from guiji.reading.layout import Layout
from guiji.reading.limits import Limits
from guiji.reading.processes import children, one_file
from guiji.reading.result import Reading

SEED = 20261130
BOOKS = 320
ROWS = (4, 30)
TYPES = {
    "decided_on": "date",
    "valid_from": "date",
    "valid_to": "date",
    "capital": "amount",
}
OFFICE = {"office xlsx": "xlsx", "office xls": "xls", "office ods": "ods"}
GENERAL, LITERAL = "General", "@"
DAYS = ("yyyy-mm-dd", "yyyy/m/d", 'yyyy"年"m"月"d"日"', "m/d/yy")
AMOUNTS = (GENERAL, "0.00", "#,##0.00", "0.0000")
TEXTS = (
    "普通", "0012", "００12", "筑市监许〔2026〕7号", "贵阳𠮷样有限公司", "甲,乙;丙",
    '按"一证一码"管理', "第一行\n第二行", "2026-11-18", "TRUE", "1E5", "3.10", "a&b<c>",
    "详见附件" * 40, "-", "中华北路1-2号", "90%",
)  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """A cell to write.

    Attributes:
        value: what the writer gets; None = nothing.
        form: its number format.
        text: what must be read; None = its row must be in quarantine.
    """

    value: Any
    form: str
    text: str | None


@dataclass(frozen=True)
class Book:
    """A table to write; the headings are its first row.

    Attributes:
        rows: of cells.
        hidden: indices of rows that are not shown.
    """

    rows: list[list[Cell]]
    hidden: frozenset[int]


def dataset() -> Dataset:
    """Return the catalogue entry of the 15 columns, days and an amount among them."""
    entry = p6_data.dataset().model_dump(exclude_unset=True)
    for item in entry["items"]:
        item["type"] = TYPES.get(item["id"], "text")
        if item["type"] == "amount":
            item["unit"] = "万元"
    return Dataset.model_validate(entry)


def draw(chance: random.Random) -> Book:
    """Draw a table."""
    rows = [[Cell(h, LITERAL, h) for h in p6_data.HEADINGS]]
    for number in range(chance.randint(*ROWS)):
        if chance.random() < 0.05:
            rows.append([Cell(None, GENERAL, "")] * len(p6_data.IDS))
        rows.append(_record(chance, number))
    hidden = {i for i in range(1, len(rows)) if chance.random() < 0.05}
    return Book(rows, frozenset(hidden))


def _record(chance: random.Random, number: int) -> list[Cell]:
    cells = [_cell(chance, TYPES.get(i, "text")) for i in p6_data.IDS]
    name, code = f"贵阳某某{number}商贸有限公司", f"9152010{number:011}"
    cells[0] = Cell(name, GENERAL, name)
    cells[1] = Cell(code, LITERAL, code)
    return cells


def _cell(chance: random.Random, kind: str) -> Cell:
    if chance.random() < 0.1:
        return Cell(None, GENERAL, "")
    if kind == "date":
        day = date(2015, 1, 1) + timedelta(days=chance.randrange(5000))
        return Cell(day, chance.choice(DAYS), day.isoformat())
    if kind == "amount":
        amount = chance.randrange(1, 10_000_000) / chance.choice((1, 10, 100))
        return Cell(
            amount, chance.choice(AMOUNTS), f"{amount:.2f}".rstrip("0").rstrip(".")
        )
    if chance.random() < 0.1:
        count = chance.randrange(1, 99_999)
        return Cell(count, "00000000", f"{count:08}")
    if chance.random() < 0.02:
        return chance.choice(
            (
                Cell(date(2026, 11, 18), DAYS[0], None),
                Cell(True, GENERAL, None),
                Cell(0.25, "0%", None),
                Cell(200_000, "0.00E+00", None),
            )
        )
    text = chance.choice(TEXTS)
    return Cell(text, chance.choice((GENERAL, LITERAL)), text)


def by_openpyxl(book: Book, path: Path) -> None:
    """Write a table by openpyxl."""
    file = openpyxl.Workbook()
    sheet = file.active
    for row, cells in enumerate(book.rows, 1):
        for column, cell in enumerate(cells, 1):
            if cell.value is not None:
                made = sheet.cell(row, column, cell.value)
                made.number_format = cell.form
        sheet.row_dimensions[row].hidden = row - 1 in book.hidden
    file.save(path)


def by_xlsxwriter(book: Book, path: Path) -> None:
    """Write a table by XlsxWriter."""
    with xlsxwriter.Workbook(path) as file:
        sheet = file.add_worksheet()
        forms = {f: file.add_format({"num_format": f}) for f in _forms(book)}
        for row, cells in enumerate(book.rows):
            for column, cell in enumerate(cells):
                value, form = cell.value, forms[cell.form]
                if isinstance(value, date):
                    sheet.write_datetime(row, column, value, form)
                elif isinstance(value, str):
                    sheet.write_string(row, column, value, form)
                elif value is not None:
                    sheet.write(row, column, value, form)
            if row in book.hidden:
                sheet.set_row(row, None, None, {"hidden": True})


def by_xlwt(book: Book, path: Path) -> None:
    """Write a table by xlwt, as xls."""
    file = xlwt.Workbook()
    sheet = file.add_sheet("Sheet1")
    forms = {f: xlwt.easyxf(num_format_str=f) for f in _forms(book)}
    for row, cells in enumerate(book.rows):
        for column, cell in enumerate(cells):
            if cell.value is not None:
                sheet.write(row, column, cell.value, forms[cell.form])
        sheet.row(row).hidden = row in book.hidden
    file.save(str(path))


def _forms(book: Book) -> set[str]:
    return {cell.form for row in book.rows for cell in row}


Writer = Callable[[Book, Path], None]
WRITERS: dict[str, tuple[str, Writer]] = {
    "openpyxl": ("xlsx", by_openpyxl),
    "XlsxWriter": ("xlsx", by_xlsxwriter),
    "xlwt": ("xls", by_xlwt),
    **dict.fromkeys(OFFICE, ("xlsx", by_openpyxl)),
}


def saved_by_office(folder: Path, kind: str) -> None:
    """Let LibreOffice save the workbooks of a folder as another kind, in place.

    Raises:
        subprocess.CalledProcessError: it does not.
    """
    office = shutil.which("soffice") or "soffice"
    out = folder / "saved"
    books = sorted(folder.glob("*.xlsx"))
    subprocess.run(
        [office, f"-env:UserInstallation={(folder / 'profile').as_uri()}",
         "--headless", "--convert-to", kind, "--outdir", out, *books],
        check=True, capture_output=True, timeout=600,
    )  # fmt: skip
    for book in books:
        book.unlink()
        (out / f"{book.stem}.{kind}").rename(folder / f"{book.stem}.{kind}")


def run(books: int = BOOKS, ways: Sequence[str] = tuple(WRITERS)) -> list[Any]:
    """Write and read so many workbooks; give what came of their rows, by way."""
    shares = {way: books // 4 if way not in OFFICE else books // 12 for way in ways}
    return [_way(way, max(1, shares[way])) for way in ways]


def _way(way: str, books: int) -> dict[str, Any]:
    chance = random.Random(f"{SEED} {way}")
    kind, writer = WRITERS[way]
    drawn = [draw(chance) for _ in range(books)]
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, book in enumerate(drawn):
            writer(book, folder / f"{number}.{kind}")
        if way in OFFICE:
            kind = OFFICE[way]
            saved_by_office(folder, kind)
        for number, book in enumerate(drawn):
            found.update(_read(folder / f"{number}.{kind}", book))
    return {"writer": way, "books": books} | dict(sorted(found.items()))


def _read(path: Path, book: Book) -> Counter[str]:
    out = path.with_name("text.parquet")
    scratch = path.with_name("scratch")
    scratch.mkdir(exist_ok=True)
    layout = Layout.of(dataset())
    job = children.job(
        path,
        f"行政许可信息{path.suffix}",
        [layout],
        [],
        out,
        scratch,
        Limits(),
        scratch,
    )
    answer = one_file.answer(json.loads(job), Limits())
    if "reading" not in answer:
        return Counter({"books refused": 1})
    reading = Reading.from_json(answer["reading"])
    held = {row for s in reading.sheets for cells in s.faults for row in cells.rows}
    return judge(book, pq.read_table(out).to_pylist(), held)


def judge(book: Book, rows: Sequence[dict[str, Any]], held: set[int]) -> Counter[str]:
    """Compare what was read with what was written, row by row.

    Args:
        book: what was written.
        rows: of the text table.
        held: numbers of the rows with a cell that is to keep them in quarantine.
    """
    found: Counter[str] = Counter()
    read = {row["source_row"]: row for row in rows}
    for number, cells in enumerate(book.rows[1:], 2):
        row = read.pop(number, None)
        if all(cell.value is None for cell in cells):
            found["empty rows read"] += row is not None
        elif row is None:
            found["rows lost"] += 1
        else:
            found[_row(cells, row, number in held)] += 1
    found["rows invented"] += len(read)
    return found


def _row(cells: Sequence[Cell], row: dict[str, Any], is_held: bool) -> str:
    must_be_held = any(cell.text is None for cell in cells)
    if row["fault"] or is_held:
        return "held, rightly" if must_be_held else "held, though sound"
    if must_be_held:
        return "read, though nobody knows"
    pairs = zip(cells, p6_data.IDS, strict=True)
    same = all(cell.text == (row[item] or "") for cell, item in pairs)
    return "exact" if same else "changed"


if __name__ == "__main__":
    for line in run(int(sys.argv[1]) if len(sys.argv) > 1 else BOOKS):
        print(json.dumps(line, ensure_ascii=False), flush=True)
