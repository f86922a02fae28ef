"""Characters that look like others: brackets, dashes, quotes, double-coded ideographs.

Texts copied from a PDF or typed with another input method hold ⾏ (a Kangxi radical)
for 行, ﹝ for 〔, － for -. Nobody sees the difference, so names and numbers are
compared without it. What is shown and published stays as delivered.

Source:
    Unicode 17.0: general categories Ps and Pe (brackets); decompositions of CJK and
    Kangxi Radicals and of CJK Compatibility Ideographs; EquivalentUnifiedIdeograph.txt
    for the radicals that have none.
"""

import re
import unicodedata
from collections.abc import Iterator

_RADICALS = (
    "⺁厂⺈刀⺌小⺍小⺓幺⺜日⺝月⺠民⺧牛⺩王⺬示⺮竹⺶羊⺻聿⻁虎⻄西⻅见⻆角⻉贝⻋车⻑長⻓长⻔门⻗雨⻘青"
    "⻙韦⻚页⻛风⻜飞⻝食⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻬齐⻮齿⻯竜⻰龙⻱龜⻲亀"
)
"""Radicals without a decomposition, each before the ideograph that it looks like."""

VARIANTS = {"戶": "户", "靑": "青", "黃": "黄"}
"""Ideographs that the decompositions give; they hardly differ from the usual ones."""

_IDEOGRAPH_BLOCKS = ((0x2E80, 0x2FD6), (0xF900, 0xFB00), (0x2F800, 0x2FA20))


def _ideographs() -> Iterator[tuple[int, int]]:
    """Yield the ideographs with a second code: that code, the usual one."""
    for first, end in _IDEOGRAPH_BLOCKS:
        for code in range(first, end):
            usual = unicodedata.normalize("NFKC", chr(code))
            if usual != chr(code) and len(usual) == 1:
                yield code, ord(VARIANTS.get(usual, usual))
    yield from ((ord(written), ord(usual)) for written, usual in VARIANTS.items())
    yield from zip(map(ord, _RADICALS[::2]), map(ord, _RADICALS[1::2]), strict=True)


OPENING = (
    "([{<＜‹«⁅⁽₍\u2329❨❪❬❮❰❲❴⟦⟨⟪⟬⦃⦅⦇⦋⦗⧼⸢"
    "⸤⸨〈《「『【〔〖〘〚︗︵︷︹︻︽︿﹁﹃﹇﹙﹛﹝（［｛｟｢"
)
CLOSING = (
    ")]}>＞›»⁆⁾₎\u232a❩❫❭❯❱❳❵⟧⟩⟫⟭⦄⦆⦈⦌⦘⧽⸣"
    "⸥⸩〉》」』】〕〗〙〛︘︶︸︺︼︾﹀﹂﹄﹈﹚﹜﹞）］｝｠｣"
)
DASHES = "‐‑‒–—―⁃−─━ー㇐﹘﹣－ｰ"
"""All but the hyphen of ASCII, for which they stand."""

DOTS = "•‧∙⋅・･"
"""What is typed for the dot in a name, U+00B7."""

QUOTES = {'"': "“”„‟″〝〞〟❝❞", "'": "‘’‚‛′❛❜´"}
"""Of ASCII's quotes and apostrophes the other ones."""

IDEOGRAPHS = dict(_ideographs())
"""Code of a radical or compatibility ideograph -> code of the usual ideograph."""

_FOREIGN = {
    "АΑ": "A", "ВΒ": "B", "СϹ": "C", "ЕΕ": "E", "НΗ": "H", "ІΙ": "I", "КΚ": "K",
    "МΜ": "M", "Ν": "N", "ОΟ": "O", "РΡ": "P", "ТΤ": "T", "ХΧ": "X", "УΥ": "Y",
    "Ζ": "Z",
}  # fmt: skip
"""Cyrillic and Greek capitals that look like Latin ones."""

LETTERS = {
    ord(letter): ord(usual)
    for letters, capital in _FOREIGN.items()
    for pair in ((letters, capital), (letters.lower(), capital.lower()))
    for letter, usual in ((each, pair[1]) for each in pair[0])
}
"""Code of such a letter, great or small -> code of the Latin one."""

SMALL_FORMS = {
    code: ord(usual)
    for code in range(0xFE50, 0xFE6C)
    if len(usual := unicodedata.normalize("NFKC", chr(code))) == 1
}
"""Code of a punctuation mark in its small form -> code of the usual one."""

FOLDED = {
    **SMALL_FORMS,
    **dict.fromkeys(map(ord, DASHES), ord("-")),
    **dict.fromkeys(map(ord, DOTS), ord("·")),
    **{ord(sign): ord(usual) for usual, signs in QUOTES.items() for sign in signs},
    **IDEOGRAPHS,
    **LETTERS,
    **{0xFF01 + i: 0x21 + i for i in range(94)},
    0x3000: 0x20,
}
"""Of dashes, dots, quotes, ideographs, letters, small and full-width forms the usual
ones."""


def folded(opening: str, closing: str) -> dict[int, int]:
    """Return `FOLDED` with one pair of brackets for all."""
    brackets = dict.fromkeys(map(ord, OPENING), ord(opening))
    return FOLDED | brackets | dict.fromkeys(map(ord, CLOSING), ord(closing))


_USUAL = {
    **{chr(code): chr(usual) for code, usual in (IDEOGRAPHS | LETTERS).items()},
    "﹝": "〔",
    "﹞": "〕",
    "❲": "〔",
    "❳": "〕",
    **dict.fromkeys(set(DASHES) - set("–—－ー"), "-"),
}
_NAMED = re.compile(f"[{''.join(_USUAL)}]")
NOTE = "（字形相近而编码不同："
"""How a note begins."""

MOST = 3
"""Characters that a note names."""


def note(text: str) -> str:
    """Name the characters of a text that look like others, for who cannot see it.

    Args:
        text: a value that a message is about.

    Returns:
        Chinese, in brackets; empty where there are none.
    """
    characters = list(dict.fromkeys(_NAMED.findall(text)))
    if not characters:
        return ""
    named = "、".join(
        f"第{text.index(c) + 1}个字符“{c}”（U+{ord(c):04X}）不是“{_USUAL[c]}”"
        f"（U+{ord(_USUAL[c]):04X}）"
        for c in characters[:MOST]
    )
    more = f"等{len(characters)}种字符" if len(characters) > MOST else ""
    return f"{NOTE}{named}{more}）"
