"""What a delivery may cost: to be read, and to be given back marked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guiji.catalog.model import Dataset

MIB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """Bounds of reading one file; the defaults admit every honest delivery seen.

    Attributes:
        workbook_bytes: size of a workbook as delivered.
        text_bytes: size of a text file as delivered.
        zip_entries: parts inside a workbook.
        unpacked_bytes: declared size of all parts, unpacked.
        part_bytes: size of one part, unpacked.
        small_part_bytes: the same for parts other than worksheets and strings.
        tagless_bytes: text inside a part without any tag.
        ratio: unpacked to packed size of one part, looked at above `ratio_floor`.
        ratio_floor: bytes below which a part may be packed as tightly as it likes.
        sheets: worksheets of a workbook.
        sheet_rows: rows of a worksheet, blank ones included.
        cells: cells of a worksheet that the file holds, blank ones included.
        box: rows × columns up to the last cell; the reader keeps all of them.
        markup_bytes: size of a table written as HTML or XML.
        rows: rows of a delivery.
        line_bytes: one line of a text file.
        memory_bytes: address space of the child process beyond what it starts with.
        cpu_seconds: processor time of the child process.
        wall_seconds: time after which the child process is ended.
        output_bytes: largest file the child process may write.
        at_once: files of a machine that are read at the same time.
        marked_cells: cells of a workbook, blank ones included, and rows, above which
            its returned copy is a plain one: a cell costs some 50 µs and 0.5 KB.
        returned_seconds: processor time of the process that makes a returned copy.
        whole_cells: cells above which a plain returned workbook has only the rows with
            findings: some 35 µs a cell.
        returned_cells: cells of a returned workbook that has only those rows.
    """

    workbook_bytes: int = 200 * MIB
    text_bytes: int = 1024 * MIB
    zip_entries: int = 2000
    unpacked_bytes: int = 3072 * MIB
    part_bytes: int = 2048 * MIB
    small_part_bytes: int = 64 * MIB
    tagless_bytes: int = MIB
    ratio: int = 200
    ratio_floor: int = 32 * MIB
    sheets: int = 64
    sheet_rows: int = 1_048_576
    cells: int = 40_000_000
    box: int = 64_000_000
    markup_bytes: int = 32 * MIB
    rows: int = 5_000_000
    line_bytes: int = 4 * MIB
    memory_bytes: int = 3072 * MIB
    cpu_seconds: int = 180
    wall_seconds: float = 240.0
    output_bytes: int = 4096 * MIB
    at_once: int = 2
    marked_cells: int = 400_000
    returned_seconds: int = 60
    whole_cells: int = 60_000
    returned_cells: int = 300_000


def of(datasets: Sequence["Dataset"]) -> Limits:
    """Return the limits of a file that may be any of these datasets.

    Args:
        datasets: catalogue entries; what one of them allows is allowed.
    """
    usual = Limits()

    def most(name: str, default: int, unit: int = 1) -> int:
        stated = [getattr(d.limits, name) for d in datasets]
        return max((v * unit if v else default for v in stated), default=default)

    seconds = most("seconds", usual.cpu_seconds)
    return Limits(
        workbook_bytes=most("workbook_mib", usual.workbook_bytes, MIB),
        text_bytes=most("text_mib", usual.text_bytes, MIB),
        rows=most("rows", usual.rows),
        cells=most("cells", usual.cells),
        marked_cells=most("marked_cells", usual.marked_cells),
        cpu_seconds=seconds,
        wall_seconds=seconds * usual.wall_seconds / usual.cpu_seconds,
    )


def returning(bounds: Limits) -> Limits:
    """Return the limits of writing a returned workbook: less work, no less wall time.

    What a busy machine had no time for would come back otherwise on an idle one.
    """
    seconds = min(bounds.cpu_seconds, bounds.returned_seconds)
    return replace(bounds, cpu_seconds=seconds)
