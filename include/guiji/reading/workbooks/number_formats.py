"""What a spreadsheet shows of a number, by its number format.

A number that stands for a text (a serial number, a code) is what the clerk sees: 12
with the format 00000000 is "00000012". Where nobody can tell what was typed (5 %,
2E+05, a date) there is no such text, and the cell is a finding.

Source: ECMA-376 part 1, 18.8.30 and 18.8.31 (numFmt).
"""

import re
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import lru_cache

BUILT_IN = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    **dict.fromkeys((*range(14, 18), 22, *range(27, 37), *range(50, 59)), "yyyy-mm-dd"),
    **dict.fromkeys((18, 19, 20, 21, 45, 47), "h:mm:ss"),
    46: "[h]:mm:ss",
    **dict.fromkeys((37, 38), "#,##0"),
    **dict.fromkeys((39, 40), "#,##0.00"),
    48: "##0.0E+0",
    49: "@",
}
"""Formats that a file need not define; those of dates differ by country."""

GENERAL = ("", "general", "g/通用格式", "常规", "standard", "@")
QUOTED = re.compile(r'"([^"]*)"|\\(.)|_(.)|\*(.)|\[([^\]]*)\]')
ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
CURRENCY = re.compile(r"\[\$([^\]-]*)[^\]]*\]")
OTHER = re.compile(r"%|e[+-]|[?#0]\s*/")
DAY, CLOCK = re.compile("[ydge]|aaa"), re.compile("[hs]")
NOT_A_COLOUR = re.compile(r"\[(?!black|blue|cyan|green|magenta|red|white|yellow)", re.I)
SCALED = re.compile(r",(\.|$)")
PLACES = re.compile(r"[0#?][0#?,]*(?:\.[0#?]*)?")


class Kind(StrEnum):
    """What a format makes of a number."""

    PLAIN = "plain"
    DIGITS = "digits"
    DATE = "date"
    TIME = "time"
    DURATION = "duration"
    OTHER = "other"  # a percentage, a power of ten, a fraction


@lru_cache(1024)
def kind(code: str) -> Kind:
    """Return what a number format makes of a positive number."""
    if code.strip().lower() in GENERAL:
        return Kind.PLAIN
    section = _sections(code)[0]
    if ELAPSED.search(section):
        return Kind.DURATION
    signs = QUOTED.sub("", section).lower().replace("general", "0")
    if OTHER.search(signs):
        return Kind.OTHER
    if DAY.search(signs):
        return Kind.DATE
    if CLOCK.search(signs):
        return Kind.TIME
    return Kind.DATE if "m" in signs else Kind.DIGITS


@lru_cache(1024)
def _sections(code: str) -> tuple[str, ...]:
    """Split a format into its sections: positive, negative, zero, text."""
    sections, last, at = [], 0, 0
    while at < len(code):
        match = QUOTED.match(code, at)
        if match:
            at = match.end()
            continue
        if code[at] == ";":
            sections.append(code[last:at])
            last = at + 1
        at += 1
    return (*sections, code[last:])


def shown(value: float, code: str) -> str | None:
    """Return the text that a spreadsheet shows of a number; None if we cannot tell.

    Args:
        value: the number.
        code: its number format, of another kind than `Kind.PLAIN`.
    """
    if kind(code) is not Kind.DIGITS:
        return None
    sections = _sections(code)
    if len(sections) > 2 and value == 0:
        return _written(Decimal(0), sections[2])
    if len(sections) > 1 and value < 0:
        return _written(abs(_decimal(value)), sections[1])
    written = _written(abs(_decimal(value)), sections[0])
    return None if written is None else f"-{written}" if value < 0 else written


def _decimal(value: float) -> Decimal:
    return Decimal(f"{value:.15g}")


def _written(value: Decimal, section: str) -> str | None:
    """Write a number as a section of a format says; None if we cannot tell."""
    pieces: list[str] = []

    def set_aside(match: re.Match[str]) -> str:
        quoted, escaped, blank, _, _ = match.groups()
        pieces.append(quoted or escaped or (" " if blank else ""))
        return "\0"

    section = CURRENCY.sub(lambda match: f'"{match[1]}"', section)
    if NOT_A_COLOUR.search(section):
        return None  # a condition, or figures of another script
    bare = QUOTED.sub(set_aside, section)
    places = PLACES.findall(bare)
    if not places and "general" not in bare.lower():
        number = ""
    elif bare.lower().count("general") == 1 and not places:
        bare, places = re.sub("general", "0", bare, flags=re.I), ["0"]
        number = format(value, "f")
    elif len(places) == 1 and not SCALED.search(places[0]):
        number = _digits(value, places[0])
    else:
        return None
    written = bare.replace(places[0], number, 1) if places else bare
    for piece in pieces:
        written = written.replace("\0", piece, 1)
    return written.strip() or None


def _digits(value: Decimal, places: str) -> str:
    """Write a number in the places of a format: 0 is always shown, # if needed."""
    whole, _, fraction = places.partition(".")
    step = Decimal(1).scaleb(-len(fraction))
    rounded = value.quantize(step, ROUND_HALF_UP)
    digits, _, decimals = format(rounded, "f").partition(".")
    least = whole.count("0")
    digits = digits.lstrip("0").rjust(least, "0")
    if "," in whole:
        digits = _grouped(digits)
    needed = len(fraction.rstrip("#?"))
    decimals = decimals[:needed] + decimals[needed:].rstrip("0")
    return f"{digits}.{decimals}" if "." in places else digits


def _grouped(digits: str) -> str:
    head = len(digits) % 3
    groups = [digits[:head]] if head else []
    return ",".join(
        [*groups, *(digits[i : i + 3] for i in range(head, len(digits), 3))]
    )
