"""Parts of a zip that state no hour, no owner and no machine."""

import zipfile
from datetime import UTC, datetime

EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The time of every part: the first that a zip can state."""

READABLE = 0o644 << 16


def entry(name: str) -> zipfile.ZipInfo:
    """Return the entry of a compressed part of this name."""
    part = zipfile.ZipInfo(name, date_time=EARLIEST)
    part.compress_type = zipfile.ZIP_DEFLATED
    part.external_attr = READABLE
    return part


def in_utc(instant: datetime) -> datetime:
    """Return an instant as document properties state it: in UTC, without a zone.

    Args:
        instant: a naive one is returned as it is.
    """
    if instant.tzinfo is None:
        return instant
    return instant.astimezone(UTC).replace(tzinfo=None)
