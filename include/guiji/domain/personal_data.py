"""Personal data in texts: the one place that knows what it looks like.

Masking, the check of deliveries, the withholding of records from publication and the
scan of the files that leave all ask this module, so what one of them sees, all see.
It knows resident ids of 18 and of 15 characters, mobile phones, bank accounts and
e-mail addresses, in any width of digits and in the groups in which people write them.

Source:
    GB 11643-1999 (resident ids); GB 32100-2015 (credit codes are no persons);
    个人信息保护法 第四条、第二十八条.
"""

import re
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from guiji.domain import columns, personal_numbers, plain_text, resident_ids
from guiji.domain.number_context import names_numbers
from guiji.domain.personal_numbers import TITLES, Kind, Span

__all__ = [
    "SUSPECT", "SUSPECT_ID", "TITLES", "Kind", "Span", "find", "kinds", "mask",
    "mask_code", "mask_column", "names_numbers", "notice",
]  # fmt: skip


_LINKS = rf"{plain_text.SEPARATORS}._/\-"

SUSPECT_ID = rf"\p{{Nd}}(?:[{_LINKS}{resident_ids.MARKS}]{{0,3}}\p{{Nd}}){{16}}"
"""RE2: what a text must hold to hold a resident id; true too often, and cheap."""

SUSPECT = (
    rf"\p{{Nd}}(?:[{_LINKS}]{{0,3}}\p{{Nd}}){{10}}|{SUSPECT_ID}|[@{plain_text.WIDE_AT}]"
)
"""RE2: the same for any personal data."""

FEW = 500
"""Texts up to which Python's patterns are quicker than Arrow's."""

_FEW_IDS, _FEW = (
    re.compile(pattern.replace(r"\p{Nd}", r"\d")) for pattern in (SUSPECT_ID, SUSPECT)
)

_CODE = "^[0-9]{17}[0-9A-Z]$"
_DATED_CODE = (
    "^[0-9]{6}(?:1[89]|2[01])[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
    "[0-9]{3}[0-9X]$"
)
"""RE2: a code of 18 characters; one in which a day of birth may be: most have none."""

_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9_][A-Za-z0-9._%+-]*@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}"
)
_NEARLY = re.compile(r"(?<![0-9])(?:[0-9]{17}X|[0-9]{14,18})(?![0-9])")
_NO_CODE = re.compile(r"[^0-9A-Z]")
_POWER = re.compile(r"([0-9])\.([0-9]+)E\+?[0-9]+")


def find(text: str, *, is_number: bool = False, doubtful: bool = False) -> list[Span]:
    """Find the personal data in a text.

    Args:
        text: any text.
        is_number: it is of an item that holds numbers of documents or amounts, see
            `names_numbers`: only what carries a check character counts.
        doubtful: what has the form of a resident id with a wrong check character
            counts, too, unless it begins like a credit code.

    Returns:
        Spans in the order of the text, which do not overlap.
    """
    plain = text.translate(plain_text.CHARACTERS)
    spans = []
    if "@" in plain:
        spans += [Span(*m.span(), Kind.EMAIL) for m in _EMAIL.finditer(plain)]
    for start, end in resident_ids.marked(plain):
        spans.append(Span(start, end, Kind.RESIDENT_ID))
        plain = plain[:start] + " " * (end - start) + plain[end:]
    spans += personal_numbers.find(plain, is_number=is_number, doubtful=doubtful)
    return sorted(spans, key=lambda span: span.start)


def mask(text: str, *, is_number: bool = False, doubtful: bool = False) -> str:
    """Hide the personal data in a text; `find` finds none in what is returned.

    Of a resident id the first six digits stay, of a phone the first three and the
    last four, of an account the first six and the last four, of an e-mail address
    the first character and the server.
    """
    while spans := find(text, is_number=is_number, doubtful=doubtful):
        for span in reversed(spans):
            text = text[: span.start] + _hidden(text, span) + text[span.end :]
    return text


