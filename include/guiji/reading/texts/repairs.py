"""Whether lines are one record of a file once a single damage is undone.

A damage is a quote or a delimiter too many or too few, or line breaks that are not in
quotes. All ways of undoing one are followed at once, sign by sign: a way is known by
where it stands in its cell and by the delimiters it has passed, so that the ways in one
place of a cell are one integer, whose bits are these numbers.
"""

import re
from collections.abc import Sequence

from guiji.reading.remarks import marked
from guiji.reading.texts.dialect import Dialect

BUDGET = 1_000_000
"""Signs that are looked at in one file; after them, everything counts as possible."""

Ways = tuple[int, int, int, int, int]
"""Ways at the start of a cell, in a bare one, in a bare one after a quote without its
partner, in a quoted one, and after a quote that may end it."""

NONE: Ways = (0, 0, 0, 0, 0)
BEGIN: Ways = (1, 0, 0, 0, 0)


class Repairs:
    """Undoes damage in the lines of one file."""

    def __init__(self, dialect: Dialect, cells: int) -> None:
        """Prepare for a file.

        Args:
            dialect: how its records are written.
            cells: of every record.
        """
        self._quote = dialect.quote
        self._delimiter = dialect.delimiter
        quote, mark = re.escape(dialect.quote), re.escape(dialect.delimiter)
        self._signs = re.compile(rf"{quote}|{mark}|[^{quote}{mark}]+")
        self._spaced = re.compile(rf"(^|{mark}) +(?={quote})|(?<={quote}) +({mark}|$)")
        self._always = re.compile(rf"({mark}) ") if dialect.spaced else None
        self._within = (1 << cells) - 1
        self._last = cells - 1
        self._left = BUDGET

    def counts(self, lines: Sequence[str]) -> list[int]:
        """Tell how many of the first lines may be one record, after one damage or none.

        Args:
            lines: without their ends.

        Returns:
            Such numbers of lines, ascending; all, where it costs too much to tell.
        """
        if self._always is not None:
            lines = [self._always.sub(r"\1", line) for line in lines]
        found = set(self._counts(lines))
        escaped = "\\" + self._quote
        if any(escaped in line for line in lines):
            other = [line.replace(escaped, self._quote * 2) for line in lines]
            found.update(self._counts(other))
        if any(self._spaced.search(line) for line in lines):
            other = [self._spaced.sub(r"\1\2", line) for line in lines]
            found.update(self._counts(other))
        return sorted(found)

    def whole(self, lines: Sequence[str]) -> bool:
        """Tell whether lines are one record without any damage."""
        ways = BEGIN
        for number, line in enumerate(lines):
            ways = _ends_line(ways) if number else ways
            for sign in self._signs.findall(line):
                ways = self._step(ways, sign)
        return self._complete(ways)

    def _counts(self, lines: Sequence[str]) -> list[int]:
        found = []
        sound, undone, broken = BEGIN, NONE, NONE
        for count, line in enumerate(lines, 1):
            if self._left <= 0:
                return list(range(1, len(lines) + 1))
            apart = not line.strip() or marked(line.strip(self._quote))
            broken = NONE if apart else broken
            waiting = not any((*sound, *undone[:3], undone[4], *broken[:3], broken[4]))
            if not waiting or self._quote in line:
                sound, undone, broken = self._through(line, sound, undone, broken)
                if any(map(self._complete, (sound, undone, broken))):
                    found.append(count)
            broken = NONE if apart else _broken(_both(sound, broken))
            sound, undone = _ends_line(sound), _ends_line(undone)
            if not any((*sound, *undone, *broken)):
                break
        return found

    def _through(
        self, line: str, sound: Ways, undone: Ways, broken: Ways
    ) -> tuple[Ways, Ways, Ways]:
        """Follow the ways through a line: without damage, after one, after breaks."""
        signs = self._signs.findall(line)
        self._left -= len(signs)
        for sign in signs:
            if any(sound):
                lost = _both(_quote(sound), self._mark(sound))
                undone = self._step(_both(undone, lost), sign)
                if sign in (self._quote, self._delimiter):
                    undone = _both(undone, sound)
                sound = self._step(sound, sign)
            else:
                undone = self._step(undone, sign)
            broken = self._step(broken, sign)
        undone = _both(undone, _both(_quote(sound), self._mark(sound)))
        return sound, undone, broken

    def _complete(self, ways: Ways) -> bool:
        return bool((ways[0] | ways[1] | ways[4]) >> self._last & 1)

    def _step(self, ways: Ways, sign: str) -> Ways:
        if sign == self._quote:
            return _quote(ways)
        if sign == self._delimiter:
            return self._mark(ways)
        return (0, ways[0] | ways[1], ways[2], ways[3], 0)

    def _mark(self, ways: Ways) -> Ways:
        passed = (ways[0] | ways[1] | ways[4]) << 1
        return (passed & self._within, 0, 0, ways[3], 0)


def _quote(ways: Ways) -> Ways:
    return (0, ways[2], ways[1], ways[0] | ways[4], ways[3])


def _ends_line(ways: Ways) -> Ways:
    return (0, 0, 0, ways[3], 0)


def _broken(ways: Ways) -> Ways:
    """Go over a line break wherever it is."""
    return (ways[0], ways[0] | ways[1], *ways[2:])


def _both(some: Ways, others: Ways) -> Ways:
    return (
        some[0] | others[0],
        some[1] | others[1],
        some[2] | others[2],
        some[3] | others[3],
        some[4] | others[4],
    )
