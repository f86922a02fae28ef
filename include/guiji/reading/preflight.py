"""A look at a zipped workbook before its reader sees it.

The reader allocates what the file declares, and a failed allocation ends its process,
so the declared sizes are judged first. It also forgets cells that hold an error or a
formula without a result; these are found here and become faults of their rows.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from guiji.errors import BatchRefused
from guiji.reading import refusals
from guiji.reading.limits import Limits

BLOCK = 1 << 20
PROLOG = 4096
STORED, DEFLATED = 0, 8
BYTES_PER_STRING = 5  # the shortest shared string, <si/>

DTD = re.compile(rb"<!(DOCTYPE|ENTITY)")
ENCODING = re.compile(rb"encoding=[\"']([\w-]+)")
UTF8 = {b"utf-8", b"us-ascii", b"ascii"}
STRING_COUNT = re.compile(rb"[cC]ount=\"(\d{1,18})\"")
CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*[^/>])>(.*?)</(?:\w+:)?c>", re.DOTALL)
ADDRESS = re.compile(rb"\br=\"([A-Z]{1,3})(\d{1,7})\"")
VALUE = re.compile(rb"<(?:\w+:)?v>[^<]")
SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*?\b\w+:id=\"([^\"]+)\"")
RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
ERROR, FORMULA = b't="e"', b"<f"
SIGN = len(ERROR)

Address = tuple[int, int]
"""Row and column of a cell, both from 0."""


def check(path: Path, name: str, limits: Limits) -> None:
    """Judge the parts of a zipped workbook by what they declare.

    Raises:
        BatchRefused: TOO_BIG, ENCRYPTED or UNREADABLE.
    """
    try:
        with zipfile.ZipFile(path) as file:
            _check_parts(file.infolist(), name, limits)
            for part in file.infolist():
                if _normal(part.filename).endswith((".xml", ".rels")):
                    _check_prolog(file, part, name)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise refusals.unreadable(name, "the zip is damaged") from error


def _normal(part: str) -> str:
    return part.replace("\\", "/").lstrip("/").lower()


def _check_parts(parts: list[zipfile.ZipInfo], name: str, limits: Limits) -> None:
    if len(parts) > limits.zip_entries:
        raise refusals.too_big(name, f"{len(parts)} parts in the zip")
    if sum(p.file_size for p in parts) > limits.unpacked_bytes:
        raise refusals.too_big(name, "the parts unpack to too much")
    names = [_normal(p.filename) for p in parts]
    if len(set(names)) < len(names):
        raise refusals.unreadable(name, "parts of the same name")
    for part in parts:
        if part.flag_bits & 1:
            raise refusals.encrypted(name)
        if part.compress_type not in (STORED, DEFLATED):
            raise refusals.unreadable(name, "an unknown way of packing")
        tight = part.file_size > limits.ratio * max(part.compress_size, 1)
        if tight and part.file_size > limits.ratio_floor:
            raise refusals.too_big(name, "a part is packed suspiciously tightly")


def _check_prolog(file: zipfile.ZipFile, part: zipfile.ZipInfo, name: str) -> None:
    with file.open(part) as stream:
        head = stream.read(PROLOG)
    if DTD.search(head):
        raise refusals.unreadable(name, "a part declares a DTD")
    if head and not head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        raise refusals.unreadable(name, "a part is no XML in UTF-8")
    stated = ENCODING.search(head[:200])
    if stated and stated[1].lower() not in UTF8:
        raise refusals.unreadable(name, "a part is not in UTF-8")
    if _normal(part.filename).startswith("xl/sharedstrings"):
        most = max(map(int, STRING_COUNT.findall(head)), default=0)
        if most > 1_000_000 + 1000 * part.file_size // BYTES_PER_STRING:
            raise refusals.unreadable(name, "more shared strings are declared than are")


@dataclass(frozen=True)
class Lost:
    """Cells of one worksheet that hold an error or a formula without a result."""

    cells: frozenset[Address]


def lost_cells(path: Path, name: str) -> dict[int, Lost]:
    """Find the cells whose content the reader does not give.

    Args:
        path: an xlsx workbook that passed `check`.
        name: the file as the department named it.

    Returns:
        Position of a worksheet in the workbook -> its lost cells; without the sheets
        that have none.

    Raises:
        BatchRefused: UNREADABLE.
    """
    found: dict[int, Lost] = {}
    try:
        with zipfile.ZipFile(path) as file:
            for position, part in enumerate(_sheet_parts(file)):
                if part is not None and (cells := frozenset(_lost(file, part, name))):
                    found[position] = Lost(cells)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise refusals.unreadable(name, "the zip is damaged") from error
    return found


def _sheet_parts(file: zipfile.ZipFile) -> list[zipfile.ZipInfo | None]:
    """Give the part of each worksheet in the order of the workbook."""
    parts = {_normal(p.filename): p for p in file.infolist()}
    if "xl/_rels/workbook.xml.rels" not in parts:
        return []
    targets: dict[bytes, str] = {}
    for relation in RELATION.findall(file.read(parts["xl/_rels/workbook.xml.rels"])):
        identity = re.search(rb"\bId=\"([^\"]+)\"", relation)
        target = re.search(rb"\bTarget=\"([^\"]+)\"", relation)
        if identity and target:
            targets[identity[1]] = _normal(target[1].decode("utf-8", "replace"))
    ids = SHEET.findall(file.read(parts["xl/workbook.xml"]))
    names = [targets.get(i, "") for i in ids]
    return [parts.get(n if n.startswith("xl/") else f"xl/{n}") for n in names]


def _lost(file: zipfile.ZipFile, part: zipfile.ZipInfo, name: str) -> Iterator[Address]:
    """Look through a worksheet; only blocks with a sign of such cells cost time."""
    rest = b""  # a cell that goes on in the next block
    with file.open(part) as stream:
        while block := stream.read(BLOCK):
            end = block.rfind(b"/c>")
            cut = (end if end >= 0 else block.rfind(b":c>")) + 3
            if _shows_sign(block) or _shows_sign(rest + block[:SIGN]):
                yield from _lost_in(rest + block[:cut], name)
            rest = block[cut:] if cut > 2 else (rest + block)[-BLOCK:]


def _shows_sign(block: bytes) -> bool:
    return ERROR in block or FORMULA in block


def _lost_in(block: bytes, name: str) -> Iterator[Address]:
    for attributes, content in CELL.findall(block):
        error = ERROR in attributes
        formula = FORMULA in content and b't="str"' not in attributes
        if not error and (not formula or VALUE.search(content)):
            continue
        address = ADDRESS.search(attributes)
        if address is None:
            raise _unplaced(name)
        yield int(address[2]) - 1, _column(address[1])


def _unplaced(name: str) -> BatchRefused:
    return refusals.unreadable(name, "a cell with an error has no address")


def _column(letters: bytes) -> int:
    number = 0
    for code in letters:
        number = number * 26 + code - ord("A") + 1
    return number - 1
