"""Numbers written in characters: 二〇二六, 十二, 壹仟贰佰万, 叁角伍分."""

from decimal import Decimal

DIGITS = {
    character: value
    for value, characters in enumerate(
        (
            "零〇○",
            "一壹",
            "二贰两貳",
            "三叁参",
            "四肆",
            "五伍",
            "六陆",
            "七柒",
            "八捌",
            "九玖",
        )
    )
    for character in characters
}
UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
GROUPS = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
MAX_DIGITS = 18
"""More digits than any number in a register has; Python itself converts only 4,300."""

CHARACTERS = "".join({**DIGITS, **UNITS, **GROUPS})


def digits(text: str) -> int | None:
    """Read digits that stand one after the other: 二〇二六 is 2026.

    Returns:
        The number, or None where the text is empty, has any other character, or is
        longer than `MAX_DIGITS`.
    """
    if not text or len(text) > MAX_DIGITS or any(c not in DIGITS for c in text):
        return None
    return int("".join(str(DIGITS[c]) for c in text))


def integer(text: str) -> int | None:
    """Read a whole number with its units: 一千二百万 is 12 000 000.

    Returns:
        The number, or None where the text is not one in good order: units fall from
        the left to the right, and every digit has its unit.
    """
    for sign in ("亿億", "万萬"):
        parts = [part for part in text if part in sign]
        if len(parts) > 1:
            return None
        if parts:
            left, _, right = text.partition(parts[0])
            many, rest = integer(left), integer(right) if right else 0
            if many is None or rest is None or rest >= GROUPS[parts[0]]:
                return None
            return many * GROUPS[parts[0]] + rest
    return _below_ten_thousand(text)


def _below_ten_thousand(text: str) -> int | None:
    total, digit, ceiling = 0, None, 10_000
    for position, character in enumerate(text):
        if character in UNITS:
            unit = UNITS[character]
            if unit >= ceiling or (digit is None and (position or unit != 10)):
                return None
            total += (1 if digit is None else digit) * unit
            digit, ceiling = None, unit
        elif character in DIGITS and not digit:
            digit = DIGITS[character] or None
        else:
            return None
    if digit is not None and not (ceiling == 10 or text[-2:-1] in ("", *"零〇○")):
        return None
    return total + (digit or 0) if text else None


def money(text: str) -> Decimal | None:
    """Read an amount in capital characters (大写): 壹佰元伍角整 is 100.5 yuan."""
    text = text.replace("圆", "元").replace("圓", "元").rstrip("整正")
    whole, mark, rest = text.partition("元")
    if not mark:
        return None
    yuan = integer(whole)
    jiao, mark, after = rest.partition("角")
    fen = (after if mark else rest).lstrip("零")
    tenth = digits(jiao) if mark else 0
    hundredth = digits(fen.removesuffix("分")) if fen.endswith("分") else 0
    if fen and not fen.endswith("分"):
        return None
    if yuan is None or tenth is None or hundredth is None:
        return None
    if tenth > 9 or hundredth > 9:
        return None
    return yuan + Decimal(tenth) / 10 + Decimal(hundredth) / 100
