"""From records without a credit code to their enterprises.

One model, sql/warehouse/links.sql, decides in three places: for the rows of a
delivery, so that they are stored with how they were matched when they were received;
for one enterprise, when it is shown; for all, in the view `links`. What it answers is
never stored as a fact of the record: the register learns, and the answer with it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guiji.catalog.model import Dataset
from guiji.catalog.vocabulary import IdentifierKind
from guiji.checking.register import NAME, Register
from guiji.context import Context
from guiji.core.schemas import UNCODED
from guiji.core.settings import Settings
from guiji.domain import columns
from guiji.domain.fingerprints import Fingerprints
from guiji.domain.matching import CERTAINTY, MatchedBy
from guiji.engine.base import Engine
from guiji.engine.duck import DuckEngine, connect
from guiji.engine.sql import kinds, literal, statement
from guiji.storage.delta import Snapshot
from guiji.storage.table_store import TableStore
from guiji.warehouse import enterprises, tables, without_uscc

MODEL = "warehouse/links"
LATEST = (
    "select * from {} qualify row_number() over ("
    "partition by record_id order by night desc, row_id desc) = 1"
)
"""The query of each record's last version."""


@dataclass(frozen=True)
class Link:
    """A record that came without a code and belongs to an enterprise.

    Attributes:
        subject: the pseudonym under which it is kept.
        matched_by: the way.
    """

    subject: str
    matched_by: str


def matched(
    context: Context, dataset: Dataset, typed: pa.Table, register: Register
) -> pa.Table:
    """Write on rows without a code how they are matched to an enterprise.

    Args:
        context: settings, where the SQL models are; catalogue, the catalogue of the
            dataset.
        dataset: says which items hold numbers.
        typed: a parsed delivery.
        register: what is known.

    Returns:
        `typed`; `matched_by` is another one for rows that belong to exactly one code.
        Subject and record id stay.
    """
    unknown = pc.equal(typed["matched_by"], MatchedBy.NAME_HASH.value)
    at = np.flatnonzero(columns.flags(unknown))
    if not len(at):
        return typed
    rows = typed.take(pa.array(at))
    said = without_uscc.identifying(
        context.catalog, dataset, rows, dataset.subject.name
    )
    for column, values in (
        ("record_id", pa.array(at).cast(pa.string())),  # rows, until they are records
        ("event_on", rows["event_on"]),
        ("dataset", pa.nulls(len(at), pa.string())),
        ("subject", rows["subject"]),
    ):
        said = said.append_column(column, values)
    with DuckEngine(connect()) as engine:
        engine.rows("uncoded", said)
        engine.rows("identifier", _in_question(register, said))
        matches = engine.fetch(statement(context.settings, MODEL))
    linked = matches.sort_by("record_id") if len(matches) else matches
    position = linked["record_id"].cast(pa.int64()).to_numpy()
    order = np.argsort(position)
    store = typed.schema.get_field_index("matched_by")
    ways = columns.combine(linked["matched_by"]).take(pa.array(order))
    before = columns.combine(typed["matched_by"])
    return typed.set_column(
        store, "matched_by", columns.put(before, position[order], ways)
    )


def _in_question(register: Register, said: pa.Table) -> pa.Table:
    """Return all that is stated of the codes that the rows may belong to."""

    def ids(column: str) -> Fingerprints:
        once: Fingerprints = said[column].drop_null().unique().to_numpy()
        return once

    lookups = [
        register.of_organisations(ids("organisation_id")),
        register.of_organisations(ids("tax_organisation_id")),
        register.of_forms(ids("registration_id"), IdentifierKind.REGISTRATION_NUMBER),
        register.of_forms(ids("tax_id"), IdentifierKind.TAX_NUMBER),
        register.of_forms(ids("name_id"), NAME),
    ]
    rows = np.unique(np.concatenate([f.rows for f in lookups]))
    codes = register.statements(rows)["uscc"].unique()
    return register.statements(register.of_codes(codes).rows)


def of_code(
    engine: DuckEngine,
    settings: Settings,
    where: TableStore,
    snapshot: Snapshot,
    uscc: str,
    stated: pa.Table,
    as_of: date | None,
) -> dict[str, Link]:
    """Find the records without a code that belong to one enterprise.

    Args:
        engine: runs the statements.
        settings: where the SQL models are.
        where: where the tables are.
        snapshot: `records`, which says what is merged.
        uscc: the enterprise's code.
        stated: its names and numbers, see `enterprises.stated_of`.
        as_of: as known at the end of this night; None = now.

    Returns:
        Record id -> link. Without rows that give one of its numbers or names, one
        look at the fingerprints is all that it costs.
    """
    paths = tables.merged_files(where, "uncoded", snapshot, as_of)
    register_files = enterprises.merged_files(where, snapshot)
    if not paths or not register_files:
        return {}
    near = _near(engine, uscc, stated["form_id"].to_pylist(), paths)
    if not len(near):
        return {}
    enterprises.bind(engine, "identifier", register_files, as_of)
    engine.rows("uncoded_near", near)
    engine.view("uncoded", LATEST.format("uncoded_near"))
    table = engine.fetch(
        f"with link as ({_model(settings)}) "  # one code of several
        f"select * from link where uscc = {literal(uscc)}"
    )
    return {
        row["record_id"]: Link(row["subject"], row["matched_by"])
        for row in table.to_pylist()
    }


def _near(
    engine: DuckEngine, uscc: str, forms: Collection[int], paths: Sequence[str]
) -> pa.Table:
    """Read the rows without a code that give a number or a name of one code."""
    listed = ", ".join(map(str, sorted(set(forms)))) or "null"
    number = enterprises.organisation_id(literal(uscc))
    query = (
        f"select {', '.join(UNCODED.names)} from {engine.scan(paths)} "
        f"where organisation_id = {number} or tax_organisation_id = {number} "
        f"or registration_id in ({listed}) or tax_id in ({listed}) "
        f"or name_id in ({listed})"
    )
    return engine.gather({"near": query})["near"]


def _model(settings: Settings) -> str:
    return statement(settings, MODEL)


def bind(
    engine: Engine, settings: Settings, paths: Sequence[str], identifier: str
) -> None:
    """Create the view `links` of all records that came without a code.

    Args:
        engine: gets the view.
        settings: where the SQL model is.
        paths: files of the table `uncoded`.
        identifier: view of the table `enterprises`.
    """
    engine.files("uncoded_ever", paths, kinds(UNCODED))
    engine.view("uncoded", LATEST.format("uncoded_ever"))
    engine.view("identifier", f"select * from {identifier}")
    engine.view("_link", _model(settings))
    cases = " ".join(
        f"when {literal(way.value)} then {literal(worth.value)}"
        for way, worth in CERTAINTY.items()
    )
    engine.view(
        "links",
        "select dataset, record_id, subject, uscc, matched_by, "
        f"case matched_by {cases} end as match_certainty from _link",
    )