def mask_column(
    values: pa.Array, *, is_number: bool = False, doubtful: bool = False
) -> pa.Array:
    """Hide the personal data in n texts; null stays null."""
    rows = columns.true_rows(_suspects(values, is_number and not doubtful))
    texts = values.take(pa.array(rows))
    if is_number:
        is_code = pc.match_substring_regex(texts, _CODE)
        is_dated = pc.match_substring_regex(texts, _DATED_CODE)
        asked = pc.invert(pc.and_not(is_code, is_dated))
        rows, texts = rows[columns.flags(asked)], texts.filter(asked)
    if not len(rows):
        return values
    shown = [
        mask(text, is_number=is_number, doubtful=doubtful) for text in texts.to_pylist()
    ]
    return columns.put(values, rows, pa.array(shown, values.type))


def kinds(values: pa.Array, *, is_number: bool = False) -> pa.Array:
    """Return what personal data n texts hold.

    Returns:
        n values of `Kind`, of several the first in its order; null where there is none.
    """
    rows = columns.true_rows(_suspects(values, is_number))
    if not len(rows):
        return pa.nulls(len(values), pa.string())
    names = [
        gravest(find(text, is_number=is_number))
        for text in values.take(pa.array(rows)).to_pylist()
    ]
    return columns.put(
        pa.nulls(len(values), pa.string()), rows, pa.array(names, pa.string())
    )


def gravest(spans: Sequence[Span]) -> Kind | None:
    """Return the kind of some spans that comes first in `Kind`; None = no span."""
    present = {span.kind for span in spans}
    return next((kind for kind in Kind if kind in present), None)


def notice(title: str, kind: str) -> str:
    """Return the message on an item with personal data: consequence and remedy."""
    return (
        f"“{title}”含有{TITLES[Kind(kind)]}，整条记录不公示；请从“{title}”中删去该号码"
        "后以“变更”重新报送。确为文书、证照、宗地等编号的，请在号码前写明"
        "“编号”等字样。"
    )


def mask_code(code: str) -> str:
    """Hide what looks like a resident id in a value that should be a code.

    What is nearly one counts as well: with a wrong check character, without its last
    characters, of 15 digits and any year, cut short by a spreadsheet. A credit code or
    a registration number with a wrong character is none.

    Args:
        code: as by `text.compact`.
    """
    power = _POWER.fullmatch(code)
    spelt = power[1] + power[2] if power else code
    for written in (spelt, _NO_CODE.sub("", code)):
        masked = _NEARLY.sub(_masked_if_person, written)
        if masked != written:
            return masked
    return mask(code, doubtful=True)


def _masked_if_person(match: re.Match[str]) -> str:
    digits = match[0]
    is_person = resident_ids.may_be_one(digits)
    if len(digits) == resident_ids.LENGTH:
        is_person |= resident_ids.is_right(digits)
    elif len(digits) == resident_ids.OLD_LENGTH:
        is_person |= resident_ids.is_old(digits, range(1900, 2000))
        is_person &= not resident_ids.is_registration_number(digits)
    return resident_ids.masked(digits) if is_person else digits


def _suspects(values: pa.Array, only_ids: bool) -> pa.Array:
    """Return which texts may hold personal data; a null holds none.

    Arrow compiles its pattern for every call, which takes as long as a few hundred
    texts; so a few are asked by a pattern that is compiled once.
    """
    if len(values) <= FEW:
        search = (_FEW_IDS if only_ids else _FEW).search
        texts = values.to_pylist()
        return pa.array([v is not None and search(v) is not None for v in texts])
    pattern = SUSPECT_ID if only_ids else SUSPECT
    return pc.fill_null(pc.match_substring_regex(values, pattern), False)


def _hidden(text: str, span: Span) -> str:
    written = text[span.start : span.end]
    plain = written.translate(plain_text.CHARACTERS)
    if span.kind is Kind.EMAIL:
        return written[0] + "***" + written[plain.index("@") :]
    figures = [place for place, character in enumerate(plain) if character.isdecimal()]
    if span.kind is Kind.RESIDENT_ID:
        return written[: figures[5] + 1] + resident_ids.STARS
    first, stars = (2, "****") if span.kind is Kind.PHONE else (5, "******")
    return written[: figures[first] + 1] + stars + written[figures[-4] :]
