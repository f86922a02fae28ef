"""One item of the catalogue: its text becomes columns, by its type.

Beside the value stand what was delivered (`__raw`, masked where personal) and whether
it was understood (`__ok`); nothing that cannot be read is lost or guessed. `content`
is the value as text: what tells two versions of a record apart, and what keys are
made of.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from guiji.catalog.model import Catalog, Code, Dataset, Item
from guiji.catalog.vocabulary import ItemType, Masking
from guiji.domain import (
    amounts,
    codes,
    columns,
    currencies,
    dates,
    integers,
    org_codes,
    persons,
    phones,
    text,
    uscc,
)

PAIRS_LIST = "uscc_pairs"
"""A code list of this name extends the known pairs of credit codes."""

FOR_EVER = "长期"
MASKS: Mapping[Masking, Callable[[pa.Array], pa.Array]] = {
    Masking.PERSON_ID: persons.mask_documents,
    Masking.PHONE: persons.mask_phones,
    Masking.NAME: persons.mask_names,
    Masking.HIDE: persons.hide,
    Masking.NONE: persons.hide,
}


@dataclass(frozen=True)
class Parsed:
    """One item of a block of rows.

    Attributes:
        columns: output columns by name, the value first.
        content: the value as comparable text; for personal numbers their hash.
    """

    columns: dict[str, pa.Array]
    content: pa.Array


@dataclass(frozen=True)
class Context:
    """What parsing knows besides the text.

    Attributes:
        dataset: the catalogue entry.
        person_key: secret of the hash of personal numbers.
        regions: known region codes; None = provinces only.
        pairs: known pairs of department and category in credit codes.
        names: item -> its code list.
        repetitive: items that say the same in many rows; each text is read once.
    """

    dataset: Dataset
    person_key: bytes
    regions: frozenset[str] | None
    pairs: frozenset[str]
    names: Mapping[str, codes.CodeNames]
    repetitive: frozenset[str]


def context(
    dataset: Dataset,
    catalog: Catalog,
    person_key: bytes,
    regions: frozenset[str] | None,
    rows: pa.Table,
) -> Context:
    """Gather what all items of a dataset need to read these rows."""
    names = {
        item.id: code_names(catalog.code_list(dataset, item.code_list).values, prefix)
        for item in dataset.items
        if item.code_list and item.type in (ItemType.CODE, ItemType.CODES)
        for prefix in (catalog.code_list(dataset, item.code_list).other_prefix,)
    }
    more = catalog.jurisdiction.codes.get(PAIRS_LIST)
    pairs = uscc.PAIRS | {value.code for value in more.values} if more else uscc.PAIRS
    repetitive = frozenset(
        item.id
        for item in dataset.items
        if item.id not in rows.column_names or columns.repeats_itself(rows[item.id])
    )
    return Context(dataset, person_key, regions, pairs, names, repetitive)


def code_names(values: tuple[Code, ...], other_prefix: str | None) -> codes.CodeNames:
    """Make the names of a catalogue's code list."""
    named = [(value.code, (value.title, *value.aliases)) for value in values]
    return codes.code_names(named, other_prefix)


def parse_item(item: Item, texts: pa.Array, context: Context) -> Parsed:
    """Read one item.

    Args:
        item: the catalogue's item.
        texts: n cells as read.
        context: code lists, key and tables.
    """
    if item.id in context.repetitive and len(texts):
        encoded = texts.dictionary_encode(null_encoding="encode")
        once = _parse(item, encoded.dictionary, context)
        return _spread(item, once, encoded.indices)
    return _parse(item, texts, context)


def _parse(item: Item, texts: pa.Array, context: Context) -> Parsed:
    raw = text.clean(texts)
    if item.type is ItemType.TEXT:
        return Parsed({item.id: raw}, raw)
    return PARSERS[item.type](item, raw, context)


def _spread(item: Item, once: Parsed, indices: pa.Array) -> Parsed:
    """Return what was read from the different texts to all rows that have them."""
    columns = {name: each.take(indices) for name, each in once.columns.items()}
    same = once.content is once.columns[item.id]
    return Parsed(columns, columns[item.id] if same else once.content.take(indices))


def _parse_uscc(item: Item, raw: pa.Array, context: Context) -> Parsed:
    code = uscc.normalise(raw)
    levels = uscc.judge(code)
    if item.placeholder is not None:
        levels[columns.true_rows(pc.equal(code, item.placeholder))] = uscc.NO_CODE
    value = pc.if_else(pa.array(uscc.accepted(levels)), code, columns.no_text())
    warned = uscc.warnings(value, context.regions, context.pairs)
    parsed = _simple(item, raw, value, pa.array(uscc.harmless(levels)), value)
    parsed.columns.update(
        {
            f"{item.id}__level": columns.lookup(uscc.LEVELS, levels),
            f"{item.id}__unknown_pair": warned["unknown_pair"],
            f"{item.id}__unknown_region": warned["unknown_region"],
            f"{item.id}__inner_ok": pc.invert(warned["inner_check"]),
        }
    )
    return parsed


