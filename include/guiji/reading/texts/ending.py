"""Where the text of a file ends, and whether its last row was cut off.

DOS ends a text with 0x1A, and systems that hand on whole sectors fill the last one with
zero bytes: neither is a record. A transfer that broke off leaves no such mark; it shows
where the last line has no end and its last cell is shorter than that of all others.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from guiji.reading.texts.batches import Batch, PlainBatch, Shape

CUT_OFF = "CUT_OFF"
PIECE = 1 << 16
FILLING = b"\0\x1a"
KINDS = {"utf-16-le": "<u2", "utf-16-be": ">u2"}
Signs = np.ndarray[Any, np.dtype[np.unsignedinteger[Any]]]

LEAST_ROWS = 2
"""Other rows by which a cell is held too short."""

LEAST_FILLED = 5
"""Other rows, all filled, by which an empty cell is held to be cut off."""

LEAST_DIGITS = 6
"""Digits from which numbers of one length are codes or days, not amounts."""

NUMBER = re.compile(r"[\d.,+-]+")


@dataclass(frozen=True)
class Ending:
    """How a file ends.

    Attributes:
        size: bytes of text, mark included.
        zeros: zero bytes after it.
        ended: whether the last line has an end.
    """

    size: int
    zeros: int
    ended: bool


def of(path: Path, encoding: str) -> Ending:
    """Inspect the end of a file."""
    whole = path.stat().st_size
    unit = len("\n".encode(encoding))
    size, zeros = whole, 0
    with path.open("rb") as file:
        while size and size % unit == 0:
            begin = max(0, size - PIECE)
            file.seek(begin)
            piece = file.read(size - begin)
            signs = np.frombuffer(piece, KINDS.get(encoding, np.uint8))
            kept = _kept(signs)
            zeros += int(np.count_nonzero(signs[kept:] == 0))
            size = begin + kept * unit
            if kept:
                break
        if not size:
            return Ending(whole, 0, ended=True)
        file.seek(size - min(size, unit))
        last = file.read(unit)
    ended = last in ("\n".encode(encoding), "\r".encode(encoding))
    return Ending(size, zeros, ended)


def _kept(signs: Signs) -> int:
    """Return how many signs are before the filling, in which lines may end, too."""
    text = np.flatnonzero(~np.isin(signs, (*FILLING, *b"\r\n")))
    begin = int(text[-1]) + 1 if len(text) else 0
    filling = np.flatnonzero(np.isin(signs[begin:], tuple(FILLING)))
    return begin + int(filling[0]) if len(filling) else len(signs)


class LastCells:
    """Remembers the last cell of each row, to tell whether the last one was cut."""

    def __init__(self, shape: Shape) -> None:
        """Begin below the headings."""
        self._column = shape.width - 1
        self._heading = shape.heading
        self._others: Counter[str] = Counter()

    def add(self, batch: Batch | PlainBatch) -> None:
        """Record what matters of a batch."""
        self._others.update(self._cells(batch))

    def cut_off(self, batch: Batch | PlainBatch) -> bool:
        """Return whether the last row of the last batch was cut off."""
        cells = self._cells(batch)
        if isinstance(batch, Batch):
            sound = batch.sound is not None and batch.sound[0] == len(batch.rows) - 1
        else:
            sound = bool(batch.last)
        if not sound or not cells:
            return False
        if isinstance(batch, Batch) and self._heading.begun_by(batch.rows[-1]):
            return True
        return _too_short(cells[-1], self._others + Counter(cells[:-1]))

    def _cells(self, batch: Batch | PlainBatch) -> Sequence[str]:
        if isinstance(batch, PlainBatch):
            return [str(x) for x in batch.columns[self._column].to_pylist()]
        return [
            row[self._column]
            for i, row in enumerate(batch.rows)
            if i not in batch.faults
            and i not in batch.repeats
            and any(map(str.strip, row))
        ]


def _too_short(last: str, others: Counter[str]) -> bool:
    """Return whether a cell is shorter than it should be by all other rows."""
    if others.total() < LEAST_ROWS or last in others:
        return False
    if not last:
        return others.total() >= LEAST_FILLED
    sizes = {len(cell) for cell in others}
    number = NUMBER.fullmatch(last) is not None
    if len(sizes) == 1:
        (size,) = sizes
        return len(last) < size and (size >= LEAST_DIGITS or not number)
    listed = len(others) * 2 <= others.total()
    return listed and not number and any(x.startswith(last) for x in others)
