"""Rows without a credit code, and what they give of their enterprise instead.

Most rows bear a code. What comes without one is kept beside the records as
fingerprints of its numbers, so that it finds its enterprise in any later night: when
the registrar states the number at last, or states it for another code too. The record
itself stays what it is, under its own pseudonym and id.

Source:
    渝府办发〔2015〕159号 二(一)(二); GB 11714-1997.
"""

from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guiji.catalog import categories
from guiji.catalog.model import Catalog, Dataset
from guiji.catalog.vocabulary import IdentifierKind
from guiji.core.schemas import UNCODED
from guiji.domain import columns, fingerprints, org_codes, persons, text
from guiji.domain.matching import MatchedBy
from guiji.engine.duck import DuckEngine
from guiji.engine.sql import literal, name
from guiji.storage.dataset_files import BASE, TABLE, TAIL
from guiji.storage.delta import DataFile
from guiji.storage.table_store import TableStore
from guiji.warehouse import columns as held_columns

PLATFORM = ("record_id", "subject", "row_id", "event_on")
NUMBERS = ("organisation_id", "registration_id", "tax_id", "tax_organisation_id")
_REGISTRATION = r"^\d{13}(\d\d)?$"
"""Registration numbers (工商注册号) begin with the region; GS15-2006 has 15 digits,
those before it 13."""

_TAX = r"^\d{6}[0-9A-Z]{8}[0-9X]$"
"""Tax numbers of organisations: six digits of the region and the organisation code."""


def brought(
    store: TableStore,
    catalog: Catalog,
    night: date,
    added: Iterable[DataFile],
    database: DuckEngine,
) -> pa.Table:
    """Gather what a night merges without a credit code.

    Args:
        store: where the tables are.
        catalog: says which items give numbers.
        night: the night.
        added: the files that it adds to `records`.
        database: of the merge.

    Returns:
        Columns of `schemas.UNCODED`; rows that give no number are left out, for a
        name alone links nobody.
    """
    files = [f for f in added if f.partition["kind"] in (BASE, TAIL)]
    tables = [UNCODED.empty_table()]
    with database.session() as engine:
        for dataset in catalog.datasets.values():
            own = [f for f in files if f.partition["dataset"] == dataset.id]
            if own:
                rows = _without_code(engine, store, dataset, own)
                numbers = identifying(catalog, dataset, rows, "enterprise_name")
                tables.append(_stored(dataset, night, rows, numbers))
    return pa.concat_tables(tables)


def _without_code(
    engine: DuckEngine, store: TableStore, dataset: Dataset, files: Sequence[DataFile]
) -> pa.Table:
    """Read the versions of one dataset that have no code and are no person's."""
    stored = held_columns.stored_columns(dataset)
    items = [i for i in _items(dataset) if i in stored]
    wanted = [*PLATFORM, "uscc", "matched_by", "operation", "enterprise_name", *items]
    paths = [store.address(TABLE, f.path) for f in files]
    engine.files("version", paths, {c: stored[c] for c in dict.fromkeys(wanted)})
    return engine.fetch(
        f"select {', '.join(name(c) for c in dict.fromkeys(wanted))} from version "
        "where uscc is null and operation <> 'revoke' "
        f"and matched_by <> {literal(MatchedBy.PERSON_HASH.value)}"
    )


def _items(dataset: Dataset) -> list[str]:
    """Name the items that give a number, and the one that says whom a row is about."""
    category = dataset.subject.category
    return [*dataset.identifiers.values(), *([category] if category else [])]


def _stored(
    dataset: Dataset, night: date, rows: pa.Table, numbers: pa.Table
) -> pa.Table:
    whole = rows.select(PLATFORM)
    same = {"dataset": dataset.id, "night": night}
    for column, value in same.items():
        kind = UNCODED.field(column).type
        filled = pa.repeat(pa.scalar(value, kind), len(rows))
        whole = whole.append_column(column, filled)
    for column in numbers.column_names:
        whole = whole.append_column(column, numbers[column])
    given = np.zeros(len(rows), np.bool_)
    for number in NUMBERS:
        given |= columns.flags(numbers[number].is_valid())
    return whole.select(UNCODED.names).cast(UNCODED).filter(pa.array(given))


def identifying(
    catalog: Catalog, dataset: Dataset, rows: pa.Table, name_column: str
) -> pa.Table:
    """Return what rows say of their enterprise, as it is compared.

    Args:
        catalog: says how a category is written.
        dataset: says which items hold numbers.
        rows: n rows; an item that they lack is null.
        name_column: column of the enterprise's name.

    Returns:
        The last columns of `schemas.UNCODED`, from `name_id` on, n rows.
    """

    def number(kind: IdentifierKind) -> pa.Array:
        item = dataset.identifiers.get(kind)
        if item is None or item not in rows.column_names:
            return pa.nulls(len(rows), pa.string())
        return text.compact(rows[item])

    organisation = org_codes.parse(number(IdentifierKind.ORGANISATION_CODE)).codes
    registration = number(IdentifierKind.REGISTRATION_NUMBER)
    tax = number(IdentifierKind.TAX_NUMBER)
    placed = pc.match_substring_regex(registration, _REGISTRATION)
    region = pc.utf8_slice_codeunits(registration, 0, 6)
    forms = {
        "name_id": text.name_norm(rows[name_column]),
        "organisation_id": organisation,
        "registration_id": registration,
        "tax_id": tax,
        "tax_organisation_id": _inside(tax),
    }
    return pa.table(
        {
            **{column: _fingerprints(form) for column, form in forms.items()},
            "region": pc.if_else(
                pc.fill_null(placed, False), region, columns.no_text()
            ),
            "is_individual": _individual(catalog, dataset, rows),
        }
    )


def _inside(tax: pa.Array) -> pa.Array:
    """Return the organisation code in a tax number; a person's number holds none."""
    code = org_codes.parse(pc.utf8_slice_codeunits(tax, 6, 15)).codes
    whole = pc.fill_null(pc.match_substring_regex(tax, _TAX), False)
    nobody = pc.fill_null(pc.equal(persons.mask_ids(tax), tax), False)
    return pc.if_else(pc.and_(whole, nobody), code, columns.no_text())


def _fingerprints(forms: pa.Array) -> pa.Array:
    return pa.array(fingerprints.of(forms), mask=~columns.flags(forms.is_valid()))


def _individual(catalog: Catalog, dataset: Dataset, rows: pa.Table) -> pa.Array:
    value = categories.stored(catalog, dataset, categories.INDIVIDUAL_BUSINESS)
    category = dataset.subject.category
    if value is None or category is None or category not in rows.column_names:
        return pa.array(np.zeros(len(rows), np.bool_))
    return columns.flags(pc.equal(rows[category], value))
