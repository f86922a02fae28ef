"""Names of answers: receipts, notices and returned workbooks are called after the file.

An answer lies in the outbox in the same sub-folder as its file did in the inbox:
`2003/广东.csv` is answered by `2003/广东.csv.receipt.json`. Names of files and folders
are somebody else's choice: one too long for a file system, or for the ledger's
column, is cut and marked with a hash.

Source: 2-contract.md, folders.
"""

import hashlib
import posixpath
from collections.abc import Iterator
from itertools import count

NAME_BYTES = 200
"""Longest part of a file name taken over: with every ending it stays below 255."""

FOLDER_BYTES = 120
"""Longest part of the name of a folder taken over."""

ANSWER_CHARACTERS = 255
"""Longest answer name, folders included: the ledger's column."""

MARK = 8
"""Hexadecimal digits of a hash that tells cut names apart."""

ENDINGS = (".json", ".txt", ".xlsx", ".ok")
"""What names of answers end with; a folder of such a name would be in their way."""


def candidates(source_file: str, sha256: str) -> Iterator[str]:
    """Yield the names by which a delivery may be answered, the best first.

    Args:
        source_file: readable name, with the folders below the department's.
        sha256: of its bytes; tells a second file of that name.
    """
    name = posixpath.basename(source_file)
    short = _cut(name, NAME_BYTES)
    marked = f"{short}.{sha256[:MARK]}"
    above = _folder(posixpath.dirname(source_file), ANSWER_CHARACTERS - len(marked) - 5)
    if short == name:
        yield above + short
    yield above + marked
    for number in count(2):
        yield f"{above}{marked}-{number}"


def notice(source_file: str, ending: str) -> str:
    """Name the notice about a file that was not taken."""
    name = posixpath.basename(source_file)
    short = _cut(name, NAME_BYTES)
    if short != name:
        short += f".{_mark(name)}"
    folder = posixpath.dirname(source_file)
    return _folder(folder, ANSWER_CHARACTERS - len(short)) + short + ending


def _folder(folder: str, room: int) -> str:
    """Name the folder of an answer, with a slash; empty = there is none."""
    if not folder:
        return ""
    parts = [_part(part) for part in folder.split("/")]
    if len("/".join(parts)) >= room:
        kept = parts
        while kept and len("/".join(kept)) + MARK + 2 > room:
            kept = kept[:-1]
        parts = [*kept, _mark(folder)]
    return "/".join(parts) + "/"


def _part(part: str) -> str:
    short = _cut(part, FOLDER_BYTES)
    if short != part:
        return f"{short}.{_mark(part)}"
    return f"{part}_" if part.lower().endswith(ENDINGS) else part


def _cut(name: str, most: int) -> str:
    return name.encode()[:most].decode(errors="ignore")


def _mark(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:MARK]
