"""Nothing is lost, padded or shifted on the way: what was written is what is read.

Two thousand files are drawn: tables of every encoding, delimiter, way of quoting and
line end, with titles, blank lines, repeated headings and remarks, and with damage of
every kind. Of each, every row that is read without a fault must be, cell by cell, the
record that begins on its line; every other record must be in quarantine; and every
line must be accounted for. What no reader can tell is `Drawn.undecidable`.

The files are the same in every run, whatever else is loaded. For others, and more of
them:

    TEXT_SEED=5000 TEXT_FILES=50000 pytest tests/unit/reading/test_text_roundtrip.py
"""

import io
import os
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count, islice
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from reading_samples import REGISTRATION
from text_files import ITEMS, LONGER, Drawn, any_file

from guiji.core.errors import BatchRefused
from guiji.reading import headings
from guiji.reading.layout import Layout
from guiji.reading.limits import Limits
from guiji.reading.remarks import marked
from guiji.reading.result import Reading
from guiji.reading.texts import delimited, dialect_sniffer
from guiji.reading.texts.batches import Shape
from guiji.reading.texts.lines import Lines
from guiji.reading.texts.records import Records
from guiji.reading.texts.repeated import Heading

FILES = int(os.environ.get("TEXT_FILES", "0"))
FIRST = int(os.environ.get("TEXT_SEED", "0"))
LAYOUT = Layout.of(REGISTRATION)
NAMES = {title: item for item, title in ITEMS}
SEEN: Counter[str] = Counter()

Row = dict[str, Any]


def drawn_files(number: int, **how: Any) -> Iterator[tuple[int, Drawn]]:
    """Draw files, with their seeds; of others, `text_files.Drawn.told_apart` is false.

    Args:
        number: of files, if the environment asks for no other.
        how: `text_files.any_file`.
    """
    drawn = ((seed, any_file(seed, **how)) for seed in count(FIRST))
    return islice((x for x in drawn if x[1].told_apart()), FILES or number)


def each(files: Iterator[tuple[int, Drawn]], check: Callable[[Drawn], None]) -> None:
    """Check files; fail with the seeds of all that are not right."""
    wrong = {}
    for seed, drawn in files:
        try:
            check(drawn)
        except (AssertionError, BatchRefused) as error:
            wrong[seed] = f"{drawn.how} {error!r}"[:600]
    assert not wrong, "\n".join(f"{seed}: {said}" for seed, said in wrong.items())


def read(folder: Path, content: bytes) -> tuple[Reading, list[Row]]:
    path, out = folder / "file", folder / "text.parquet"
    path.write_bytes(content)
    reading = delimited.read(path, "报送.csv", [LAYOUT], [], out, Limits())
    return reading, pq.read_table(out).to_pylist()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("texts")


def test_every_cell_comes_back(folder: Path) -> None:
    def comes_back(drawn: Drawn) -> None:
        reading, rows = read(folder, drawn.content())
        check(drawn, reading, rows)
        records = [p for p in drawn.pieces if p.cells is not None]
        if not any(map(drawn.doubtful, records)):
            numbers = [i + 1 for i, p in enumerate(drawn.pieces) if p.cells is not None]
            assert [row["source_row"] for row in rows] == numbers
            assert reading.rows_faulty == 0

    each(drawn_files(700), comes_back)


def test_damage_is_put_into_quarantine_and_stays_in_its_row(folder: Path) -> None:
    def stays(drawn: Drawn) -> None:
        longer = [p.harm == LONGER for p in drawn.pieces if p.cells is not None]
        try:
            reading, rows = read(folder, drawn.content())
        except BatchRefused:
            if sum(longer) * 2 > len(longer):  # as if the heading row were a cell short
                return
            raise
        check(drawn, reading, rows)

    each(drawn_files(1300, harms=(1, 3)), stays)


def test_a_file_that_was_cut_off_says_so(folder: Path) -> None:
    def says_so(drawn: Drawn) -> None:
        last = drawn.pieces[-1]
        if len(drawn.pieces) == drawn.header + 1 or len(last.text) <= drawn.cut:
            return
        reading, rows = read(folder, drawn.content())
        last.harm = "cut"
        check(drawn, reading, rows, torn=True)

    each(drawn_files(300, cut=(1, 12)), says_so)


