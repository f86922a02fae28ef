"""Write a night's full and delta files from the last full file and what changed.

Lines that did not change are copied as bytes, block by block; those that did are put
in, replaced or left out at their place. What changed on one record is one line of the
delta: added (新增), changed (变更) or taken off (撤下).
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow.compute as pc

from guiji.core import files
from guiji.core.errors import LedgerBroken
from guiji.publication import line_files
from guiji.publication.line_files import COMMA, LineFile

CHANGE = "变更类型"
"""Heading of a delta's first column."""

ADDED, CHANGED, WITHDRAWN = (kind.encode() for kind in ("新增", "变更", "撤下"))

AFTER_ALL = b"\xff" * line_files.ID_BYTES
"""Stands behind every record id."""

Pairs = Iterator[tuple[bytes, bytes | None]]


@dataclass
class Output:
    """A file that is being written.

    Attributes:
        file: takes the bytes.
        rows: lines written without the heading; of a full file, those that are new.
    """

    file: BinaryIO
    rows: int = 0
    _digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    def write(self, data: bytes, rows: int = 0) -> None:
        """Write bytes that hold so many lines."""
        self.file.write(data)
        self._digest.update(data)
        self.rows += rows

    @property
    def sha256(self) -> str:
        """SHA-256 of what was written until now."""
        return self._digest.hexdigest()


@contextmanager
def _writing(path: Path) -> Iterator[Output]:
    with files.replacing(path) as temporary, temporary.open("wb") as file:
        yield Output(file)


@dataclass(frozen=True)
class Spliced:
    """What `splice` has written.

    Attributes:
        full_sha256, delta_sha256: of the two that were written.
        growth: lines of the full file beyond those of the last one.
        changes: lines of the delta.
    """

    full_sha256: str
    delta_sha256: str
    growth: int
    changes: int


def splice(
    before: Path, lines: Path, touched: Sequence[bytes], full: Path, delta: Path
) -> Spliced:
    """Write full and delta where few records changed.

    Args:
        before: the last full file.
        lines: the lines tonight of touched records, in the form of a full file.
        touched: sorted ids of the records whose line is, or may be, another one; one
            that is not in `lines` has none tonight.
        full: gets the new full file.
        delta: gets what changed.

    Raises:
        LedgerBroken: a file is not sorted, or they have different headings.
    """
    with (
        line_files.opened(before) as old,
        line_files.opened(lines) as new,
        _writing(full) as whole,
        _writing(delta) as changes,
    ):
        if old.heading != new.heading:
            raise LedgerBroken(f"{before}: other headings than tonight's")
        splicing = _Splicing(whole, changes, len(old.columns))
        splicing.begin(old.heading)
        splicing.run(old, _paired(touched, new))
        return Spliced(whole.sha256, changes.sha256, whole.rows, changes.rows)


def write_nothing(before: Path, delta: Path) -> str:
    """Write the delta of a full file that stays as it is; return its SHA-256."""
    with line_files.opened(before) as old, _writing(delta) as changes:
        changes.write(CHANGE.encode() + COMMA + old.heading)
        return changes.sha256


def _paired(touched: Sequence[bytes], new: LineFile) -> Pairs:
    """Yield the touched records, each with its line tonight; None = it has none."""
    lines = new.lines()
    record, line = next(lines, (b"", b""))
    for touched_id in touched:
        if touched_id == record:
            yield touched_id, line
            record, line = next(lines, (b"", b""))
        else:
            yield touched_id, None
    if record:
        raise LedgerBroken("a new line of a record that was not touched")


