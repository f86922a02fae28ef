"""Personal data in texts: the one place that knows what it looks like.

Masking, the check of deliveries, the withholding of records from publication and the
scan of the files that leave all ask this module, so what one of them sees, all see.
It knows resident ids of 18 and of 15 characters, mobile phones, bank accounts and
e-mail addresses, in any width of digits and in the groups in which people write them.

A number that carries a check character is judged by it. One that carries none is
judged by what stands around it as well, see `number_context`.

Source:
    GB 11643-1999 (resident ids); GB 32100-2015 (credit codes are no persons);
    个人信息保护法 第四条、第二十八条.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa
import pyarrow.compute as pc

from guiji.domain import columns, plain_text, resident_ids
from guiji.domain.number_context import Context, is_quantity, names_numbers, of_number

__all__ = [
    "SUSPECT", "SUSPECT_ID", "TITLES", "Kind", "Span", "find", "kinds", "mask",
    "mask_code", "mask_column", "names_numbers", "notice",
]  # fmt: skip


class Kind(StrEnum):
    """What personal data is; the gravest first."""

    RESIDENT_ID = "person_id"  # 公民身份号码
    PHONE = "phone"  # 手机号码
    BANK_ACCOUNT = "bank_account"  # 银行卡号
    EMAIL = "email"  # 电子邮箱


TITLES = {
    Kind.RESIDENT_ID: "公民身份号码",
    Kind.PHONE: "手机号码",
    Kind.BANK_ACCOUNT: "银行卡号",
    Kind.EMAIL: "电子邮箱",
}


@dataclass(frozen=True)
class Span:
    """Characters `start` to `end` of a text, which are personal data."""

    start: int
    end: int
    kind: Kind


_LINKS = rf"{plain_text.SEPARATORS}._/\-"

SUSPECT_ID = rf"\p{{Nd}}(?:[{_LINKS}{resident_ids.MARKS}]{{0,3}}\p{{Nd}}){{16}}"
"""RE2: what a text must hold to hold a resident id; true too often, and cheap."""

SUSPECT = (
    rf"\p{{Nd}}(?:[{_LINKS}]{{0,3}}\p{{Nd}}){{10}}|{SUSPECT_ID}|[@{plain_text.WIDE_AT}]"
)
"""RE2: the same for any personal data."""

_CODE = "^[0-9]{17}[0-9A-Z]$"
_DATED_CODE = (
    "^[0-9]{6}(?:1[89]|2[01])[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
    "[0-9]{3}[0-9X]$"
)
"""RE2: a code of 18 characters; one in which a day of birth may be: most have none."""

_SHORTEST, _LONGEST = 11, 19
"""Fewest and most characters of any personal number."""

_GROUP = re.compile(
    r"[0-9]+(?:X(?![0-9A-Za-z])|X(?=1[3-9]))?|(?<![0-9A-Za-z])X(?![0-9A-Za-z])"
)
_LINK = re.compile(r"[ \n.\-_/]{1,3}")
_ENOUGH = re.compile(rf"[0-9](?:[ \n.\-_/]{{0,3}}[0-9]){{{_SHORTEST - 1}}}")
"""What holds digits enough for a personal number; most texts need no closer look."""

_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9_][A-Za-z0-9._%+-]*@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}"
)
_RESIDENT = re.compile(r"[0-9]{17}[0-9X]")
_MOBILE = re.compile(r"(?:0086|86)?(1[3-9][0-9]{9})")
_NEARLY = re.compile(r"(?<![0-9])(?:[0-9]{17}X|[0-9]{14,18})(?![0-9])")
_NO_CODE = re.compile(r"[^0-9A-Z]")
_POWER = re.compile(r"([0-9])\.([0-9]+)E\+?[0-9]+")
_ALNUM = re.compile(r"[0-9A-Za-z]+$")
_CONTACT = re.compile(
    r"(?:tel|phone|mobile|mob|cell|wechat|weixin|qq|wx|vx|m|t|p)", re.IGNORECASE
)
_CODE_VALUES = {c: v for v, c in enumerate("0123456789ABCDEFGHJKLMNPQRTUWXY")}
_STARS = "*" * 12

_PHONE_GROUPS = {(11,), (3, 8), (7, 4), (4, 3, 4), (4, 4, 3), (1,) * 11}
"""Groups in which phones are written, beside three digits and any two or more."""


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
    found = []
    if "@" in plain:
        found += [Span(*m.span(), Kind.EMAIL) for m in _EMAIL.finditer(plain)]
    for start, end in resident_ids.marked(plain):
        found.append(Span(start, end, Kind.RESIDENT_ID))
        plain = plain[:start] + " " * (end - start) + plain[end:]
    if _ENOUGH.search(plain):
        for run in _runs(plain):
            found += _in_run(plain, run, is_number, doubtful)
    return sorted(found, key=lambda span: span.start)


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
    found = [
        gravest(find(text, is_number=is_number))
        for text in values.take(pa.array(rows)).to_pylist()
    ]
    return columns.put(
        pa.nulls(len(values), pa.string()), rows, pa.array(found, pa.string())
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


def _masked_if_person(found: re.Match[str]) -> str:
    digits = found[0]
    is_person = _may_be_person(digits)
    if len(digits) == resident_ids.LENGTH:
        is_person |= resident_ids.is_right(digits)
    elif len(digits) == resident_ids.OLD_LENGTH:
        is_person |= resident_ids.is_old(digits, range(1900, 2000))
        is_person &= not resident_ids.is_registration_number(digits)
    return digits[:6] + _STARS if is_person else digits


def _may_be_person(digits: str) -> bool:
    """Return whether digits have a province and birthday, and are no credit code."""
    return (
        digits[:2] in resident_ids.PROVINCES
        and resident_ids.is_dated(digits)
        and not (digits[2:4] in resident_ids.PROVINCES and digits[4:6] <= "20")
    )


def _suspects(values: pa.Array, only_ids: bool) -> pa.Array:
    pattern = SUSPECT_ID if only_ids else SUSPECT
    return pc.fill_null(pc.match_substring_regex(values, pattern), False)


def _runs(plain: str) -> Iterator[list[re.Match[str]]]:
    """Yield the groups of digits that are linked by blanks, hyphens, dots or lines."""
    run: list[re.Match[str]] = []
    for group in _GROUP.finditer(plain):
        if run and not _LINK.fullmatch(plain, run[-1].end(), group.start()):
            yield run
            run = []
        run.append(group)
    if run:
        yield run


def _in_run(
    plain: str, run: list[re.Match[str]], is_number: bool, doubtful: bool
) -> Iterator[Span]:
    first = 0
    while first < len(run):
        for groups in _stretches(run, first):
            span = _resident_id(plain, groups, doubtful)
            if span is None and not is_number:
                span = _unchecked(plain, run, groups)
            if span:
                yield span
                first += len(groups) - 1
                break
        first += 1


def _stretches(run: list[re.Match[str]], first: int) -> Iterator[list[re.Match[str]]]:
    """Yield the runs of groups that may be one number; longest first."""
    length, last, fewest = 0, first, first
    while last < len(run) and length + len(run[last][0]) <= _LONGEST:
        length += len(run[last][0])
        last += 1
        fewest = last if length < _SHORTEST else fewest
        if run[last - 1][0].endswith("X"):
            break
    for end in range(last, fewest, -1):
        yield run[first:end]


def _resident_id(
    plain: str, groups: list[re.Match[str]], doubtful: bool
) -> Span | None:
    number = _joined(groups)
    if not _RESIDENT.fullmatch(number):
        return None
    if not resident_ids.is_right(number) and not (doubtful and _may_be_person(number)):
        return None
    if number[0] == resident_ids.FOREIGNER and _is_credit_code(number):
        return None
    start, end = groups[0].start(), groups[-1].end()
    if len(_letters_before(plain, start)) > 4 or _is_letter(plain, end):
        return None  # a longer code, a fingerprint
    return Span(start, end, Kind.RESIDENT_ID)


def _unchecked(
    plain: str, run: list[re.Match[str]], groups: list[re.Match[str]]
) -> Span | None:
    """Find a number that carries no check character of a person's number."""
    number = _joined(groups)
    start, end = groups[0].start(), groups[-1].end()
    kind = _kind_by_form(plain, number, groups)
    if kind is None or _is_letter(plain, end):
        return None
    letters = _letters_before(plain, start)
    if letters and not _CONTACT.fullmatch(letters):
        return None
    context = of_number(plain, start, end)
    if context is Context.DOCUMENT:
        return None
    if context is Context.OPEN and (
        is_quantity(plain, start, end) or _continues(plain, run, groups[0])
    ):
        return None
    if (
        kind is Kind.RESIDENT_ID
        and context is Context.OPEN
        and resident_ids.is_registration_number(number)
    ):
        return None
    mobile = _MOBILE.fullmatch(number) if kind is Kind.PHONE else None
    return Span(start + (mobile.start(1) if mobile else 0), end, kind)


