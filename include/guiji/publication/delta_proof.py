"""Prove on the written files that the last publication plus the delta is the new one.

Nothing of the building is trusted here: the three files are read back side by side.
What the delta leaves alone must be the same bytes before and after; what it names must
be there before as its kind says, and stand after as the delta shows it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from guiji.core.errors import LedgerBroken
from guiji.publication import line_files
from guiji.publication.line_changes import ADDED, CHANGE, CHANGED, WITHDRAWN
from guiji.publication.line_files import COMMA, Ends, LineFile

KIND_BYTES = len(ADDED)
"""Bytes of a kind of change; all kinds have as many."""

READ_AHEAD = 1 << 20


class _Unproven(Exception):
    """The files differ; where is for `delta_check` to say."""


@dataclass(frozen=True)
class Counts:
    """What a delta does, in lines: additions and withdrawals."""

    added: int = 0
    withdrawn: int = 0

    @property
    def growth(self) -> int:
        """Lines of the new file beyond those of the previous one."""
        return self.added - self.withdrawn


def prove(before: Path | None, delta: Path, after: Path) -> Counts | None:
    """Apply a delta to the previous full file and compare with the new one.

    Args:
        before: full file of the last release; None = there was none.
        delta: what changes.
        after: full file of this release.

    Returns:
        What the delta does; None = the new file is another one.
    """
    try:
        if before is not None and before.samefile(after):
            return _nothing(delta, after)
        with line_files.opened(delta) as changes, after.open("rb", READ_AHEAD) as whole:
            if before is None:
                return _first(changes, whole)
            with line_files.opened(before) as old:
                return _Walk(old, changes, whole).run()
    except (_Unproven, LedgerBroken):
        return None


def _demand(is_so: bool) -> None:
    if not is_so:
        raise _Unproven


def _nothing(delta: Path, after: Path) -> Counts:
    """Demand that a delta between two names of one file is empty."""
    with line_files.opened(delta) as changes, line_files.opened(after) as whole:
        _demand(changes.heading == CHANGE.encode() + COMMA + whole.heading)
        _demand(next(changes.blocks(), None) is None)
    return Counts()


def _first(changes: LineFile, whole: BinaryIO) -> Counts:
    """Compare where there was no file: the delta adds every line."""
    prefix = CHANGE.encode() + COMMA
    _demand(changes.heading.startswith(prefix))
    _follows(whole, changes.heading[len(prefix) :])
    added, last = 0, b""
    for block in changes.blocks():
        ends = line_files.line_ends(block)
        line_files.record_ids(block, ends)  # demands their order
        _demand(last < line_files.first_id(block))
        _follows(whole, _without_kind(block, ends))
        added, last = added + len(ends), line_files.last_id(block)
    _demand(not whole.read(1))
    return Counts(added)


def _without_kind(block: bytes, ends: Ends) -> bytes:
    """Return the lines that a part of a delta adds; it may do nothing else."""
    starts = np.concatenate([[0], ends[:-1]])
    cuts = np.stack([starts, starts + len(ADDED + COMMA)], 1).ravel()
    pieces = line_files.pieces(block, np.append(cuts, ends[-1]))
    kinds, lines = pieces[::2], pieces[1::2]
    _demand(kinds.unique().to_pylist() == [ADDED + COMMA])
    return line_files.joined(lines)


def _follows(whole: BinaryIO, expected: bytes) -> None:
    _demand(whole.read(len(expected)) == expected)


class _Walk:
    """One pass through a full file, the delta and the next full file."""

    def __init__(self, old: LineFile, changes: LineFile, whole: BinaryIO) -> None:
        self.old, self.changes, self.whole = old, changes, whole
        self.added = self.withdrawn = 0
        self.last = b""
        self.upcoming: tuple[bytes, bytes] | None = None

    def run(self) -> Counts:
        """Compare all three to their ends.

        Raises:
            _Unproven: they differ.
        """
        prefix = CHANGE.encode() + COMMA
        _demand(self.changes.heading.startswith(prefix))
        heading = self.changes.heading[len(prefix) :]
        _follows(self.whole, heading)
        self.is_renewed = heading != self.old.heading
        self.nothing = COMMA * (len(self.changes.columns) - 1)
        named = self._named()
        self.upcoming = next(named, None)
        for block in self.old.blocks():
            _demand(self.last < line_files.first_id(block))
            self.last = line_files.last_id(block)
            due = []
            while self.upcoming and self.upcoming[0] <= self.last:
                due.append(self.upcoming)
                self.upcoming = next(named, None)
            self._block(block, due)
        while self.upcoming:
            self._apply(self.upcoming, is_there=False)
            self.upcoming = next(named, None)
        _demand(not self.whole.read(1))
        return Counts(self.added, self.withdrawn)

    def _named(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield the delta's records and lines, each record after the one before."""
        last = b""
        for record, line in self.changes.lines():
            _demand(last < record)
            yield record, line
            last = record

    def _block(self, block: bytes, due: Sequence[tuple[bytes, bytes]]) -> None:
        """Compare a part of the previous file, and what changes within it."""
        if not due:
            self._untouched(block)
            return
        ends = line_files.line_ends(block)
        ids = line_files.record_ids(block, ends)
        wanted = np.array([record for record, _ in due], ids.dtype)
        first = np.searchsorted(ids, wanted, "left").tolist()
        behind = np.searchsorted(ids, wanted, "right").tolist()
        starts = [0, *ends.tolist()]
        done = 0
        for named, left, right in zip(due, first, behind, strict=True):
            self._untouched(block[done : starts[left]])
            self._apply(named, is_there=right > left)
            done = starts[right]
        self._untouched(block[done:])

    def _untouched(self, lines: bytes) -> None:
        """Compare lines that the delta does not name; new headings leave none."""
        _demand(not (lines and self.is_renewed))
        _follows(self.whole, lines)

    def _apply(self, named: tuple[bytes, bytes], *, is_there: bool) -> None:
        """Compare a line that the delta names."""
        record, line = named
        kind, shown = line[:KIND_BYTES], line[KIND_BYTES + 1 :]
        _demand(line[KIND_BYTES : KIND_BYTES + 1] == COMMA)
        _demand((kind == ADDED) != is_there)
        if kind == WITHDRAWN:
            _demand(line[KIND_BYTES:] == self.nothing + record + line_files.BREAK)
            self.withdrawn += 1
        else:
            _demand(kind in (ADDED, CHANGED))
            _follows(self.whole, shown)
            self.added += kind == ADDED
