"""Bad files, made when they are needed, each with the verdict that it must get.

A module of this package makes one sort of file and lists them as
`KINDS: dict[str, Nasty]`; `verdict` holds what becomes of one against what must. No
file here is kept in the repository: some are bombs, and a builder says better than
bytes what is wrong with them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Nasty:
    """One kind of bad file.

    Attributes:
        build: writes the file to the path that it is given.
        name: the file as its department named it.
        code: why it is refused; None = it is read.
        says: words that notice and remedy together must hold.
        rows: of a file that is read, its records in order; of each only the columns
            of the text table that matter (`source_row` and `fault` are columns too).
        count: of a file that is read, the number of records; None = as many as `rows`.
        remarks: codes of what the reading states about the file beside its records.
        faults: code, column letter and row numbers of cells whose content was lost.
    """

    build: Callable[[Path], object]
    name: str
    code: str | None = None
    says: tuple[str, ...] = ()
    rows: Sequence[Mapping[str, str | int | None]] = ()
    count: int | None = None
    remarks: tuple[str, ...] = ()
    faults: tuple[tuple[str, str, tuple[int, ...]], ...] = ()
