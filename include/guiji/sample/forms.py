"""Values that keep a rule across items which asks for a form or another item's part."""

import re
from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from guiji.catalog.model import Item
from guiji.catalog.rules import Rule, RuleKind
from guiji.sample import codes, corrupt, names, words
from guiji.sample.subjects import Columns, Part

WIDTHS = (4, 6, 8, 9, 10, 12, 13, 14, 15, 16, 18, 20)
"""Lengths of numbers that standards ask for."""

SHOWN = 50
"""Values of which it is seen whether they fit a pattern."""


def kept(
    part: Part, item: Item, rule: Rule, column: pa.Array, filled: Columns
) -> pa.Array:
    """Change the values of an item so that they keep a rule that points at it.

    Args:
        part: what the records are about.
        item: the last item of the rule.
        rule: the rule; of most kinds any value keeps it.
        column: n values.
        filled: the items on which this one depends.
    """
    if rule.kind is RuleKind.SAME_CHARACTERS and rule.start is not None:
        whole, start = filled[rule.items[0]], rule.start - 1
        size = item.length or 9
        return pc.utf8_slice_codeunits(whole, start, start + size)
    if rule.kind is RuleKind.PATTERN:
        return _in_form(part, item, rule, column, filled)
    if rule.kind is RuleKind.DIVISION:
        return words.of_trade(part, 2)
    if rule.kind in (RuleKind.PAIR_IN, RuleKind.PAIR_NOT_IN) and rule.when is None:
        return _paired(rule, column)
    return column


def _paired(rule: Rule, column: pa.Array) -> pa.Array:
    """Let credit codes begin as a rule demands; those that do stay as they are."""
    among = rule.kind is RuleKind.PAIR_IN
    encoded = column.dictionary_encode()
    own: list[str | None] = encoded.dictionary.to_pylist()
    others = [p for p in ("91", "11", "12") if p not in rule.pairs]
    pair = rule.pairs[0] if among else others[0]
    fit = [
        code
        if code is None or (code[:2] in rule.pairs) is among
        else corrupt.with_pair(code, pair)
        for code in own
    ]
    return pa.array(fit, pa.string()).take(encoded.indices)


def _in_form(
    part: Part, item: Item, rule: Rule, column: pa.Array, filled: Columns
) -> pa.Array:
    """Return the first kind of value that fits a pattern; the given one if none does.

    An item that needs not be filled in stays empty then.
    """
    form = re.compile(rule.pattern or "")
    makers: list[Callable[[], pa.Array]] = [
        lambda: column,
        lambda: words.document_number(part),
        lambda: words.of_trade(part, 2),
        lambda: part.column("region"),
        lambda: words.postal_code(part),
        lambda: words.year(part, "年"),
        lambda: words.year(part, ""),
        *(
            lambda width=width: codes.to_arrow(codes.digits(part.serials + 1, width))
            for width in WIDTHS
        ),
        lambda: part.column("uscc"),
        lambda: part.column("enterprise_name"),
        lambda: names.persons(part.rng, len(part)),
    ]
    if rule.or_same_as is not None:
        makers.insert(1, lambda: filled[rule.or_same_as or ""])
    for make in makers:
        values = make()
        shown = values.drop_null().slice(0, SHOWN).to_pylist()
        if shown and all(form.search(text) for text in shown):
            return values
    return column if item.required else pa.nulls(len(part), column.type)
