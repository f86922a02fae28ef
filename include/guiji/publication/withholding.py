"""Withholds the lines in which a text reveals a person.

The engine clears nearly all lines by a cheap look; what is left is judged text by text
by `domain.personal_data`, as in every other place.
"""

from collections.abc import Collection

import pyarrow as pa

from guiji.catalog import openness
from guiji.catalog.model import Dataset, Item
from guiji.context import Context
from guiji.domain import personal_data
from guiji.engine.base import Engine
from guiji.engine.sql import literal, name, statement
from guiji.storage import publication_log

BETWEEN = "\x1f"
"""Separates the texts of a line while they are looked at."""

HELD_BACK = pa.schema(
    [
        ("record_id", pa.string()),
        ("version_id", pa.string()),
        ("owner", pa.string()),
        ("reason", pa.string()),
        ("item", pa.string()),
    ]
)


def bind_held_back(
    engine: Engine, context: Context, dataset: Dataset, upheld: Collection[str]
) -> None:
    """Create `held_back` from the lines on show (`shown_line`).

    One row per line with personal data: `reason` is the kind, `item` the item; and per
    line of `upheld`, the records to which an objection is upheld.
    """
    texts = openness.free_texts(context.catalog, dataset)
    free = tuple(item for item in texts if not openness.is_number(item))
    numbers = tuple(item for item in texts if openness.is_number(item))
    engine.view(
        "line_text",
        f"""
        select record_id, version_id, owner,
            {_joined(free)} as free_text, {_joined(numbers)} as number_text
        from shown_line
        """,
    )
    patterns = {
        "suspect": personal_data.SUSPECT,
        "suspect_id": personal_data.SUSPECT_ID,
    }
    suspects = engine.fetch(
        statement(context.settings, "publication/suspects"), patterns
    )
    rows = []
    for row in suspects.to_pylist():
        reason = _reason(row, free, numbers)
        if reason:
            kept = {c: row[c] for c in ("record_id", "version_id", "owner")}
            rows.append(kept | {"reason": reason[0], "item": reason[1]})
    rows += _objected(engine, {*upheld} - {row["record_id"] for row in rows})
    engine.rows("held_back", pa.Table.from_pylist(rows, HELD_BACK))


def _objected(engine: Engine, records: set[str]) -> list[dict[str, str | None]]:
    """Return the lines of records to which an objection is upheld."""
    if not records:
        return []
    listed = ", ".join(literal(record) for record in sorted(records))
    lines = engine.fetch(
        "select record_id, version_id, owner from shown_line "
        f"where record_id in ({listed}) order by record_id"
    )
    facts = {"reason": publication_log.OBJECTION_UPHELD, "item": None}
    return [row | facts for row in lines.to_pylist()]


def _joined(items: tuple[Item, ...]) -> str:
    titles = "".join(f", {name(item.title)}" for item in items)
    return f"concat_ws({literal(BETWEEN)}{titles})" if items else "''"


def _reason(
    row: dict[str, str], free: tuple[Item, ...], numbers: tuple[Item, ...]
) -> tuple[str, str] | None:
    """Return the kind and the item of the first personal data in a line."""
    for column, items in (("free_text", free), ("number_text", numbers)):
        for item, text in zip(items, row[column].split(BETWEEN), strict=False):
            spans = personal_data.find(text, is_number=items is numbers)
            kind = personal_data.gravest(spans)
            if kind:
                return str(kind), item.id
    return None
