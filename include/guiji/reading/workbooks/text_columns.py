"""A column of a worksheet as text: for Arrow, and for whoever asks for single cells.

Most columns are written and never looked at cell by cell. Numbers and days go to text
within Arrow; Python's texts are made of them only when someone asks.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any, overload

import numpy as np
import pyarrow as pa

from guiji.reading.texts import arrow_cells
from guiji.reading.workbooks import cells as forms

PRIVATE = "\ue000".encode()[0]
FIRST_PLANE = "\U000f0000".encode()[0]
"""First byte of characters of the planes that are all for private use."""


class TextColumn(Sequence[str]):
    """Cells as text.

    Attributes:
        is_of_text: whether they were texts, and may hold any character.
    """

    def __init__(
        self,
        values: Sequence[str] | None,
        array: pa.StringArray | None = None,
    ) -> None:
        """Store the cells.

        Args:
            values: the cells; None if only `array` has them.
            array: the same, if Arrow has them.
        """
        self.is_of_text = values is not None
        if values is not None:
            self.values = values
        if array is not None:
            self.array = array

    @cached_property
    def values(self) -> Sequence[str]:
        """The cells as Python has them."""
        texts: list[str] = self.array.to_pylist()
        return texts

    @cached_property
    def array(self) -> pa.StringArray:
        """The cells as Arrow has them."""
        return pa.array(self.values, pa.string())

    def __arrow_array__(self, type: pa.DataType | None = None) -> pa.StringArray:
        return self.array

    def __len__(self) -> int:
        return len(self.array if "array" in vars(self) else self.values)

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        return self.values[index]

    def holds(self, text: str) -> bool:
        """Return whether a text is in any cell, or reaches from one into the next."""
        return text.encode() in arrow_cells.content(self.array).tobytes()

    @cached_property
    def may_be_odd(self) -> bool:
        """Whether there may be lost characters, or ones of private use."""
        if not self.is_of_text:
            return False
        content = arrow_cells.content(self.array)
        if not (content >= PRIVATE).any():
            return False
        is_private = (content == PRIVATE) | (content >= FIRST_PLANE)
        return bool(is_private.any()) or arrow_cells.has_odd_signs(content)


def of_texts(cells: Sequence[Any]) -> TextColumn | None:
    """Read cells that are all texts; None if any is something else."""
    if not cells or type(cells[0]) is not str:
        return None
    try:
        array = pa.array(cells, pa.string())
    except (pa.ArrowTypeError, pa.ArrowInvalid):
        return None
    return None if array.null_count else TextColumn(cells, array)


def written(cells: Sequence[Any], kinds: set[type]) -> TextColumn:
    """Write cells of these types as text, as `cells.texts` does."""
    if len(kinds) == 1:
        (kind,) = kinds
        form = FORMS.get(kind)
        array = form(cells) if form else None
        if array is not None:
            return TextColumn(None, array)
    return TextColumn(forms.texts(cells, kinds))


def _numbers(values: Sequence[float]) -> pa.StringArray | None:
    """Write numbers; None where Arrow's shortest form may not be a spreadsheet's."""
    array = pa.array(values, pa.float64()).cast(pa.string())
    offsets = np.frombuffer(array.buffers()[1], np.int32)
    if np.diff(offsets).max() > forms.PLAIN:
        return None
    letters = arrow_cells.content(array) >= ord(
        "A"
    )  # of powers of ten, and of what is no number
    return None if letters.any() else array


def _days(values: Sequence[date]) -> pa.StringArray:
    return pa.array(values, pa.date32()).cast(pa.string())


def _instants(values: Sequence[datetime]) -> pa.StringArray | None:
    """Write instants; None where one is at midnight, and so a day."""
    array = pa.array(values, pa.timestamp("s")).cast(pa.string())
    has_midnight = forms.MIDNIGHT.encode() in arrow_cells.content(array).tobytes()
    return None if has_midnight else array


FORMS: dict[type, Callable[[Any], pa.StringArray | None]] = {
    float: _numbers,
    date: _days,
    datetime: _instants,
}
