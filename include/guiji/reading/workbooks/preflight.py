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
from guiji.reading.workbooks import merged, opendocument, styles
from guiji.reading.workbooks.facts import Facts, SheetFacts
from guiji.reading.workbooks.parts import Parts, opened
from guiji.reading.workbooks.styles import Styles
from guiji.reading.workbooks.worksheet import COPIES, SMALL, SPARSE, WorksheetScan

BYTES_PER_STRING = 5  # the shortest shared string, <si/>
STRINGS_SPARED = 1_000_000

WORKBOOK = "xl/workbook.xml"
STRINGS = "xl/sharedstrings"
STYLES = "xl/styles.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
XML = (".xml", ".rels", ".vml")

STRING_COUNT = re.compile(rb"[cC]ount=\"(\d{1,18})\"")
SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*?\b\w+:id=\"([^\"]+)\"")
RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
SINCE_1904 = re.compile(rb"\bdate1904=\"(?:1|true)\"")


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
    facts.parts = tuple(targets.get(i, "") for i in ids)
    facts.since_1904 = SINCE_1904.search(parts.small(WORKBOOK)) is not None
    names = set(parts.names())
    style = styles.read(parts.small(STYLES))
    facts.formats = style.formats
    measured = any(parts.size(p) < SMALL for p in facts.parts if p in names)
    for part in (p for p in names if p.startswith(STRINGS)):
        _strings(parts, part, name, style, measured=measured)
    scanned: dict[str, SheetFacts] = {}
    box = copied = 0
    for part in sorted(set(facts.parts) & names):
        scan = _sheet(parts, part, name, limits, style, facts)
        scanned[part] = scan.end()
        box += scan.box if parts.size(part) < SMALL else 0
        copied += scan.copied
        if box > SPARSE or copied > COPIES:
            why = f"{box} cells, {copied} bytes of shared texts in all worksheets"
            raise refusals.too_big(name, why)
    for position, part in enumerate(facts.parts):
        if part in scanned:
            facts.sheets[position] = scanned[part]
    for part in parts.names():
        is_read = part in scanned or part.startswith(STRINGS)
        if part.endswith(XML) and not is_read:
            parts.small(part)
    properties = parts.small(returned.PROPERTIES_PART)
    facts.returned_batch = returned.batch_of(properties)
    facts.template = returned.template_of(properties)
    return facts


def _remarks(parts: Parts) -> list[Remark]:
    names = parts.names()
    remarks = [MACROS] if any("vbaproject" in n for n in names) else []
    outside = ("xl/externallinks/", "xl/connections.xml")
    if any(n.startswith(outside) for n in names):
        remarks.append(LINKS)
    return remarks


def _targets(parts: Parts) -> dict[bytes, str]:
    """Return the part that each relation of the workbook names."""
    targets: dict[bytes, str] = {}
    for relation in RELATION.findall(parts.small(RELATIONS)):
        identity = re.search(rb"\bId=\"([^\"]+)\"", relation)
        target = re.search(rb"\bTarget=\"([^\"]+)\"", relation)
        if identity and target:
            targets[identity[1]] = _resolved(target[1].decode("utf-8", "replace"))
    return targets


def _resolved(target: str) -> str:
    """Return the normal form of a part's name as the workbook's relations state it."""
    plain = target.replace("\\", "/").lower()
    if plain.startswith(("/", "xl/")):
        return plain.lstrip("/")
    return str(PurePosixPath("xl") / plain)


def _strings(
    parts: Parts, part: str, name: str, style: Styles, *, measured: bool
) -> None:
    """Go through the shared strings; their stated number is what readers allocate."""
    stated = size = count = 0
    for block in parts.blocks(part, before=b"<si"):
        if not size:
            stated = max(map(int, STRING_COUNT.findall(block[:4096])), default=0)
        size += len(block)
        count += styles.see_strings(style, block, count, measured=measured)
    if stated > STRINGS_SPARED + 1000 * size // BYTES_PER_STRING:
        raise refusals.unreadable(name, "more shared strings are declared than are")


def _sheet(
    parts: Parts, part: str, name: str, limits: Limits, style: Styles, facts: Facts
) -> WorksheetScan:
    """Go through a worksheet: count, measure, find what its reader does not give."""
    size, since_1904 = parts.size(part), facts.since_1904
    scan = WorksheetScan(name, size, limits, style, since_1904=since_1904)
    for block in parts.blocks(part, before=b"<c ", changed=merged.searched):
        scan.take(block)
    return scan