def _hide_ids(raw: pa.Array, ok: pa.Array) -> pa.Array:
    """Mask what was not understood and may be a person's ID (a shifted column)."""
    rows = columns.true_rows(pc.and_(pc.invert(ok), raw.is_valid()))
    if not len(rows):
        return raw
    wrong = raw.take(pa.array(rows))
    compact = text.compact(wrong)
    masked = persons.mask_ids(compact)
    shown = pc.if_else(pc.equal(masked, compact), wrong, masked)
    return columns.put(raw, rows, shown)


def _parse_org_code(item: Item, raw: pa.Array, context: Context) -> Parsed:
    parsed_codes = org_codes.parse(raw)
    parsed = _simple(item, raw, parsed_codes.codes, parsed_codes.ok, parsed_codes.codes)
    parsed.columns[f"{item.id}__repaired"] = parsed_codes.repaired
    return parsed


def _parse_date(item: Item, raw: pa.Array, context: Context) -> Parsed:
    encoded = raw.dictionary_encode()
    day, understood, endless = dates.parse(encoded.dictionary)
    content = pc.if_else(endless, FOR_EVER, day.cast(pa.string()))
    ok = pc.fill_null(understood.take(encoded.indices), True)
    forever = pc.fill_null(endless.take(encoded.indices), False)
    value = day.take(encoded.indices)
    parsed = _simple(item, raw, value, ok, content.take(encoded.indices))
    parsed.columns[f"{item.id}__forever"] = forever
    return parsed


def _parse_amount(item: Item, raw: pa.Array, context: Context) -> Parsed:
    amount, ok, currency = amounts.parse(raw, item.unit or "元")
    level = pa.nulls(len(raw), pa.string())
    if item.currency_item is None and currency.null_count < len(currency):
        foreign = pc.fill_null(pc.not_equal(currency, currencies.RMB), False)
        amount = pc.if_else(foreign, pa.scalar(None, amount.type), amount)
        ok = pc.and_(ok, pc.invert(foreign))
        level = pc.if_else(foreign, currency, columns.no_text())
    parsed = _simple(item, raw, amount, ok, amount.cast(pa.string()))
    parsed.columns[f"{item.id}__level"] = level
    return parsed


def _parse_integer(item: Item, raw: pa.Array, context: Context) -> Parsed:
    number, ok = integers.parse(raw)
    return _simple(item, raw, number, ok, number.cast(pa.string()))


def _parse_code(item: Item, raw: pa.Array, context: Context) -> Parsed:
    several = item.type is ItemType.CODES
    value, ok = codes.parse(raw, context.names[item.id], several)
    return _simple(item, raw, value, ok, value)


def _parse_phone(item: Item, raw: pa.Array, context: Context) -> Parsed:
    number, ok = phones.parse(raw)
    masked = MASKS[item.masking](number)
    content = persons.pseudonym(number, context.person_key)
    return _simple(item, masked, masked, ok, content)


def _parse_person_id(item: Item, raw: pa.Array, context: Context) -> Parsed:
    number = text.compact(raw)
    masked = MASKS[item.masking](number)
    digest = persons.pseudonym(number, context.person_key)
    parsed = _simple(item, masked, masked, persons.documents_ok(number), digest)
    parsed.columns[f"{item.id}__hash"] = digest
    return parsed


def _simple(
    item: Item, raw: pa.Array, value: pa.Array, ok: pa.Array, content: pa.Array
) -> Parsed:
    raw = _hide_ids(raw, ok)
    columns = {item.id: value, f"{item.id}__raw": raw, f"{item.id}__ok": ok}
    return Parsed(columns, content)


PARSERS: Mapping[ItemType, Callable[[Item, pa.Array, Context], Parsed]] = {
    ItemType.USCC: _parse_uscc,
    ItemType.ORG_CODE: _parse_org_code,
    ItemType.DATE: _parse_date,
    ItemType.AMOUNT: _parse_amount,
    ItemType.INTEGER: _parse_integer,
    ItemType.CODE: _parse_code,
    ItemType.CODES: _parse_code,
    ItemType.PERSON_ID: _parse_person_id,
    ItemType.PHONE: _parse_phone,
}