def _kind_by_form(plain: str, number: str, groups: list[re.Match[str]]) -> Kind | None:
    lengths = tuple(len(group[0]) for group in groups)
    if _MOBILE.fullmatch(number) and _is_phone_form(plain, number, groups):
        return Kind.PHONE
    if not number.isdecimal():
        return None
    if len(number) == resident_ids.OLD_LENGTH:
        is_old = lengths in ((15,), (6, 6, 3)) and resident_ids.is_old(number)
        return Kind.RESIDENT_ID if is_old else None
    if 16 <= len(number) <= _LONGEST and number.startswith("62"):
        is_written_so = lengths[0] >= 4 and max(lengths[1:], default=4) >= 3
        return Kind.BANK_ACCOUNT if is_written_so and _is_luhn(number) else None
    return None


def _is_phone_form(plain: str, number: str, groups: list[re.Match[str]]) -> bool:
    """Return whether the digits stand in groups in which people write phones."""
    first = groups[0][0]
    lengths = [len(group[0]) for group in groups]
    lengths[0] -= len(number) - 11
    if lengths[0] < 1:  # the prefix is a group of its own, and no part of the number
        return False
    links = [
        plain[a.end() : b.start()] for a, b in zip(groups, groups[1:], strict=False)
    ]
    if any("\n" in link or "/" in link or "_" in link for link in links):
        return False
    if any("." in link for link in links) and (
        len(links) < 2 or not all("." in link for link in links)
    ):
        return False  # a decimal fraction
    is_year = lengths[0] == 4 and first.startswith("19")
    usual = tuple(lengths) in _PHONE_GROUPS and not is_year
    return usual or (len(lengths) > 2 and lengths[0] == 3)


