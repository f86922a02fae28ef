"""From any number or name of an enterprise to its credit codes.

Source:
    渝府办发〔2015〕159号 二(一)(二): the organisation code sits inside the credit code.
"""

from datetime import date
from typing import Any

from guiji.catalog.vocabulary import IdentifierKind
from guiji.core.settings import Settings
from guiji.domain import text
from guiji.engine.duck import DuckEngine, connect
from guiji.engine.sql import literal
from guiji.storage import dataset_files
from guiji.storage.storage_errors import explained
from guiji.storage.table_store import table_store
from guiji.warehouse import enterprises
from guiji.warehouse.enterprises import NAME

ORGANISATION_CODE_LENGTH = 9
TAX_NUMBER_LENGTH = 15
"""Six digits of the region and the organisation code."""


@explained
def search(
    settings: Settings, wanted: str, as_of: date | None = None
) -> list[dict[str, Any]]:
    """Find the credit codes that a number or a name belongs to.

    Args:
        settings: where the warehouse is.
        wanted: an organisation code (its leading zeros may be lost), a registration,
            tax or other number, or a present or former name, however written.
        as_of: as known at the end of this night; None = now.

    Returns:
        By code: {`uscc`, `name` (the one stated last; the registrar's first),
        `found_by`: [{`kind`, `value`}]}; empty if nobody is known by it.
    """
    where = table_store(settings)
    snapshot = dataset_files.open_records(where)
    with DuckEngine(connect()) as engine:
        paths = enterprises.merged_files(where, snapshot)
        enterprises.bind(engine, "identifier", paths, as_of)
        matches = _stated(engine, wanted) | _inside(engine, wanted)
        names = _names(engine, sorted({uscc for uscc, _, _ in matches}))
    return [
        {
            "uscc": uscc,
            "name": names.get(uscc),
            "found_by": [
                {"kind": kind, "value": value}
                for code, kind, value in sorted(matches)
                if code == uscc
            ],
        }
        for uscc in sorted({uscc for uscc, _, _ in matches})
    ]


def _stated(engine: DuckEngine, wanted: str) -> set[tuple[str, str, str]]:
    """Find (code, kind, value) by what was stated."""
    forms = {enterprises.form_of(wanted, is_name=named) for named in (True, False)}
    ids = ", ".join(enterprises.hashed(literal(form)) for form in sorted(forms))
    table = engine.fetch(
        f"select distinct uscc, kind, value from identifier where form_id in ({ids})"
    )
    return {
        (row["uscc"], row["kind"], row["value"])
        for row in table.to_pylist()
        if enterprises.form_of(row["value"], is_name=row["kind"] == NAME) in forms
    }


def _inside(engine: DuckEngine, wanted: str) -> set[tuple[str, str, str]]:
    """Find (code, kind, value) by the organisation code that a credit code holds."""
    number = text.compact_one(wanted) or ""
    if len(number) == TAX_NUMBER_LENGTH:
        number = number[-ORGANISATION_CODE_LENGTH:]
    if number.isdigit() and len(number) in (7, 8):
        number = number.zfill(ORGANISATION_CODE_LENGTH)
    if len(number) != ORGANISATION_CODE_LENGTH or not number.isascii():
        return set()
    table = engine.fetch(
        "select distinct uscc from identifier "
        f"where organisation_id = {enterprises.hashed(literal(number))}"
    )
    return {
        (uscc, str(IdentifierKind.ORGANISATION_CODE), number)
        for uscc in table["uscc"].to_pylist()
        if uscc[8:17] == number
    }


def _names(engine: DuckEngine, codes: list[str]) -> dict[str, str]:
    if not codes:
        return {}
    among = ", ".join(literal(code) for code in codes)
    table = engine.fetch(
        "select uscc, max_by(value, (is_registered, "
        "coalesce(valid_from, date '0001-01-01'), night, value)) as name "  # no null
        f"from identifier where kind = '{NAME}' and uscc in ({among}) group by uscc"
    )
    return dict(zip(table["uscc"].to_pylist(), table["name"].to_pylist(), strict=True))
