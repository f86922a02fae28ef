"""R8: nothing personal and nothing undecided leaves: every byte of the outputs is read.

The sample's persons have document numbers and telephones that are known here; none of
them may stand in a receipt, a report, a page, a publication or the trace. A returned
workbook has its department's own cells as they came; of it, what the platform says in
comments, reasons and summary is read.
"""

import re
import sqlite3
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from night.homes import Home

OUTWARD = ("outbox", "publication", "reports", "dashboards", "quarantine", "warehouse")
FINDINGS = "batches/*/findings.parquet"
RETURNED = ".退回.xlsx"
PERSON = re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{9}[0-9Xx](?![0-9A-Za-z])")
PHONE = re.compile(r"(?<![\dA-Za-z])1[3-9]\d{9}(?![\dA-Za-z])")


def is_person_id(code: str) -> bool:
    """A resident's number by date and ISO 7064 MOD 11-2, written anew for the test."""
    month, day = int(code[10:12]), int(code[12:14])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return False
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(w * int(c) for w, c in zip(weights, code[:17], strict=True))
    return "10X98765432"[total % 11] == code[17].upper()


def numbers(path: Path) -> Iterator[str]:
    """Yield the whole numbers of a table.

    Among them are 63-bit fingerprints, of which one in some thousands has the form of
    a person's number by chance: they are compared with the persons known here.
    """
    if path.suffix == ".parquet":
        table = pq.read_table(path)
        for column in table.columns:
            if pa.types.is_integer(column.type):
                yield "\n".join(str(v) for v in column.to_pylist() if v is not None)


def texts(path: Path) -> Iterator[str]:
    """Yield all text of a file: as it is, unzipped, or column by column."""
    if path.suffix == ".parquet":
        table = pq.read_table(path)
        for column in table.columns:
            if not pa.types.is_integer(column.type):
                yield "\n".join(str(v) for v in column.to_pylist() if v is not None)
    elif path.name.endswith(RETURNED):
        yield from said_in(path)
    elif path.suffix in (".xlsx", ".docx"):
        with zipfile.ZipFile(path) as book:
            for name in book.namelist():
                yield book.read(name).decode("utf-8", "replace")  # pictures, too
    else:
        yield path.read_bytes().decode("utf-8")


def said_in(path: Path) -> Iterator[str]:
    """Yield what the platform says in a returned workbook."""
    book = openpyxl.load_workbook(path)
    for sheet in book:
        last = sheet.max_column  # openpyxl looks at every cell for it
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            if cell.comment is not None:
                yield cell.comment.text
            if sheet.title == "退回说明" or cell.column == last:
                yield str(cell.value)
    for properties in (book.properties, *book.custom_doc_props.props):
        yield str(properties)


@pytest.fixture(scope="module")
def persons(ended: Home) -> set[str]:
    """Document numbers that the departments delivered."""
    found = set()
    for original in ended.data.glob("landing/*/*/original"):
        content = original.read_bytes()
        if content.startswith(b"PK"):
            try:
                with zipfile.ZipFile(original) as book:
                    content = b"\n".join(book.read(n) for n in book.namelist())
            except zipfile.BadZipFile:
                continue
        text = content.decode("gb18030", "ignore") + content.decode("utf-8", "ignore")
        found |= {code for code in PERSON.findall(text) if is_person_id(code)}
    return found


def outward(home: Home) -> list[Path]:
    files = [p for folder in OUTWARD for p in (home.data / folder).rglob("*")]
    files += home.data.glob(FINDINGS)
    return [p for p in files if p.is_file()]


def test_the_sample_holds_persons(persons: set[str]) -> None:
    assert len(persons) > 20


@pytest.mark.duty("GZ14")
def test_no_document_number_leaves(ended: Home, persons: set[str]) -> None:
    files = outward(ended)
    assert len(files) > 100
    leaking = []
    for path in files:
        for text in texts(path):
            codes = set(PERSON.findall(text))
            if codes & persons or any(is_person_id(c) for c in codes):
                leaking.append(str(path.relative_to(ended.data)))
        if any(set(PERSON.findall(text)) & persons for text in numbers(path)):
            leaking.append(str(path.relative_to(ended.data)))
    assert leaking == []


def test_no_telephone_is_published(ended: Home) -> None:
    for path in sorted((ended.data / "publication").rglob("*.csv")):
        assert PHONE.findall(path.read_text("utf-8")) == []


def test_the_trace_holds_no_person(ended: Home, persons: set[str]) -> None:
    ledger = sqlite3.connect(ended.data / "ledger.db")
    names = [
        n
        for (n,) in ledger.execute("select name from sqlite_master where type='table'")
    ]
    for name in names:
        text = "\n".join(str(row) for row in ledger.execute(f"select * from {name}"))
        assert not set(PERSON.findall(text)) & persons


@pytest.mark.duty("GY7", "GZ14")
def test_what_is_published_is_on_the_allow_list(ended: Home) -> None:
    from governments import city

    catalog = city()
    for path in sorted((ended.data / "publication").glob("*/full/*/*.csv")):
        dataset = catalog.datasets[path.stem]
        public = {i.title for i in dataset.items if i.open_level == "public"}
        heading = path.read_text("utf-8").splitlines()[0]
        closed = {i.title for i in dataset.items} - public
        assert not [title for title in closed if f",{title}," in f",{heading},"]
        assert any(title in heading for title in public)