def _continues(plain: str, run: list[re.Match[str]], first: re.Match[str]) -> bool:
    """Return whether a number goes on a longer one: 520103-13900100012."""
    at = run.index(first)
    if at == 0:
        return False
    before = run[at - 1]
    linked = plain[before.end() : first.start()].strip()
    is_prefix = before[0] in ("86", "0086") or len(before[0]) in (1, 11, 15, 18)
    return bool(linked) and not is_prefix and not before[0].endswith("X")


def _joined(groups: list[re.Match[str]]) -> str:
    return "".join(group[0] for group in groups)


def _letters_before(plain: str, start: int) -> str:
    """Return the letters and digits directly before a number; not the end of an id."""
    found = _ALNUM.search(plain, max(0, start - 24), start)
    before = found[0] if found else ""
    return "" if _RESIDENT.fullmatch(before[-resident_ids.LENGTH :]) else before


def _is_letter(plain: str, at: int) -> bool:
    return plain[at : at + 1].isascii() and plain[at : at + 1].isalpha()


def _is_credit_code(code: str) -> bool:
    """Return whether 18 characters end in the check character of GB 32100-2015."""
    values = [_CODE_VALUES.get(c) for c in code]
    if None in values:
        return False
    total = sum(v * pow(3, i, 31) for i, v in enumerate(values[:17]) if v)
    return (total + (values[17] or 0)) % 31 == 0


def _is_luhn(number: str) -> bool:
    total = 0
    for place, figure in enumerate(reversed(number)):
        value = int(figure) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _hidden(text: str, span: Span) -> str:
    written = text[span.start : span.end]
    plain = written.translate(plain_text.CHARACTERS)
    if span.kind is Kind.EMAIL:
        return written[0] + "***" + written[plain.index("@") :]
    figures = [place for place, character in enumerate(plain) if character.isdecimal()]
    if span.kind is Kind.RESIDENT_ID:
        return written[: figures[5] + 1] + _STARS
    first, stars = (2, "****") if span.kind is Kind.PHONE else (5, "******")
    return written[: figures[first] + 1] + stars + written[figures[-4] :]
