"""Whether lines are one record of a file once a single damage is undone.

A damage is a quote or a delimiter too many or too few, or line breaks that are not in
quotes. All ways of undoing one are followed at once, sign by sign: a way is known by
where it stands in its cell and by the delimiters it has passed, so that the ways in one
place of a cell are one integer, whose bits are these numbers.
"""

import re
from collections.abc import Callable, Sequence

from guiji.reading.remarks import marked
from guiji.reading.texts.dialect import Dialect

BUDGET = 1_000_000
"""Signs that are looked at in one file."""

Ways = tuple[int, int, int, int, int]
"""Ways at the start of a cell, in a bare one, in a bare one after a quote without its
partner, in a quoted one, and after a quote that may end it."""

NONE: Ways = (0, 0, 0, 0, 0)
BEGIN: Ways = (1, 0, 0, 0, 0)


class Repairs:
    """Undoes damage in the lines of one file."""

    def __init__(self, dialect: Dialect, cells: int, budget: int = BUDGET) -> None:
        """Prepare for a file.

        Args:
            dialect: how its records are written.
            cells: of every record.
            budget: signs that are looked at; after them, everything counts as possible.
        """
        self._quote = dialect.quote
        self._delimiter = dialect.delimiter
        quote, mark = re.escape(dialect.quote), re.escape(dialect.delimiter)
        self._signs = re.compile(rf"{quote}|{mark}|[^{quote}{mark}]+")
        spaced = re.compile(rf"(^|{mark}) +(?={quote})|(?<={quote}) +({mark}|$)")
        escaped, two = "\\" + dialect.quote, dialect.quote * 2
        self._otherwise: tuple[tuple[str, Callable[[str], str]], ...] = (
            (escaped, lambda line: line.replace(escaped, two)),
            (" " + dialect.quote, lambda line: spaced.sub(r"\1\2", line)),
            (dialect.quote + " ", lambda line: spaced.sub(r"\1\2", line)),
        )
        """What other programs write, and how to write a line without it."""
        self._always = re.compile(rf"({mark}) ") if dialect.spaced else None
        self._within = (1 << cells) - 1
        self._last = cells - 1
        self._left = budget

    def counts(self, lines: Sequence[str], beyond: int | None = None) -> list[int]:
        """Return how many first lines may be one record, with at most one damage.

        Args:
            lines: without their ends.
            beyond: numbers above the first one above this are not asked for.

        Returns:
            Such numbers of lines, ascending; all, where it costs too much to tell.
        """
        beyond = len(lines) if beyond is None else beyond
        if self._always is not None:
            lines = [self._always.sub(r"\1", line) for line in lines]
        text = "\n".join(lines)
        if self._quote not in text:
            return self._bare_counts(lines, beyond)
        counts = set(self._counts(lines, beyond))
        for sign, change in self._otherwise:
            if sign in text:
                counts.update(self._counts([change(line) for line in lines], beyond))
        return sorted(counts)

    def _bare_counts(self, lines: Sequence[str], beyond: int) -> list[int]:
        """Return the same for lines without any quote."""
        counts, passed = [], 0
        for count, line in enumerate(lines, 1):
            if count > 1 and self._is_apart(line):
                break
            passed += line.count(self._delimiter)
            if passed == self._last or (count == 1 and abs(passed - self._last) == 1):
                counts.append(count)
            if passed > self._last or count > beyond or self._is_apart(line):
                break
        return counts

    def _is_apart(self, line: str) -> bool:
        """Recognise a line that is no part of a cell which is not in quotes."""
        return not line.strip() or marked(line.strip(self._quote))

    def whole(self, lines: Sequence[str]) -> bool:
        """Return whether lines are one record without any damage."""
        return bool(lines) and self.height(lines) == len(lines)

    def height(self, lines: Sequence[str]) -> int:
        """Return how many of the first lines are a record without damage; 0 if none."""
        ways = BEGIN
        for count, line in enumerate(lines, 1):
            for sign in self._signs.findall(line):
                ways = self._step(ways, sign)
            if self._complete(ways):
                return count
            ways = _ends_line(ways)
            if not any(ways):
                break
        return 0

    def whole_but_a_quote(self, line: str) -> bool:
        """Return whether a line is a record, as it is or with a quote too many."""
        quotes = (i for i, sign in enumerate(line) if sign == self._quote)
        return self.whole([line]) or any(
            self.whole([line[:i] + line[i + 1 :]]) for i in quotes
        )

    def _counts(self, lines: Sequence[str], beyond: int) -> list[int]:
        counts = []
        sound, undone, broken = BEGIN, NONE, NONE
        for count, line in enumerate(lines, 1):
            if self._left <= 0:
                return list(range(1, len(lines) + 1))
            apart = self._is_apart(line)
            broken = NONE if apart else broken
            waiting = not any((*sound, *undone[:3], undone[4], *broken[:3], broken[4]))
            if not waiting or self._quote in line:
                sound, undone, broken = self._through(line, sound, undone, broken)
                if any(map(self._complete, (sound, undone, broken))):
                    counts.append(count)
                    if count > beyond:
                        break
            broken = NONE if apart else _broken(_both(sound, broken))
            sound, undone = _ends_line(sound), _ends_line(undone)
            if not any((*sound, *undone, *broken)):
                break
        return counts

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
