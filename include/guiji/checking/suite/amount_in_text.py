"""The rule that a text names the amount that another item holds.

Most texts name it in their first or second digits: those are seen in one vectorised
pass, and only the rest is read amount by amount.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guiji.checking.suite.across_context import AcrossContext
from guiji.checking.suite.rules import RuleExpectation
from guiji.domain import columns, named_amounts
from guiji.domain.amounts import TYPE, UNITS

_DIGITS = r"(?P<{0}>[0-9]{{1,12}}(?:\.[0-9]{{1,6}})?)(?P<{0}_unit>万?元)"
_FIRST, _SECOND = (_DIGITS.format(place) for place in ("first", "second"))
_LEADING = rf"^[^0-9元]*{_FIRST}(?:[^0-9元]*{_SECOND})?"
"""The first digits of a text, and the second, as far as they are amounts."""


def amount_in_text(of: AcrossContext) -> RuleExpectation:
    """A text that names amounts names the one that another item holds."""
    text, amount = of.items
    return of.by_computed(
        AmountInText(text.id, amount.id, amount.unit or "元", amount.maximum),
        f"“{text.title}”中写有金额的，其中一个金额（或各金额之和）与“{amount.title}”相等。",
        f"Where {text.id} names amounts, one of them or their sum is {amount.id}.",
    )


@dataclass(frozen=True)
class AmountInText:
    """Works out the fact for one pair of items.

    Attributes:
        text: column of the text.
        amount: column of the amount (decimal).
        unit: of the amount: 元, 万元 or 亿元.
        most: amounts above it are out of range, which is told already.
    """

    text: str
    amount: str
    unit: str
    most: float | None

    def __call__(self, typed: pa.Table) -> pa.Array:
        """Return whether each row's text names its amount.

        Args:
            typed: n rows.

        Returns:
            n booleans; true as well where the amount is missing, not above 0 or out
            of range, and where the text names no amount. Of several amounts one must
            be it, or all together.
        """
        amount = typed[self.amount].combine_chunks()
        judged = pc.greater(amount, pa.scalar(0, TYPE))
        if self.most is not None:
            judged = pc.and_(judged, pc.less_equal(amount, pa.scalar(self.most)))
        texts = columns.combine(typed[self.text])
        marked = pc.match_substring_regex(texts, named_amounts.MARK)
        rows = columns.true_rows(pc.and_(judged, marked))
        kept = np.ones(len(typed), np.bool_)
        at = pa.array(rows)
        kept[rows] = self._named(texts.take(at), self._yuan(amount.take(at)))
        return pa.array(kept)

    def _yuan(self, amount: pa.Array) -> pa.Array:
        return pc.multiply(amount, _times(self.unit))

    def _named(self, texts: pa.Array, yuan: pa.Array) -> columns.Flags:
        """Tell of marked texts whether they name amounts in yuan, or none at all."""
        leading = _leading(texts)
        is_named = np.zeros(len(texts), np.bool_)
        for place in ("first", "second"):
            named = _amounts(leading, place)
            is_named |= columns.flags(pc.equal(named, yuan))
        left = np.flatnonzero(~is_named)
        at = pa.array(left)
        pairs = zip(texts.take(at).to_pylist(), yuan.take(at).to_pylist(), strict=True)
        for row, (text, amount) in zip(left, pairs, strict=True):
            named = named_amounts.find(text)
            is_named[row] = not named or amount in named or amount == sum(named)
        return is_named


def _times(unit: str) -> pa.Scalar:
    """Return the yuan in a unit."""
    return pa.scalar(UNITS[unit], pa.decimal128(9, 0))


def _amounts(leading: pa.Array, place: str) -> pa.Array:
    """Return the amounts in yuan that stand at a place; null where there is none."""
    number = pc.struct_field(leading, place)
    none = pa.scalar(None, pa.string())
    plain = pc.if_else(pc.equal(number, ""), none, number).cast(TYPE)
    many = pc.equal(pc.struct_field(leading, f"{place}_unit"), "万元")
    return pc.multiply(plain, pc.if_else(many, _times("万元"), _times("元")))


def _leading(texts: pa.Array) -> pa.Array:
    """Take apart the beginnings of texts; those that are often there only once."""
    if not columns.repeats_itself(texts):
        return pc.extract_regex(texts, _LEADING)
    encoded = texts.dictionary_encode()
    return pc.extract_regex(encoded.dictionary, _LEADING).take(encoded.indices)
