"""What is wrong with one record of a text file as a whole."""

from collections.abc import Sequence

from guiji.reading.result import letter
from guiji.reading.texts.batches import Fault, Shape
from guiji.reading.texts.dialect import NUL, Dialect
from guiji.reading.texts.lines import Foreign, Misread, Undecodable
from guiji.reading.texts.repairs import Repairs
from guiji.reading.texts.repeated import ANOTHER
from guiji.reading.texts.signs import LOST

Row = Sequence[str]


class Faults:
    """Looks for the faults of a file's records, in order.

    Attributes:
        in_other_table: whether the last record belongs to another table of the file.
    """

    def __init__(self, dialect: Dialect) -> None:
        """Begin at the first record of a file that is written in a dialect."""
        self._dialect = dialect
        self.in_other_table = False

    def find(
        self,
        row: Row | None,
        raw: str,
        used: Sequence[str],
        shape: Shape | None,
    ) -> Fault | None:
        """Find the first fault of a record.

        Args:
            row: its cells; None if quotes do not tell them apart.
            raw: the record as delivered, without its line end.
            used: its lines, with their ends.
            shape: of every record; None above the headings.
        """
        if any(isinstance(line, Undecodable) for line in used) or _two_encodings(used):
            return Fault("BAD_ENCODING", _first(row or [], LOST), raw)
        if any(isinstance(line, Misread) for line in used):
            return Fault("OTHER_ENCODING", None, raw)
        if row is None:
            return Fault("BAD_QUOTES", None, raw)
        if shape is None or self._blank(row, raw, shape):
            return None
        for sign, code in ((LOST, "CHARS_LOST"), (NUL, "NUL")):
            if sign in raw:
                return Fault(code, _first(row, sign), raw)
        if self._other_table(row, shape):
            return Fault("OTHER_TABLE", None, raw)
        return self._of_shape(row, raw, used, shape)

    def _of_shape(
        self, row: Row, raw: str, used: Sequence[str], shape: Shape
    ) -> Fault | None:
        if self._dialect.stray(raw):
            return Fault("BAD_QUOTES", None, raw)
        if len(row) == shape.cells and self._like_records(used, shape):
            return Fault("QUOTED_LINES", None, raw)
        if len(row) < shape.cells:
            return Fault("RAGGED_SHORT", letter(min(len(row), shape.width - 1)), raw)
        if len(row) > shape.cells or any(map(str.strip, row[shape.width :])):
            return Fault("RAGGED_LONG", letter(shape.width), raw)
        return None

    def _blank(self, row: Row, raw: str, shape: Shape) -> bool:
        """Recognise a row without content, other than some cells of one in quotes."""
        part = self._dialect.quote in raw and len(row) < shape.cells
        return not part and not any(map(str.strip, row))

    def _like_records(self, used: Sequence[str], shape: Shape) -> bool:
        """Recognise a record of several lines that may be as many records."""
        counts = {line.count(self._dialect.delimiter) for line in used}
        if len(used) == 1 or counts != {shape.cells - 1}:
            return False
        repairs = Repairs(self._dialect, shape.cells)
        return all(repairs.whole_but_a_quote(line.rstrip("\r\n")) for line in used)

    def _other_table(self, row: Row, shape: Shape) -> bool:
        """Return whether a record belongs to another table that begins further down."""
        kind = self._glued(row, shape) or shape.heading.repeated_by(row)
        if kind is not None:
            self.in_other_table = kind == ANOTHER
        return self.in_other_table

    def _glued(self, row: Row, shape: Shape) -> str | None:
        """Return whether headings follow a record in one line, and which ones.

        Files are put together of which the first one's last line has no end.
        """
        before, below = row[: shape.cells - 1], ["", *row[shape.cells :]]
        if len(row) <= shape.cells or shape.heading.repeated_by(before) is not None:
            return None
        return shape.heading.repeated_by(below)


def _two_encodings(used: Sequence[str]) -> bool:
    """Recognise a record of which one line is in another encoding than another line."""
    kinds = {type(line) for line in used if not line.isascii()}
    return Foreign in kinds and len(kinds) > 1


def _first(row: Row, sign: str) -> str | None:
    """Return the letter of the first cell that holds a sign."""
    return next((letter(i) for i, cell in enumerate(row) if sign in cell), None)
