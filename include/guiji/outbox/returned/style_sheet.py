"""The part `xl/styles.xml` of a new workbook: the looks that its cells use."""

from collections.abc import Iterable
from itertools import chain

from guiji.outbox.returned.sheet_model import LINE_COLOUR, Look, Typeface

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
"""Namespace of workbooks (ECMA-376 part 1, 18)."""

USUAL = Typeface("Calibri", 11)
"""Font of a cell that asks for none."""

TEXT_FORMAT = 49
"""Id of the built-in number format `@` (ECMA-376 part 1, 18.8.30)."""

ALIGNMENTS = {
    "": "",
    "wrapped": '<alignment vertical="top" wrapText="1"/>',
    "centred": '<alignment horizontal="center" vertical="top" wrapText="1"/>',
}
_LINE = f'style="thin"><color rgb="{LINE_COLOUR}"/>'
_BORDERS = (
    "<border><left/><right/><top/><bottom/><diagonal/></border>",
    "<border>"
    + "".join(f"<{s} {_LINE}</{s}>" for s in ("left", "right", "top", "bottom"))
    + "<diagonal/></border>",
)
_APPLIED = "".join(
    f' apply{what}="1"'
    for what in ("NumberFormat", "Font", "Fill", "Border", "Alignment")
)


class StyleSheet:
    """The cell formats of a workbook, numbered in the order of their first use."""

    def __init__(self) -> None:
        """Begin with the usual format, which is number 0."""
        self._formats = {(Look(), False): 0}
        self._fonts = {USUAL: 0}
        self._fills = {"": 0, "gray125": 1}  # the first two are reserved

    def number(self, look: Look, *, quoted: bool = False) -> int:
        """Return the number of a format.

        Args:
            look: how the cell looks.
            quoted: whether its text is marked as quoted.
        """
        return self._formats.setdefault((look, quoted), len(self._formats))

    def xml(self) -> str:
        """Return the part."""
        formats = [self._format(*asked) for asked in self._formats]
        usual = '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
        normal = '<cellStyle name="Normal" xfId="0" builtinId="0"/>'
        return "".join(
            chain(
                (f'<styleSheet xmlns="{MAIN}">',),
                _list("fonts", map(_font, self._fonts)),
                _list("fills", map(_fill, self._fills)),
                _list("borders", _BORDERS),
                _list("cellStyleXfs", [usual]),
                _list("cellXfs", formats),
                _list("cellStyles", [normal]),
                ("</styleSheet>",),
            )
        )

    def _format(self, look: Look, quoted: bool) -> str:
        font = self._fonts.setdefault(look.font or USUAL, len(self._fonts))
        fill = self._fills.setdefault(look.fill, len(self._fills))
        number_format = TEXT_FORMAT if look.is_text else 0
        quote = ' quotePrefix="1"' if quoted else ""
        return (
            f'<xf numFmtId="{number_format}" fontId="{font}" fillId="{fill}"'
            f' borderId="{int(look.is_framed)}" xfId="0"{quote}{_APPLIED}>'
            f"{ALIGNMENTS[look.alignment]}</xf>"
        )


def _list(name: str, elements: Iterable[str]) -> Iterable[str]:
    listed = list(elements)
    return (f'<{name} count="{len(listed)}">', *listed, f"</{name}>")


def _font(typeface: Typeface) -> str:
    bold = "<b/>" if typeface.is_bold else ""
    line = "<u/>" if typeface.is_underlined else ""
    colour = f'<color rgb="{typeface.colour}"/>' if typeface.colour else ""
    return (
        f'<font>{bold}{line}<sz val="{typeface.size}"/>{colour}'
        f'<name val="{typeface.name}"/></font>'
    )


def _fill(colour: str) -> str:
    if colour in {"", "gray125"}:
        return f'<fill><patternFill patternType="{colour or "none"}"/></fill>'
    return (
        '<fill><patternFill patternType="solid">'
        f'<fgColor rgb="{colour}"/></patternFill></fill>'
    )
