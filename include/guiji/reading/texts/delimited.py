"""CSV and TXT: encoding, delimiter and headings by the catalogue, not by statistics."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from guiji.core.errors import BatchRefused
from guiji.reading import heading_refusals, refusals
from guiji.reading.headings import Header, Page
from guiji.reading.layout import Layout
from guiji.reading.limits import Limits
from guiji.reading.recognise import Recognised, recognise
from guiji.reading.result import Reading, SheetReading
from guiji.reading.sink import Sink, Table
from guiji.reading.texts import dialect_sniffer
from guiji.reading.texts import refusals as text_refusals
from guiji.reading.texts.batches import Batch, PlainBatch, Shape
from guiji.reading.texts.causes import Causes
from guiji.reading.texts.dialect_sniffer import SniffedDialect
from guiji.reading.texts.lines import Lines, LineTooLong
from guiji.reading.texts.records import Records
from guiji.reading.texts.remarks import TextRemarks
from guiji.reading.texts.repeated import Heading
from guiji.reading.titles import columns_of, titles


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
        BatchRefused: see `read.read_file`; also BIG5, LINE_TOO_LONG and
            NOT_ALL_ACCOUNTED.
    """
    try:
        guessed, recognised = _understood(path, name, candidates, others)
    except BatchRefused as refused:
        causes = Causes(path, [*candidates, *others])
        raise causes.of(name, refused) from refused
    (header,) = recognised.headers
    assert header is not None
    try:
        return _write(path, name, guessed, recognised, header, out, limits)
    except LineTooLong as error:
        raise text_refusals.line_too_long(name, error.line) from error


def _understood(
    path: Path, name: str, candidates: Sequence[Layout], others: Sequence[Layout]
) -> tuple[SniffedDialect, Recognised]:
    """Return how a file is written, and its dataset and headings."""
    own = [x.title for x in candidates]
    guessed = dialect_sniffer.sniff(path, name, [*candidates, *others], own)
    recognised = recognise(name, [Page(None, guessed.rows)], candidates, others)
    (header,) = recognised.headers
    if header is None or any(
        dialect_sniffer.holds_line_ends(h) for h in header.headings
    ):
        raise refusals.unknown_file(name, own)
    return guessed, recognised


def _write(
    path: Path,
    name: str,
    guessed: SniffedDialect,
    recognised: Recognised,
    header: Header,
    out: Path,
    limits: Limits,
) -> Reading:
    lines = Lines(path, guessed.encoding, limits.line_bytes)
    records = Records(lines, guessed.dialect, limits.line_bytes)
    top = records.top(header.last + 1)
    shape = _shape(name, guessed, recognised, header)
    items = [i for i in recognised.layout.items if i in header.items]
    remarks = TextRemarks(recognised.layout, header)
    with Sink(out, items) as sink:
        table = Table(sink, None, header.items, recognised.layout)
        for batch, below in _with_row_below(records.batches(shape)):
            if isinstance(batch, PlainBatch):
                table.add_plain(batch, below)
            else:
                _add(table, batch, len(header.headings), below)
                remarks.add(batch)
            if sink.rows > limits.rows:
                raise refusals.too_big(name, f"more than {limits.rows} rows")
    above = titles(top.rows[: header.first])
    sheet = SheetReading(
        name=None,
        header_row=header.last + 1,
        columns=columns_of(header),
        rows=table.rows,
        skipped=None,
        notes=(*above, *table.notes),
        faults=remarks.of_cells(),
    )
    count = records.count - (header.last + 1)
    if count != table.rows + table.blank + len(table.notes):
        raise text_refusals.not_all_accounted(name, count)
    return Reading(
        kind="text",
        encoding=guessed.encoding,
        delimiter=guessed.dialect.delimiter,
        dataset=recognised.layout.dataset,
        sheets=(sheet,),
        rows_read=sink.rows,
        rows_faulty=sink.faulty,
        remarks=remarks.of_file(lines.ending),
    )


def _shape(
    name: str, guessed: SniffedDialect, recognised: Recognised, header: Header
) -> Shape:
    """Return how many cells records have; refuse headings that do not fit them."""
    below = guessed.rows[header.last :]
    unlike = dialect_sniffer.unlike_headings(below, header.headings)
    if unlike is not None:
        raise heading_refusals.other_width(name, header.headings, unlike)
    width = len(header.headings)
    heading = Heading(recognised.layout, header, recognised.layouts)
    return Shape(width, dialect_sniffer.cells(below, width), heading, below[1:])


def _with_row_below(
    batches: Iterator[Batch | PlainBatch],
) -> Iterator[tuple[Batch | PlainBatch, Sequence[str] | None]]:
    """Yield each batch with the first row of the next one."""
    before = next(batches, None)
    while before is not None:
        batch = next(batches, None)
        below: Sequence[str] | None = None
        if isinstance(batch, PlainBatch):
            below = [column[0].as_py() for column in batch.columns]
        elif batch is not None and batch.rows:
            below = batch.rows[0]
        yield before, below
        before = batch


def _add(table: Table, batch: Batch, width: int, below: Sequence[str] | None) -> None:
    rows = batch.rows
    if set(map(len, rows)) != {width}:
        rows = [(row + [""] * width)[:width] for row in rows]
    table.add_batch(batch, list(zip(*rows, strict=True)), below)