@dataclass
class _Splicing:
    """Two files that are written while the last full file is read."""

    whole: Output
    changes: Output
    width: int

    def begin(self, heading: bytes) -> None:
        self.whole.write(heading)
        self.changes.write(CHANGE.encode() + COMMA + heading)

    def run(self, old: LineFile, pairs: Pairs) -> None:
        upcoming = next(pairs, None)
        for block in old.blocks():
            last, due = line_files.last_id(block), []
            while upcoming and upcoming[0] <= last:
                due.append(upcoming)
                upcoming = next(pairs, None)
            if due:
                self._replace(block, due)
            else:
                self.whole.write(block)
        while upcoming:
            record, line = upcoming
            self._note(record, None, line)
            self.whole.write(line or b"")
            upcoming = next(pairs, None)

    def _replace(self, block: bytes, due: Sequence[tuple[bytes, bytes | None]]) -> None:
        ends = line_files.line_ends(block)
        pieces, start = [], 0
        for record, line in due:
            begin, end = line_files.place(block, ends, record)
            pieces += [block[start:begin], line or b""]
            start = end
            self._note(record, block[begin:end] if end > begin else None, line)
        self.whole.write(b"".join([*pieces, block[start:]]))

    def _note(self, record: bytes, old: bytes | None, new: bytes | None) -> None:
        self.whole.rows += (new is not None) - (old is not None)
        if old != new:
            self.changes.write(change_line(record, old, new, self.width), 1)


def change_line(
    record: bytes, old: bytes | None, new: bytes | None, width: int
) -> bytes:
    """Return the delta's line of a record; a line taken off shows only its id.

    Args:
        record: its id.
        old: its line before; None = it had none.
        new: its line tonight; None = it has none, and had one.
        width: number of columns of a line.
    """
    if new is None:
        return WITHDRAWN + COMMA * width + record + line_files.BREAK
    return (ADDED if old is None else CHANGED) + COMMA + new


def compare(before: Path | None, after: Path, delta: Path) -> tuple[int, str]:
    """Write the delta between two full files, of which every line may differ.

    Under other headings every line is another one.

    Args:
        before: the last full file; None = there was none.
        after: tonight's.
        delta: gets what changed.

    Returns:
        Lines of the delta, and its SHA-256.

    Raises:
        LedgerBroken: a file is not sorted by record id.
    """
    with line_files.opened(after) as new, _writing(delta) as changes:
        changes.write(CHANGE.encode() + COMMA + new.heading)
        if before is None:
            for block in new.blocks():
                _add_all(changes, block)
        else:
            with line_files.opened(before) as old:
                _compare(old, new, changes)
        return changes.rows, changes.sha256


def _add_all(changes: Output, block: bytes) -> None:
    ends = line_files.line_ends(block)
    line_files.record_ids(block, ends)  # demands their order
    lines = line_files.pieces(block, np.append(0, ends))
    prefixed = pc.binary_join_element_wise(ADDED, lines, COMMA)
    changes.write(line_files.joined(prefixed), len(ends))


def _compare(old: LineFile, new: LineFile, changes: Output) -> None:
    is_renewed, width = old.heading != new.heading, len(new.columns)
    upcoming = _Upcoming(new)
    for block in old.blocks():
        present = upcoming.through(line_files.last_id(block))
        if is_renewed or present != block:
            _compare_lines(block, present, changes, width, is_renewed=is_renewed)
    _compare_lines(b"", upcoming.through(AFTER_ALL), changes, width)


class _Upcoming:
    """The lines of a file, taken from its beginning up to given records."""

    def __init__(self, file: LineFile) -> None:
        self._blocks = file.blocks()
        self._data = b""

    def through(self, last: bytes) -> bytes:
        """Take the lines of the next records up to one."""
        while not self._data or line_files.last_id(self._data) <= last:
            block = next(self._blocks, None)
            if block is None:
                taken, self._data = self._data, b""
                return taken
            self._data += block
        ends = line_files.line_ends(self._data)
        ids = line_files.record_ids(self._data, ends)
        number = int(np.searchsorted(ids, np.array(last, ids.dtype), "right"))
        cut = int(ends[number - 1]) if number else 0
        taken, self._data = self._data[:cut], self._data[cut:]
        return taken


def _compare_lines(
    old: bytes, new: bytes, changes: Output, width: int, *, is_renewed: bool = False
) -> None:
    """Write what differs between two parts of files that hold the same records."""
    olds, news = line_files.lines_of(old), line_files.lines_of(new)
    past, present = next(olds, None), next(news, None)
    while past or present:
        record = min(line[0] for line in (past, present) if line)
        was = past[1] if past and past[0] == record else None
        now = present[1] if present and present[0] == record else None
        if was != now or is_renewed:
            changes.write(change_line(record, was, now, width), 1)
        past = next(olds, None) if was is not None else past
        present = next(news, None) if now is not None else present