def check(drawn: Drawn, reading: Reading, rows: list[Row], torn: bool = False) -> None:
    """Hold what was read against what was drawn."""
    SEEN["files"] += 1
    places = drawn.places()
    records = {line: (height, p) for line, height, p in places if p.cells is not None}
    columns = [NAMES[h] for h in drawn.headings]
    undecidable = drawn.undecidable()
    covered: set[int] = set()
    for row in rows:
        line = row["source_line"]
        if row["fault"] is None and line in undecidable:
            height = 1
        elif row["fault"] is None:
            assert line in records, (line, "no record begins here", row)
            height, piece = records[line]
            cells = [row[c] for c in columns]
            if cells != piece.cells and (both := drawn.joined(line)):
                height, joined = both
                assert cells == joined, (line, cells)
                covered.update(range(line, line + height))
                continue
            told = torn and any(r.code == "NO_FINAL_NEWLINE" for r in reading.remarks)
            assert cells == piece.cells or (piece.harm == "cut" and told), (line, cells)
        else:
            height = row["raw_line"].count("\n") + 1 if row["raw_line"] else 1
            height = max(height, len(row["raw_line"].splitlines()))
            SEEN[row["fault"]] += 1
        covered.update(range(line, line + height))
    noted = False
    for line, (height, piece) in records.items():
        assert piece.cells is not None
        exact = any(r["source_line"] == line and r["fault"] is None for r in rows)
        if piece.harm is None and not drawn.doubtful(piece):
            torn_off = drawn.harmed(line)
            assert exact or (line in covered and torn_off), (line, piece)
        first = piece.text.split(drawn.delimiter)[0]
        like_a_note = noted or any(map(marked, [piece.text, first, *piece.cells]))
        noted = piece.harm is not None and like_a_note  # or goes on with one
        put_away = any(x in covered for x in range(line, line + height))
        assert exact or put_away or noted, (line, piece)
    accounted(drawn, reading, rows)


def accounted(drawn: Drawn, reading: Reading, rows: list[Row]) -> None:
    """Make sure that every row has one place: read, faulty, note, blank, heading."""
    (sheet,) = reading.sheets
    assert sheet.header_row == drawn.header + 1
    numbers = [row["source_row"] for row in rows] + [n.row for n in sheet.notes]
    assert len(set(numbers)) == len(numbers) == reading.rows_read + len(sheet.notes)
    assert reading.rows_faulty == sum(row["fault"] is not None for row in rows)


def test_every_line_of_a_file_is_in_one_record(folder: Path) -> None:
    def in_one_record(drawn: Drawn) -> None:
        below = sum(len(p.text) for p in drawn.pieces[drawn.header + 1 :])
        if below > drawn.cut:  # the headings are not cut off
            begins_once(folder / "file", drawn)

    each(drawn_files(300, harms=(0, 3), cut=(0, 9)), in_one_record)


def begins_once(path: Path, drawn: Drawn) -> None:
    path.write_bytes(drawn.content())
    guessed = dialect_sniffer.sniff(path, "报送.csv", [LAYOUT], [])
    header = headings.find(LAYOUT, guessed.rows)
    assert header is not None
    source = Lines(path, guessed.encoding, 1 << 20)
    records = Records(source, guessed.dialect, 1 << 20)
    top = records.top(header.last + 1)
    width = len(header.headings)
    cells = dialect_sniffer.cells(guessed.rows[header.last :], width)
    shape = Shape(width, cells, Heading(LAYOUT, header))
    begins = [*top.lines, *(int(x) for b in records.batches(shape) for x in b.lines)]
    text = drawn.content().decode(guessed.encoding, "replace").removeprefix("\ufeff")
    height = sum(1 for _ in io.StringIO(text, newline=""))
    assert begins == sorted(set(begins))
    assert (len(begins), records.height) == (records.count, height)
