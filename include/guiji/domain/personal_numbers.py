"""Personal numbers in a text: digits in the groups in which people write them.

A number that carries a check character is judged by it. One that carries none is
judged by its form and by what stands around it, see `number_context`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from guiji.domain import resident_ids, uscc
from guiji.domain.number_context import Context, is_quantity, of_number


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


_SHORTEST, _LONGEST = 11, 19
"""Fewest and most characters of any personal number."""

_GROUP = re.compile(
    r"[0-9]+(?:X(?![0-9A-Za-z])|X(?=1[3-9]))?|(?<![0-9A-Za-z])X(?![0-9A-Za-z])"
)
_LINK = re.compile(r"[ \n.\-_/]{1,3}")
_ENOUGH = re.compile(rf"[0-9](?:[ \n.\-_/]{{0,3}}[0-9]){{{_SHORTEST - 1}}}")
"""What holds digits enough for a personal number; most texts need no closer look."""

_MOBILE = re.compile(r"(?:0086|86)?(1[3-9][0-9]{9})")
_ALNUM = re.compile(r"[0-9A-Za-z]+$")
_CONTACT = re.compile(
    r"(?:tel|phone|mobile|mob|cell|wechat|weixin|qq|wx|vx|m|t|p)", re.IGNORECASE
)
_PHONE_GROUPS = {(11,), (3, 8), (7, 4), (4, 3, 4), (4, 4, 3), (1,) * 11}
"""Groups in which phones are written, beside three digits and any two or more."""


def find(plain: str, *, is_number: bool, doubtful: bool) -> Iterator[Span]:
    """Find the personal numbers in a text.

    Args:
        plain: a text as by `plain_text.CHARACTERS`.
        is_number: only what carries a check character counts, see `names_numbers`.
        doubtful: what has the form of a resident id with a wrong check character
            counts, too, unless it begins like a credit code.

    Returns:
        Spans in the order of the text, which do not overlap.
    """
    if _ENOUGH.search(plain):
        for run in _runs(plain):
            yield from _in_run(plain, run, is_number, doubtful)


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
    if not resident_ids.NUMBER.fullmatch(number):
        return None
    if not resident_ids.is_right(number) and not (
        doubtful and resident_ids.may_be_one(number)
    ):
        return None
    if number[0] == resident_ids.FOREIGNER and uscc.is_right(number):
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
    match = _ALNUM.search(plain, max(0, start - 24), start)
    before = match[0] if match else ""
    return (
        "" if resident_ids.NUMBER.fullmatch(before[-resident_ids.LENGTH :]) else before
    )


def _is_letter(plain: str, at: int) -> bool:
    return plain[at : at + 1].isascii() and plain[at : at + 1].isalpha()


def _is_luhn(number: str) -> bool:
    total = 0
    for place, figure in enumerate(reversed(number)):
        value = int(figure) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
