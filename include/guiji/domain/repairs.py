"""What became of a credit code on its way into a worksheet, undone for a proposal.

A damaged code is never mended by itself: several codes may have become the same text.
So the question is turned round. Given a code that somebody really has, could it have
become this text? Who asks brings the codes, from a register by the row's name.

Source:
    GB 32100-2015, GB 11714-1997; 15 significant digits: Microsoft Excel specifications
    and limits; IEEE 754 binary64 for numbers written by other programs.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guiji.domain import columns, org_codes, persons, uscc
from guiji.domain.columns import Bytes, Flags, Rows

CONFUSED = {"O": "0", "I": "1", "Z": "2", "S": "5", "V": "U"}
"""Letters that no credit code has, and what was meant (GB 32100-2015 leaves them out
because they are taken for one another)."""

FAR = 64
"""A whole number of 18 digits is kept by a binary64 to within 64."""

PRINTED_DIGITS = (15, 16)
"""Significant digits that programs print of a binary64, which needs 17 to come back
as it was (XlsxWriter and others print 16)."""

_TYPED = np.arange(256, dtype=np.uint8)
_TYPED[[ord(c) for c in CONFUSED]] = [ord(c) for c in CONFUSED.values()]
_AS_NUMBER = r"^\d(\.\d{1,17})?E\+?17$"
_SHORT_ORG_CODE = r"^\d{6,7}[\dX]$"


def fits(damaged: pa.Array, codes: pa.Array) -> Flags:
    """Return which codes may have become the damaged texts beside them.

    A code may have been kept as a number (15 significant digits, or fewer and a power
    of ten), have had letters confused (O for 0, I for 1, Z for 2, S for 5, V for U),
    one character changed, lost or doubled, two neighbours exchanged (the check
    character included), or only its organisation code may have been written, its
    leading zeros lost or not.

    Args:
        damaged: n texts as by `uscc.normalise`; null fits nothing.
        codes: n valid codes of 18 characters.
    """
    damaged = columns.combine(damaged)
    view, size = columns.view(damaged), len(damaged)
    every = np.arange(size)
    code = columns.view(columns.combine(codes)).matrix(every, uscc.LENGTH)
    flags = np.zeros(size, np.bool_)
    for width, alike in (
        (uscc.LENGTH, _one_slip),
        (uscc.LENGTH - 1, _one_lost),
        (uscc.LENGTH + 1, _one_more),
    ):
        rows = np.flatnonzero(view.lengths == width)
        flags[rows] = alike(view.matrix(rows, width), code[rows])
    return flags | _as_number(damaged, code) | _as_organisation(damaged, code)


def corrected(damaged: pa.Array) -> pa.Array:
    """Replace confused letters where the result is a valid code.

    Args:
        damaged: n texts as by `uscc.normalise`.

    Returns:
        n codes; null where no letter is confused, or where the result fails any
        check: both check characters, department and category, province; or where it
        may be a person's number.
    """
    damaged = columns.combine(damaged)
    meant = damaged
    for letter, instead in CONFUSED.items():
        meant = pc.replace_substring(meant, letter, instead)
    changed = pc.fill_null(pc.not_equal(meant, damaged), False)
    right = pa.array(uscc.judge(meant) == uscc.LEVELS.index(uscc.Level.VALID))
    for doubtful in uscc.warnings(meant, None).values():
        right = pc.and_not(right, doubtful)
    nobody = pc.fill_null(pc.equal(persons.mask_ids(meant), meant), False)
    good = pc.and_(pc.and_(changed, right), nobody)
    return pc.if_else(good, meant, pa.scalar(None, pa.string()))


def _one_slip(texts: Bytes, codes: Bytes) -> Flags:
    """Return which texts have confused letters, one wrong or two swapped characters."""
    differ = texts != codes
    wrong = differ.sum(axis=1)
    first = differ.argmax(axis=1)
    second = np.minimum(first + 1, uscc.LENGTH - 1)
    row = np.arange(len(texts))
    exchanged = (wrong == 2) & differ[row, second]
    exchanged &= texts[row, first] == codes[row, second]
    exchanged &= texts[row, second] == codes[row, first]
    confused = (_TYPED[texts] == codes).all(axis=1)
    flags: Flags = (wrong == 1) | exchanged | confused
    return flags


def _one_lost(texts: Bytes, codes: Bytes) -> Flags:
    """Return which texts are the codes without one character."""
    before = (texts == codes[:, :-1]).cumprod(axis=1).sum(axis=1)
    behind = (texts == codes[:, 1:])[:, ::-1].cumprod(axis=1).sum(axis=1)
    flags: Flags = before + behind >= texts.shape[1]
    return flags


def _one_more(texts: Bytes, codes: Bytes) -> Flags:
    """Return which texts are the codes and one character more."""
    return _one_lost(codes, texts)


def _as_number(damaged: pa.Array, codes: Bytes) -> Flags:
    """Return which texts are the codes as a spreadsheet stores and shows a number."""
    flags = np.zeros(len(damaged), np.bool_)
    short = columns.true_rows(pc.match_substring_regex(damaged, _AS_NUMBER))
    whole = columns.true_rows(pc.match_substring_regex(damaged, r"^[1-9]\d{17}$"))
    for rows, value, unit in (
        (short, *_of_power(damaged.take(pa.array(short)))),
        (whole, *_of_digits(damaged.take(pa.array(whole)))),
    ):
        digits = codes[rows].astype(np.int64) - ord("0")
        numeric: Flags = np.all((digits >= 0) & (digits <= 9), axis=1)
        meant = np.where(numeric[:, None], digits, 0) @ _TENS
        rest = meant - value  # what was cut off, or less than nothing: rounded up
        rounded = -np.maximum(unit // 2, FAR)
        near = (rest >= rounded) & (rest <= np.maximum(unit - 1, FAR))
        flags[rows] = numeric & (near | _is_printed(value, meant))
    return flags


def _is_printed(value: Rows, meant: Rows) -> Flags:
    """Return which values are the codes after a program printed and read them again.

    A code becomes a binary64, that is printed with too few digits, and what was printed
    becomes a binary64: two roundings, which may add up.
    """
    kept = value.astype(np.float64)
    again = np.zeros(len(value), np.bool_)
    for digits in PRINTED_DIGITS:
        printed = [float(f"{number:.{digits}g}") for number in meant.astype(np.float64)]
        again |= kept == np.array(printed, np.float64)
    return again


_TENS = 10 ** np.arange(uscc.LENGTH - 1, -1, -1, dtype=np.int64)


def _of_power(texts: pa.Array) -> tuple[Rows, Rows]:
    """Read 9.14403E+17: its value, and the place value of its last figure."""
    mantissa = pc.replace_substring(
        pc.replace_substring_regex(texts, r"E.*$", ""), ".", ""
    )
    kept = pc.utf8_length(mantissa).to_numpy().astype(np.int64)
    padded = pc.utf8_rpad(mantissa, uscc.LENGTH, "0").cast(pa.int64()).to_numpy()
    return padded, 10 ** np.maximum(uscc.LENGTH - kept, 0)


def _of_digits(texts: pa.Array) -> tuple[Rows, Rows]:
    """Read 914403001922038000, which ends in zeros if Excel kept 15 digits."""
    value = texts.cast(pa.int64()).to_numpy()
    return value, np.where(value % 1000 == 0, 1000, 1)


def _as_organisation(damaged: pa.Array, codes: Bytes) -> Flags:
    """Return which texts are the organisation codes within the codes."""
    short = pc.match_substring_regex(damaged, _SHORT_ORG_CODE)
    padded = pc.if_else(
        short, pc.utf8_lpad(damaged, org_codes.LENGTH, padding="0"), damaged
    )
    view = columns.view(columns.combine(padded))
    flags = np.zeros(len(damaged), np.bool_)
    rows = np.flatnonzero(view.lengths == org_codes.LENGTH)
    texts = view.matrix(rows, org_codes.LENGTH)
    flags[rows] = (texts == codes[rows, 8:17]).all(axis=1)
    return flags
