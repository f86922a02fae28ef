"""Records that are objected to (异议): as they are now, and where they went."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from guiji.catalog.jurisdiction import ObjectionForm
from guiji.context import Context
from guiji.engine.sql import literal, name
from guiji.storage.storage_errors import explained
from guiji.warehouse import models, views


@dataclass(frozen=True)
class HeldRecord:
    """The current version of a record.

    Attributes:
        record_id: its id (记录标识).
        version_id: of the version.
        dataset: whose catalogue entry it follows.
        owner: the department whose record it is.
        operation: upsert or revoke.
        batch_id: the delivery that brought the version.
        channels: channels that show the record, sorted.
    """

    record_id: str
    version_id: str
    dataset: str
    owner: str
    operation: str
    batch_id: str
    channels: tuple[str, ...]


@dataclass(frozen=True)
class FormRow:
    """A row of a form that opens an objection.

    Attributes:
        record_id: of the row itself, the same when it is delivered again.
        version_id: of this delivery of it.
        subject: who objects, a credit code or a pseudonym; `uscc`: the code or None.
        number: under which the office keeps the application.
        objected, item, provider, claim: what the form says, see `ObjectionForm`.
        received_on: the day on which it came in.
        department: who delivered it, in `batch_id`, at `sheet` and `row`.
    """

    record_id: str
    version_id: str
    subject: str
    uscc: str | None
    number: str
    objected: str
    item: str | None
    provider: str | None
    claim: str
    received_on: date
    department: str
    batch_id: str
    sheet: str | None
    row: int


@explained
def current(context: Context, record_ids: Collection[str]) -> dict[str, HeldRecord]:
    """Return the current versions of some records, by record id; unknown ones lack."""
    if not record_ids:
        return {}
    listed = _listed(record_ids)
    query = f"""
        select r.record_id, r.version_id, r.dataset, r.owner, r.operation, r.batch_id,
            coalesce(shown.channels, []) as channels
        from records as r
        left join (
            select record_id, list_sort(list(distinct channel)) as channels
            from published where record_id in ({listed}) group by record_id
        ) as shown on shown.record_id = r.record_id
        where r.record_id in ({listed})
    """
    held = [
        HeldRecord(**row | {"channels": tuple(row["channels"])})
        for row in _rows(context, query)
    ]
    return {record.record_id: record for record in held}


@explained
def form_rows(context: Context, form: ObjectionForm, night: date) -> list[FormRow]:
    """Return the rows of a form that a night merged, in the order of their files."""
    said = {"objected": form.record, "item": form.item, "provider": form.provider}
    said |= {"claim": form.claim}
    columns = ", ".join(f"{name(item)} as {key}" for key, item in said.items())
    query = f"""
        select record_id, version_id, subject, uscc, record_key as number, {columns},
            event_on as received_on, owner as department, batch_id,
            source_sheet as sheet, source_row as row
        from {name(form.dataset)}
        where merged_night = {literal(night)} and operation <> 'revoke'
        order by batch_id, source_sheet, source_row
    """
    return [FormRow(**row) for row in _rows(context, query)]


def _rows(context: Context, query: str) -> list[dict[str, Any]]:
    with views.connect(context) as connection:
        rows: list[dict[str, Any]] = models.table(connection, query).to_pylist()
    return rows


def _listed(values: Iterable[str]) -> str:
    return ", ".join(literal(value) for value in sorted(values))
