"""How large a zip's directory says it is, told without reading it.

The zip library makes an object of every entry; a small file can hold millions.
"""

import struct
from pathlib import Path

END, END_64 = b"PK\5\6", b"PK\6\6"
TAIL = (1 << 16) + 256
"""Bytes at the end of a file among which the directory's end is, comment included."""

ENTRY = 256
"""Bytes that the directory may use for an entry, on average."""

SPARED = 1 << 18


def too_large(path: Path, entries: int) -> bool:
    """Return whether a zip's directory is too large to be that of so many entries."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - TAIL))
        tail = file.read()
    at, at_64 = tail.rfind(END), tail.rfind(END_64)
    stated = 0
    if 0 <= at <= len(tail) - 16:
        (stated,) = struct.unpack_from("<I", tail, at + 12)
    if 0 <= at_64 <= len(tail) - 48:
        (large,) = struct.unpack_from("<Q", tail, at_64 + 40)
        stated = max(stated if stated < 0xFFFFFFFF else 0, large)
    return stated > max(entries * ENTRY, SPARED)
