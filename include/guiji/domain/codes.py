"""Values of code lists, delivered as code, as title or under another name.

Lists are taken as they are in the catalogue; here is only how a text finds its place
in one. Width, case, blanks and characters that look alike do not matter for that.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from guiji.domain import columns, look_alikes, text

SEPARATORS = re.compile("[；;、,，]")
JOINT = "；"


@dataclass(frozen=True)
class CodeNames:
    """The values of one code list by all their names.

    Attributes:
        order: stored values in the order of the catalogue.
        names: comparable name -> stored value.
        other: comparable beginning of further values that are allowed, e.g. 其他-.
    """

    order: tuple[str, ...]
    names: dict[str, str]
    other: str | None = None

    def find(self, written: str) -> str | None:
        """Find the stored value for a code, title or alias; None = not in the list.

        A further value (其他-…) is stored as it is written.
        """
        name = _comparable(written)
        if name in self.names:
            return self.names[name]
        if self.other and name.startswith(self.other) and name != self.other:
            return written
        return None

    def find_all(self, written: str) -> str | None:
        """Find several values; None if any of them is not in the list.

        A title may hold a separator itself (没收违法所得、没收非法财物): the longest
        stretch that is a value counts.
        """
        if (whole := self.find(written)) in self.order:
            return whole
        values: list[str] = []
        rest = written
        while rest.strip():
            part, rest = self._longest(rest)
            if part is None:
                return None
            values.extend([part] if part and part not in values else [])
        place = {value: i for i, value in enumerate(self.order)}
        return JOINT.join(sorted(values, key=lambda v: place.get(v, len(place))))

    def _longest(self, rest: str) -> tuple[str | None, str]:
        """Split off the longest value at the beginning; an empty part is ''."""
        ends = [match.start() for match in SEPARATORS.finditer(rest)] + [len(rest)]
        if not rest[: ends[0]].strip():
            return "", rest[ends[0] + 1 :]
        for end in reversed(ends):
            value = self.find(rest[:end])
            if value is not None and (end == ends[0] or value in self.order):
                return value.strip(), rest[end + 1 :]
        return None, ""


def code_names(
    values: Iterable[tuple[str, Sequence[str]]], other_prefix: str | None = None
) -> CodeNames:
    """Make the names of a list from its stored values and their other names.

    Where a name belongs to two values, the first one in the list has it.
    """
    listed = list(values)
    names: dict[str, str] = {}
    for code, _ in listed:
        names.setdefault(_comparable(code), code)
    for code, aliases in listed:
        for alias in aliases:
            names.setdefault(_comparable(alias), code)
    other = _comparable(other_prefix) if other_prefix else None
    return CodeNames(tuple(code for code, _ in listed), names, other)


def parse(
    texts: pa.Array | pa.ChunkedArray, names: CodeNames, several: bool = False
) -> tuple[pa.Array, pa.Array]:
    """Read values of a code list.

    Args:
        texts: n texts, cleaned.
        names: the list.
        several: a cell may hold several values, separated by ；;、,，.

    Returns:
        Stored values, several joined by ； in the order of the catalogue, and
        whether each is in the list (true for null).
    """
    texts = columns.combine(texts)
    stored = columns.mapped(texts, names.find_all if several else names.find)
    return stored, pc.or_(stored.is_valid(), texts.is_null())


def _comparable(written: str) -> str:
    half = text.half_width_one(written) or written
    return half.translate(look_alikes.FOLDED).replace("-", "")
