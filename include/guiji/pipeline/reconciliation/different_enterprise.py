"""Registrations that give one credit code to different enterprises.

A code is given once. Inside one file the two rows have the same key and contradict one
another; here the same is asked of two files of a night, and of a row and the
registration held. A row with another name is of the same enterprise where the day of
establishment or the registration number agrees: then it is a change of name, and the
rules on versions decide. Where nothing agrees, one of the codes is wrong.
"""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from guiji.catalog.model import Dataset
from guiji.catalog.vocabulary import IdentifierKind, RegisterItem
from guiji.checking.suite import reconciliation as suite
from guiji.domain import look_alikes
from guiji.domain.text import name_norm_one
from guiji.engine.sql import name
from guiji.pipeline.reconciliation.comparison import Comparison
from guiji.pipeline.reconciliation.results import ROWS, Result, RowFindings
from guiji.warehouse import columns


def check(night: Comparison) -> Iterator[Result]:
    """Find the registrations whose code belongs to quite another enterprise."""
    for dataset in night.context.catalog.registers():
        if night.of_dataset(dataset.id):
            yield from _of_dataset(night, dataset)


def _of_dataset(night: Comparison, dataset: Dataset) -> Iterator[Result]:
    items = _identity(dataset)
    given = [item for item in items.values() if item]
    night.bind(night.of_dataset(dataset.id), *given)
    night.bind_current(dataset, *given)
    shown = ", ".join(
        f"{name(item) if item else 'null'}::{_KINDS[column]} as {column}"
        for column, item in items.items()
    )
    night.engine.view("registration", f"select *, {shown} from incoming")
    night.engine.view("registered", f"select *, {shown} from current")
    pairs = night.fetch("different_enterprise").to_pylist()
    rows: dict[tuple[str, int], dict[str, Any]] = {}
    for pair in pairs:
        if _other_name(pair):
            rows.setdefault((pair["batch_id"], pair["row_id"]), _told(pair))
    if rows:
        yield RowFindings(
            suite.DIFFERENT_ENTERPRISE, pa.Table.from_pylist([*rows.values()], ROWS)
        )


_KINDS = {"established_on": "date", "registration_number": "varchar"}
"""What tells an enterprise beside its name: column -> SQL type."""


def _identity(dataset: Dataset) -> dict[str, str | None]:
    """Name the items that tell an enterprise beside its name; None = it has none."""
    item_ids = columns.item_columns(dataset)
    established = dataset.register_items.get(RegisterItem.ESTABLISHED_ON)
    number = dataset.identifiers.get(IdentifierKind.REGISTRATION_NUMBER)
    return {
        "established_on": established if established in item_ids else None,
        "registration_number": number if number in item_ids else None,
    }


def _other_name(pair: dict[str, Any]) -> bool:
    """Return whether two names differ however they are written."""
    name, other = pair["enterprise_name"], pair["other_name"]
    return name_norm_one(name or "") != name_norm_one(other or "")


def _told(pair: dict[str, Any]) -> dict[str, Any]:
    """Name both enterprises, and where the other one stands."""
    sheet = f"工作表“{pair['other_sheet']}”" if pair["other_sheet"] else ""
    where = f"{sheet}第{pair['other_row']}行"
    where = f"《{pair['other_file']}》{where}" if pair["other_file"] else "平台现存登记"
    return {
        "batch_id": pair["batch_id"],
        "row_id": pair["row_id"],
        "detail": f"（本行：{_shown(pair['enterprise_name'])}；"
        f"{where}：{_shown(pair['other_name'])}）",
        "detail_en": f"({pair['other_batch']}, row {pair['other_row']})",
        "proposal": None,
    }


def _shown(enterprise_name: str | None) -> str:
    """Return a name, and what of its characters nobody sees."""
    shown = enterprise_name or ""
    return f"{shown}{look_alikes.note(shown)}"
