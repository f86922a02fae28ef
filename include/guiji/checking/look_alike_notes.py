"""Findings name the characters of their value that look like others.

A clerk who is told that ⾏政处罚 is not in the code list sees 行政处罚 there.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guiji.catalog.vocabulary import Severity
from guiji.domain import columns, look_alikes


def added(table: pa.Table) -> pa.Table:
    """Add to messages which characters of the value are not what they seem.

    Messages that say it already stay as they are.

    Args:
        table: findings (`schemas.FINDINGS`), values masked; those of severity info
            stay as they are.
    """
    serious = columns.flags(pc.not_equal(table["severity"], Severity.INFO.value))
    noted = columns.flags(pc.match_substring(table["message"], look_alikes.NOTE))
    rows = np.flatnonzero(serious & ~noted)
    notes = columns.mapped(columns.combine(table["value"].take(pa.array(rows))), _note)
    rows, notes = rows[columns.flags(notes.is_valid())], notes.drop_null()
    if not len(rows):
        return table
    message = columns.combine(table["message"])
    whole = pc.binary_join_element_wise(message.take(pa.array(rows)), notes, "")
    said = columns.put(message, rows, whole)
    at = table.schema.get_field_index("message")
    return table.set_column(at, table.schema.field(at), said)


def _note(value: str) -> str | None:
    return (look_alikes.note(value) or None) if not value.isascii() else None
