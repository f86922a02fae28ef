"""A look at a zipped workbook before its reader sees it.

The reader keeps a dense grid and allocates what the file declares; a failed allocation
ends its process without a word. So the file is gone through once, block by block, and
what would be too much is refused here, where there are words for it.
"""

import re
from pathlib import Path, PurePosixPath

from guiji.reading import refusals, returned
from guiji.reading.kinds import Kind
from guiji.reading.limits import Limits
from guiji.reading.result import LINKS, MACROS, Remark
from guiji.reading.workbooks import lost, opendocument
from guiji.reading.workbooks.facts import Facts
from guiji.reading.workbooks.lost import Address, Lost
from guiji.reading.workbooks.parts import Parts, opened

BYTES_PER_STRING = 5  # the shortest shared string, <si/>
STRINGS_SPARED = 1_000_000

WORKBOOK = "xl/workbook.xml"
STRINGS = "xl/sharedstrings"
RELATIONS = "xl/_rels/workbook.xml.rels"
XML = (".xml", ".rels", ".vml")

STRING_COUNT = re.compile(rb"[cC]ount=\"(\d{1,18})\"")
SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*?\b\w+:id=\"([^\"]+)\"")
RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
SHORTEST_CELL = 4  # <c/>
ROW = re.compile(rb"\brow\b[^>]*?\sr=\"(\d+)\"")
FAR = re.compile(rb" r=\"(?:([B-Z][A-Z]|[A-Z]{3})\d|(\d{7,})\")")
"""A cell's column beyond AZ, or a row's number of seven digits and more."""

NARROW = 52
"""Columns up to AZ; a worksheet counts as this wide at least, for so many columns
of all rows that there may be are not too much."""


def check(path: Path, copy: Path, kind: Kind, name: str, limits: Limits) -> Facts:
    """Judge a zipped workbook part by part.

    Args:
        path: the bytes.
        copy: where to write the same workbook of the parts that were judged.
        kind: XLSX or ODS.
        name: the file as the department named it.
        limits: what it may cost.

    Raises:
        BatchRefused: TOO_BIG, ENCRYPTED or UNREADABLE.
    """
    with opened(path, copy, name, limits) as parts:
        if kind is Kind.ODS:
            return opendocument.look(parts, name, limits)
        return _office(parts, name, limits)


def _office(parts: Parts, name: str, limits: Limits) -> Facts:
    facts = Facts(remarks=_remarks(parts))
    targets = _targets(parts)
    ids = SHEET.findall(parts.small(WORKBOOK))
    if len(ids) > limits.sheets:
        raise refusals.too_big(name, f"{len(ids)} worksheets")
    sheets = [targets.get(i, "") for i in ids]
    known = set(parts.names())
    lost_in = {p: _sheet(parts, p, name, limits) for p in set(sheets) & known}
    facts.lost = {i: lost_in[p] for i, p in enumerate(sheets) if lost_in.get(p)}
    for part in parts.names():
        if part in lost_in:
            continue
        if part.startswith(STRINGS):
            _strings(parts, part, name)
        elif part.endswith(XML):
            parts.small(part)
    properties = parts.small(returned.PROPERTIES_PART)
    facts.returned_batch = returned.batch_of(properties)
    return facts


def _remarks(parts: Parts) -> list[Remark]:
    names = parts.names()
    found = [MACROS] if any("vbaproject" in n for n in names) else []
    outside = ("xl/externallinks/", "xl/connections.xml")
    if any(n.startswith(outside) for n in names):
        found.append(LINKS)
    return found


def _targets(parts: Parts) -> dict[bytes, str]:
    """Give the part that each relation of the workbook names."""
    targets: dict[bytes, str] = {}
    for relation in RELATION.findall(parts.small(RELATIONS)):
        identity = re.search(rb"\bId=\"([^\"]+)\"", relation)
        target = re.search(rb"\bTarget=\"([^\"]+)\"", relation)
        if identity and target:
            targets[identity[1]] = _resolved(target[1].decode("utf-8", "replace"))
    return targets


def _resolved(target: str) -> str:
    """Give the normal form of a part's name as the workbook's relations state it."""
    plain = target.replace("\\", "/").lower()
    if plain.startswith(("/", "xl/")):
        return plain.lstrip("/")
    return str(PurePosixPath("xl") / plain)


def _strings(parts: Parts, part: str, name: str) -> None:
    """Go through the shared strings; their stated number is what readers allocate."""
    stated = size = 0
    for block in parts.blocks(part):
        if not size:
            stated = max(map(int, STRING_COUNT.findall(block[:4096])), default=0)
        size += len(block)
    if stated > STRINGS_SPARED + 1000 * size // BYTES_PER_STRING:
        raise refusals.unreadable(name, "more shared strings are declared than are")


def _sheet(parts: Parts, part: str, name: str, limits: Limits) -> dict[Address, Lost]:
    """Go through a worksheet: count, measure, find lost cells."""
    found: dict[Address, Lost] = {}
    counted = parts.size(part) // SHORTEST_CELL > limits.cells
    cells = rows = 0
    columns = NARROW
    for block in parts.blocks(part, before=b"<c "):
        cells += len(CELL.findall(block)) if counted else 0
        far = FAR.findall(block)
        rows = max([rows, _last_row(block), *(int(row or 0) for _, row in far)])
        names = {name for name, _ in far if name}
        columns = max([columns, *(lost.column_index(n) + 1 for n in names)])
        found.update(lost.find(block, name))
        if cells > limits.cells or rows > limits.sheet_rows:
            raise refusals.too_big(name, f"{rows} rows, {cells} cells in a worksheet")
        if len(found) > lost.MOST:
            raise refusals.too_big(name, f"{len(found)} cells without content")
        if rows * columns > limits.box:
            raise refusals.too_big(name, f"cells as far as {rows} × {columns}")
    return found


def _last_row(block: bytes) -> int:
    """Give the number of the last row that begins."""
    at = max(block.rfind(b"<row"), block.rfind(b":row"))
    numbers = ROW.findall(block, max(at, 0))
    return max(map(int, numbers), default=0)
