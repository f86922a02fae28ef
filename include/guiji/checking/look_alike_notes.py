"""Findings name the characters of their value that look like others.

A clerk who is told that ⾏政处罚 is not in the code list sees 行政处罚 there.
"""

import pyarrow as pa
import pyarrow.compute as pc

from guiji.catalog.vocabulary import Severity
from guiji.domain import columns, look_alikes


def added(found: pa.Table) -> pa.Table:
    """Add to messages which characters of the value are not what they seem.

    Args:
        found: findings (`schemas.FINDINGS`), values masked; those of severity info
            stay as they are.
    """
    notes = columns.mapped(columns.combine(found["value"]), _note)
    serious = pc.not_equal(found["severity"], Severity.INFO.value)
    noted = pc.and_(notes.is_valid(), pa.array(columns.flags(serious)))
    if not pc.any(noted).as_py():
        return found
    message = columns.combine(found["message"])
    said = pc.if_else(noted, pc.binary_join_element_wise(message, notes, ""), message)
    at = found.schema.get_field_index("message")
    return found.set_column(at, found.schema.field(at), said)


def _note(value: str) -> str | None:
    return (look_alikes.note(value) or None) if not value.isascii() else None
