"""The zip around a workbook: what may be in it, and its parts in blocks.

Readers believe what a zip declares and allocate it. Here everything declared is
judged before it is unpacked, and what is unpacked is judged as it comes.
"""

import re
import struct
import zipfile
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO

from guiji.core.errors import BatchRefused
from guiji.reading import refusals
from guiji.reading.limits import Limits
from guiji.reading.workbooks import directory
from guiji.reading.workbooks.plain_markup import plain_text

BLOCK = 1 << 20
STORED, DEFLATED = 0, 8
ENCRYPTED = 1
LOCAL_HEADER = 30
NAME = 1024

DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    struct.error,
    UnicodeDecodeError,
)
"""What the zip library raises over damaged files."""

PROLOG = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\s|<\?[^>]*>|<!--.*?-->)*<[A-Za-z_]", re.DOTALL
)
"""What may stand before a document's first element; a DTD is none of it."""

ENCODING = re.compile(rb"encoding=[\"']([\w-]+)")
UTF8 = {b"utf-8", b"us-ascii", b"ascii"}


Blocks = Iterator[bytes]


def normal(part: str) -> str:
    """Return a part's name as readers look it up."""
    return part.replace("\\", "/").lstrip("/").lower()


class Parts:
    """A zip that is open and whose directory was found harmless.

    What is unpacked is written, unpacked, into a second zip. The workbook's reader gets
    that one: it sees the very bytes that were judged, and nothing that was not.
    """

    def __init__(
        self,
        file: zipfile.ZipFile,
        copy: zipfile.ZipFile,
        name: str,
        limits: Limits,
    ) -> None:
        self._file = file
        self._copy = copy
        self._name = name
        self._limits = limits
        _check_entries(file.infolist(), name, limits)
        self._parts = {normal(p.filename): p for p in file.infolist()}
        self._small: dict[str, bytes] = {}

    def names(self) -> list[str]:
        """Name all parts, in normal form."""
        return list(self._parts)

    def size(self, part: str) -> int:
        """Return how many bytes a part has, as the directory states it."""
        return self._parts[part].file_size

    def take_over(self, part: str) -> None:
        """Copy a part as it is, if it exists; its argument is a name, not a text."""
        if part in self._parts:
            deque(self._unpacked(part, NAME), maxlen=0)

    def small(self, part: str) -> bytes:
        """Return a whole part, as `blocks` gives it; empty if there is none."""
        if part in self._parts and part not in self._small:
            most = self._limits.small_part_bytes
            self._small[part] = b"".join(self.blocks(part, most))
        return self._small.get(part, b"")

    def blocks(
        self,
        part: str,
        most: int | None = None,
        before: bytes = b"<",
        changed: Callable[[Blocks], Blocks] = iter,
    ) -> Iterator[bytes]:
        """Unpack a part of XML, once.

        Args:
            part: its name in normal form.
            most: bytes that it may have; None = `limits.part_bytes`.
            before: blocks end where this begins, so that what it opens is whole in
                one; where it is rare, they end with any tag.
            changed: gives what the workbook's reader gets instead of the part.

        Raises:
            BatchRefused: TOO_BIG if it is more than may be or packed too tightly, or
                holds too long a text; UNREADABLE if it is no XML in UTF-8 or brings
                declarations of its own.
        """
        limit = most or self._limits.part_bytes
        return cut(self._unpacked(part, limit, partial(self._text, changed)), before)

    def _text(self, changed: Callable[[Blocks], Blocks], blocks: Blocks) -> Blocks:
        """Return what the workbook's reader gets of a part of XML."""
        return changed(self._judged(plain_text(blocks)))

    def _judged(self, blocks: Blocks) -> Blocks:
        """Refuse what is no XML in UTF-8, and a text that is too long."""
        is_begun, tagless = False, 0
        for block in blocks:
            if not is_begun:
                _check_start(block, self._name)
                is_begun = True
            last = block.rfind(b"<")
            tagless = len(block) - last if last >= 0 else tagless + len(block)
            if tagless > self._limits.tagless_bytes:
                raise refusals.too_big(self._name, "a text is too long")
            yield block

    def _unpacked(
        self, part: str, most: int, changed: Callable[[Blocks], Blocks] = iter
    ) -> Blocks:
        """Unpack a part into the copy, as long as it keeps within its limits.

        Args:
            part: its name in normal form.
            most: bytes that it may have.
            changed: gives what goes into the copy, and out, instead of it.
        """
        info = self._parts[part]
        tight = max(self._limits.ratio_floor, self._limits.ratio * info.compress_size)
        most = min(most, tight)
        name = info.filename.replace("\\", "/")
        with (
            self._file.open(info) as stream,
            self._copy.open(name, "w", force_zip64=True) as copy,
        ):
            for block in changed(self._read(stream, info.file_size, most)):
                copy.write(block)
                yield block

    def _read(self, stream: IO[bytes], stated: int, most: int) -> Blocks:
        unpacked = 0
        while block := stream.read(BLOCK):
            unpacked += len(block)
            if unpacked > most:
                raise refusals.too_big(self._name, "a part unpacks to too much")
            yield block
        if unpacked != stated:
            raise refusals.unreadable(self._name, "a part is not as large as stated")


@contextmanager
def opened(path: Path, copy: Path, name: str, limits: Limits) -> Iterator[Parts]:
    """Open the zip around a workbook, and one for what is unpacked of it.

    Raises:
        BatchRefused: TOO_BIG, ENCRYPTED or UNREADABLE, here or in the block.
    """
    if directory.too_large(path, limits.zip_entries):
        raise refusals.too_big(name, "the directory of the zip is too large")
    try:
        with zipfile.ZipFile(path) as file, zipfile.ZipFile(copy, "w") as unpacked:
            yield Parts(file, unpacked, name, limits)
    except DAMAGED as error:
        raise refusals.unreadable(name, "the zip is damaged") from error


def cut(blocks: Blocks, before: bytes) -> Blocks:
    """Cut a part so that what begins with some bytes is whole in one block.

    Args:
        blocks: of the part, cut anywhere.
        before: what blocks end before; where it is rare, they end before any tag.
    """
    rest = b""
    for block in blocks:
        joined = rest + block if rest else block
        at = max(joined.rfind(before), 0) or max(joined.rfind(b"<"), 0)
        if at:
            yield joined[:at]
        rest = joined[at:]
    yield rest


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
    head = block[:200]
    if not head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        raise _not_utf8(name)
    if b"\0" in head:
        raise _not_utf8(name)
    if not PROLOG.match(block):
        raise refusals.unreadable(name, "a part declares a DTD")
    stated = ENCODING.search(head)
    if stated and stated[1].lower() not in UTF8:
        raise _not_utf8(name)


def _not_utf8(name: str) -> BatchRefused:
    return refusals.unreadable(name, "a part is no XML in UTF-8")
