"""What a delivery may cost before it is refused."""

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """Bounds of reading one file; the defaults admit every honest delivery seen.

    Attributes:
        workbook_bytes: size of a workbook as delivered.
        text_bytes: size of a text file as delivered.
        zip_entries: parts inside a workbook.
        unpacked_bytes: declared size of all parts, unpacked.
        ratio: unpacked to packed size of one part, looked at above `ratio_floor`.
        ratio_floor: bytes below which a part may be packed as tightly as it likes.
        sheets: worksheets of a workbook.
        rows: rows of a delivery.
        line_bytes: one line of a text file.
        memory_bytes: address space of the child process beyond what it starts with.
        cpu_seconds: processor time of the child process.
        wall_seconds: time after which the child process is ended.
        output_bytes: largest file the child process may write.
    """

    workbook_bytes: int = 200 * MIB
    text_bytes: int = 1024 * MIB
    zip_entries: int = 2000
    unpacked_bytes: int = 3072 * MIB
    ratio: int = 200
    ratio_floor: int = 32 * MIB
    sheets: int = 64
    rows: int = 5_000_000
    line_bytes: int = 4 * MIB
    memory_bytes: int = 3072 * MIB
    cpu_seconds: int = 180
    wall_seconds: float = 240.0
    output_bytes: int = 4096 * MIB
