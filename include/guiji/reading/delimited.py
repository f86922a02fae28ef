"""CSV and TXT: encoding, delimiter and headings by the catalogue, not by statistics."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from guiji.catalog.headings import normal
from guiji.reading import headings, refusals
from guiji.reading.headings import Header
from guiji.reading.layout import Layout, without_remark
from guiji.reading.limits import Limits
from guiji.reading.lines import (
    HEAD,
    Lines,
    LineTooLong,
    TextLines,
    encodings,
    whole_lines,
    without_mark,
)
from guiji.reading.recognise import Page, Recognised, recognise
from guiji.reading.records import Batch, Records
from guiji.reading.result import Reading, SheetReading
from guiji.reading.sink import Sink, Table
from guiji.reading.titles import columns_of, titles

DELIMITERS = (",", "\t", ";", "|", "\uff0c", "\uff1b", "\u3001", "^", "\x01", "~")
SEPARATOR_LINE = re.compile(r"sep=(.)\s*$")
BLANK = " \t\r\n,;|\0\ufeff"


@dataclass(frozen=True)
class _Guess:
    """An encoding and delimiter under which headings of the catalogue show."""

    encoding: str
    delimiter: str
    rows: Sequence[list[str]]


def read(
    path: Path,
    name: str,
    candidates: Sequence[Layout],
    others: Sequence[Layout],
    out: Path,
    limits: Limits,
) -> Reading:
    """Read a text file into the Parquet file `out`.

    Args:
        path: the bytes.
        name: the file as the department named it.
        candidates: datasets of the department.
        others: datasets of other departments.
        out: where the text table goes.
        limits: what the file may cost.

    Raises:
        BatchRefused: see `read.read_file`.
    """
    guess = _guess(path, name, [*candidates, *others], [x.title for x in candidates])
    found = recognise(name, [Page(None, guess.rows)], candidates, others)
    (header,) = found.headers
    if header is None:
        raise refusals.unknown_file(name, [x.title for x in candidates])
    try:
        return _write(path, name, guess, found, header, out, limits)
    except LineTooLong as error:
        raise refusals.too_big(name, "a line is too long") from error


def _write(
    path: Path,
    name: str,
    guess: _Guess,
    found: Recognised,
    header: Header,
    out: Path,
    limits: Limits,
) -> Reading:
    records = Records(Lines(path, guess.encoding, limits.line_bytes), guess.delimiter)
    top = records.top(header.last + 1)
    width = len(header.headings)
    items = [i for i in found.layout.items if i in header.items]
    with Sink(out, items) as sink:
        table = Table(sink, None, header.items, found.layout.anchors)
        for batch in records.batches(width):
            _add(table, batch, width)
            if sink.rows > limits.rows:
                raise refusals.too_big(name, f"more than {limits.rows} rows")
    sheet = SheetReading(
        name=None,
        header_row=header.last + 1,
        columns=columns_of(header),
        rows=table.rows,
        skipped=None,
        notes=(*titles(top.rows[: header.first]), *table.notes),
    )
    return Reading(
        kind="text",
        encoding=guess.encoding,
        delimiter=guess.delimiter,
        dataset=found.layout.dataset,
        sheets=(sheet,),
        rows_read=sink.rows,
        rows_faulty=sink.faulty,
    )


def _add(table: Table, batch: Batch, width: int) -> None:
    rows = batch.rows
    if set(map(len, rows)) != {width}:
        rows = [(row + [""] * width)[:width] for row in rows]
    table.add(batch.number, list(zip(*rows, strict=True)), batch.faults)


def _guess(
    path: Path, name: str, layouts: Sequence[Layout], own: Sequence[str]
) -> _Guess:
    """Find the encoding and delimiter under which the headings show best."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    vocabulary = {h for x in layouts for h in (*x.exact, *x.loose)}
    best: tuple[tuple[int, bool], _Guess] | None = None
    blank = True
    for encoding in encodings(head):
        whole = without_mark(whole_lines(head, encoding))
        text, clean = _decoded(whole, encoding)
        blank = blank and not text.strip(BLANK)
        for delimiter in _delimiters(text):
            rows = _rows(text, delimiter)
            hits = max((_hits(row, vocabulary) for row in rows), default=0)
            if hits and (best is None or (hits, clean) > best[0]):
                best = (hits, clean), _Guess(encoding, delimiter, rows)
        if best is not None and best[0][0] > 1 and best[0][1]:
            break
    if blank:
        raise refusals.empty_file(name)
    if best is None:
        raise refusals.unknown_file(name, own)
    return best[1]


def _decoded(head: bytes, encoding: str) -> tuple[str, bool]:
    try:
        return head.decode(encoding), True
    except UnicodeDecodeError:
        return head.decode(encoding, "replace"), False


def _delimiters(text: str) -> Sequence[str]:
    stated = SEPARATOR_LINE.match(text.split("\n", 1)[0])
    return [stated[1]] if stated else DELIMITERS


def _rows(text: str, delimiter: str) -> list[list[str]]:
    """Read the first rows, as they will be read again with the rest of the file."""
    return Records(TextLines(text), delimiter).top(headings.LOOK_AT + 1).rows


def _hits(row: Sequence[str], vocabulary: set[str]) -> int:
    names = {normal(cell) for cell in row}
    return sum(1 for n in names if n in vocabulary or without_remark(n) in vocabulary)
