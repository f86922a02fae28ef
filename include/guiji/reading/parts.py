"""The zip around a workbook: what may be in it, and its parts in blocks.

Readers believe what a zip declares and allocate it. Here everything declared is
judged before it is unpacked, and what is unpacked is judged as it comes.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from guiji.errors import BatchRefused
from guiji.reading import directory, refusals
from guiji.reading.limits import Limits

BLOCK = 1 << 20
STORED, DEFLATED = 0, 8
ENCRYPTED = 1
LOCAL_HEADER = 30

DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    struct.error,
    UnicodeDecodeError,
)
"""What the zip library raises over damaged files."""

DTD = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
ENCODING = re.compile(rb"encoding=[\"']([\w-]+)")
UTF8 = {b"utf-8", b"us-ascii", b"ascii"}


def normal(part: str) -> str:
    """Give a part's name as readers look it up."""
    return part.replace("\\", "/").lstrip("/").lower()


class Parts:
    """A zip that is open and whose directory was found harmless."""

    def __init__(self, file: zipfile.ZipFile, name: str, limits: Limits) -> None:
        self._file = file
        self._name = name
        self._limits = limits
        _check_entries(file.infolist(), name, limits)
        self._parts = {normal(p.filename): p for p in file.infolist()}

    def names(self) -> list[str]:
        """Name all parts, in normal form."""
        return list(self._parts)

    def small(self, part: str) -> bytes:
        """Give a whole part, as `blocks` gives it; empty if there is none."""
        if part not in self._parts:
            return b""
        return b"".join(self.blocks(part, self._limits.small_part_bytes))

    def blocks(
        self, part: str, most: int | None = None, before: bytes = b"<"
    ) -> Iterator[bytes]:
        """Unpack a part of XML.

        Args:
            part: its name in normal form.
            most: bytes that it may have; None = `limits.part_bytes`.
            before: blocks end where this begins, so that what it opens is whole in
                one; where it is rare, they end with any tag.

        Raises:
            BatchRefused: TOO_BIG if it is more than may be or packed too tightly, or
                holds too long a text; UNREADABLE if it is no XML in UTF-8 or brings
                declarations of its own.
        """
        info = self._parts[part]
        most = self._limits.part_bytes if most is None else most
        tight = max(self._limits.ratio_floor, self._limits.ratio * info.compress_size)
        unpacked, rest, first = 0, b"", True
        with self._file.open(info) as stream:
            while block := stream.read(BLOCK):
                unpacked += len(block)
                if unpacked > min(most, tight):
                    raise refusals.too_big(self._name, "a part unpacks to too much")
                block = rest + block if rest else block
                if first:
                    _check_start(block, self._name)
                    first = False
                if DTD.search(block):
                    raise refusals.unreadable(self._name, "a part declares a DTD")
                cut = block.rfind(b"<")
                if len(block) - max(cut, 0) > self._limits.tagless_bytes:
                    raise refusals.too_big(self._name, "a text is too long")
                cut = max(block.rfind(before), 0) or cut
                if cut > 0:
                    yield block[:cut]
                    block = block[cut:]
                rest = block
        if unpacked != info.file_size:
            raise refusals.unreadable(self._name, "a part is not as large as stated")
        yield rest


@contextmanager
def opened(path: Path, name: str, limits: Limits) -> Iterator[Parts]:
    """Open the zip around a workbook.

    Raises:
        BatchRefused: TOO_BIG, ENCRYPTED or UNREADABLE, here or in the block.
    """
    if directory.too_large(path, limits.zip_entries):
        raise refusals.too_big(name, "the directory of the zip is too large")
    try:
        with zipfile.ZipFile(path) as file:
            yield Parts(file, name, limits)
    except DAMAGED as error:
        raise refusals.unreadable(name, "the zip is damaged") from error


def _check_entries(parts: list[zipfile.ZipInfo], name: str, limits: Limits) -> None:
    if len(parts) > limits.zip_entries:
        raise refusals.too_big(name, f"{len(parts)} parts in the zip")
    if sum(p.file_size for p in parts) > limits.unpacked_bytes:
        raise refusals.too_big(name, "the parts unpack to too much")
    names = [normal(p.filename) for p in parts]
    if len(set(names)) < len(names):
        raise refusals.unreadable(name, "parts of the same name")
    if any(".." in n.split("/") for n in names):
        raise refusals.unreadable(name, "a part would lie outside the zip")
    for part in parts:
        _check_entry(part, name, limits)
    ordered = sorted(parts, key=lambda p: p.header_offset)
    for part, after in zip(ordered, ordered[1:], strict=False):
        end = part.header_offset + LOCAL_HEADER + part.compress_size
        if end > after.header_offset:
            raise refusals.unreadable(name, "parts overlap")


def _check_entry(part: zipfile.ZipInfo, name: str, limits: Limits) -> None:
    if part.flag_bits & ENCRYPTED:
        raise refusals.encrypted(name)
    if part.compress_type not in (STORED, DEFLATED):
        raise refusals.unreadable(name, "an unknown way of packing")
    tight = part.file_size > limits.ratio * max(part.compress_size, 1)
    if tight and part.file_size > limits.ratio_floor:
        raise refusals.too_big(name, "a part is packed suspiciously tightly")
    if part.file_size > limits.part_bytes:
        raise refusals.too_big(name, "a part unpacks to too much")


def _check_start(block: bytes, name: str) -> None:
    head = block[:200].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not head.startswith(b"<") or b"\0" in head:
        raise _not_utf8(name)
    stated = ENCODING.search(head)
    if stated and stated[1].lower() not in UTF8:
        raise _not_utf8(name)


def _not_utf8(name: str) -> BatchRefused:
    return refusals.unreadable(name, "a part is no XML in UTF-8")
