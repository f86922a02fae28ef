"""Headings that come again further down: of the same table, or of another one.

Files put together from several pages or exports repeat their headings. If they are the
same, the row is no record; if they are others, the rows below them belong to columns
that the file's first headings do not describe, and are not read as if they did.
"""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from guiji.catalog.headings import normal
from guiji.reading.headings import NEUTRAL, SHARE, Header
from guiji.reading.layout import Layout, without_remark

SAME = "same"
ANOTHER = "another"
LEAST = 2


class Heading:
    """The headings of a table, to be known again."""

    def __init__(self, layout: Layout, header: Header) -> None:
        """Remember the headings.

        Args:
            layout: the dataset, with all headings that it may have.
            header: the ones that were found.
        """
        self._layout = layout
        self._items = header.items
        titles = {*layout.items.values(), *layout.exact, *header.headings} - {""}
        self._words = titles | {word.upper() for word in titles}
        self._value_set = pa.array(sorted(self._words), pa.string())
        columns = [i for i, x in enumerate(header.items) if x in layout.anchors]
        self._columns = columns or [0]

    def maybe_in(self, columns: Sequence[pa.StringArray]) -> bool:
        """Tell whether any record may be headings, from the cells of all records."""
        return any(
            pc.any(pc.is_in(columns[i], value_set=self._value_set)).as_py()
            for i in self._columns
        )

    def maybe_in_rows(self, rows: Sequence[Sequence[str]]) -> bool:
        """Tell the same from the records themselves."""
        return any(row[i] in self._words for i in self._columns for row in rows)

    def repeated_by(self, row: Sequence[str]) -> str | None:
        """Tell whether a row is headings: SAME, ANOTHER, or None if it is a record."""
        if not any(cell in self._words for cell in row):
            return None
        filled = [i for i, cell in enumerate(row) if cell.strip()]
        names = {i: normal(row[i]) for i in filled}
        found = {i: self._item(name) for i, name in names.items()}
        counted = [i for i in filled if names[i] not in NEUTRAL]
        hits = {item for item in found.values() if item is not None}
        if len(hits) < LEAST or len(hits) < SHARE * len(counted):
            return None
        width = len(self._items)
        same = all(
            i < width and item == self._items[i]
            for i, item in found.items()
            if item is not None
        )
        return SAME if same else ANOTHER

    def _item(self, name: str) -> str | None:
        loose = self._layout.loose.get(without_remark(name))
        return self._layout.exact.get(name, loose)
