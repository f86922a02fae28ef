"""The register of known enterprises, as a check asks it: by code, number or name.

A register has tens of millions of statements, and a night asks it for each of
hundreds of deliveries. So its columns lie on disk as plain arrays, in the order of the
organisation codes, beside an index by name and number; they are mapped, not read, and
a look-up touches the few pages that a binary search passes. Opening costs the same
for a hundred enterprises and for six million.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from guiji.catalog.vocabulary import IdentifierKind
from guiji.domain import columns, fingerprints, uscc
from guiji.domain.columns import Rows
from guiji.domain.fingerprints import Fingerprints

NAME = "name"
KINDS = (NAME, *IdentifierKind)
"""What may be stated of a code; positions in it are what is stored."""

SCHEMA = pa.schema(
    [
        ("uscc", pa.string()),
        ("kind", pa.string()),  # of KINDS
        ("form_id", pa.int64()),  # fingerprint of the value's form for comparison
        ("organisation_id", pa.int64()),  # of the organisation code in the code
        ("is_registered", pa.bool_()),  # stated by the registration
        ("valid_from", pa.date32()),  # first day for which it was stated
    ]
)
"""One row per statement of a name or a number for a code."""

ORDER = ("organisation_id", "uscc", "kind", "valid_from", "form_id")
DTYPES = {
    "uscc": f"S{uscc.LENGTH}",
    "kind": "i1",
    "form_id": "i8",
    "organisation_id": "i8",
    "is_registered": "?",
    "valid_from": "i4",  # days since 1970-01-01; UNKNOWN = null
}
UNKNOWN = np.iinfo(np.int32).min
FORMS, FORM_ROWS = "forms", "form_rows"
"""The index: fingerprints in their order, and the statement of each."""

Column = NDArray[Any]


@dataclass(frozen=True)
class RegisterMatches:
    """Statements found for a column of questions.

    Attributes:
        asked: position of the question, ascending; one with two answers is here twice.
        rows: the statement's row in the register.
    """

    asked: Rows
    rows: Rows

    def where(self, chosen: NDArray[np.bool_]) -> "RegisterMatches":
        """Return a subset of the matches."""
        return RegisterMatches(self.asked[chosen], self.rows[chosen])


class Register:
    """A register in a folder that `store` wrote; open as long as it is referred to."""

    def __init__(self, folder: Path) -> None:
        """Map the columns.

        Raises:
            FileNotFoundError: the folder is gone, because there is a newer one.
        """
        self._columns = {name: _mapped(folder / f"{name}.npy") for name in DTYPES}
        self._forms = _mapped(folder / f"{FORMS}.npy")
        self._form_rows = _mapped(folder / f"{FORM_ROWS}.npy")

    @classmethod
    def of(cls, statements: pa.Table, folder: Path) -> Self:
        """Store a small register and open it.

        Args:
            statements: columns of `SCHEMA`, in any order.
            folder: is made.
        """
        ordered = statements.sort_by([(name, "ascending") for name in ORDER])
        store(folder, len(ordered), ordered.to_batches())
        return cls(folder)

    @classmethod
    def latest(cls, folder: Path) -> Self | None:
        """Open the newest of the registers in a folder; None = there is none."""
        for path in versions(folder):
            try:
                return cls(path)
            except FileNotFoundError:  # a newer one took its place meanwhile
                continue
        return None

    def __len__(self) -> int:
        return len(self._columns["uscc"])

    def of_codes(self, codes: pa.Array) -> RegisterMatches:
        """Find what is stated of codes.

        Args:
            codes: n credit codes; null and what has not 18 characters finds nothing.
        """
        wanted = as_bytes(codes)
        numbers = columns.combine(codes)
        inside = pc.utf8_slice_codeunits(numbers, 8, 17)
        matches = self.of_organisations(fingerprints.of(inside))
        same = self.column("uscc", matches.rows) == wanted[matches.asked]
        return matches.where(same)

    def of_organisations(self, ids: Fingerprints) -> RegisterMatches:
        """Find what is stated of codes that hold organisation codes."""
        return RegisterMatches(*_search(self._columns["organisation_id"], ids))

    def of_forms(self, ids: Fingerprints, kind: str) -> RegisterMatches:
        """Find the statements of names, or of numbers of a kind.

        Args:
            ids: n fingerprints of the values' forms for comparison.
            kind: of `KINDS`.
        """
        asked, places = _search(self._forms, ids)
        matches = RegisterMatches(asked, self._form_rows[places].astype(np.int64))
        return matches.where(self.column("kind", matches.rows) == KINDS.index(kind))

    def column(self, name: str, rows: Rows) -> Column:
        """Return one column of some statements, as it is stored."""
        values: Column = self._columns[name][rows]
        return values

    def statements(self, rows: Rows) -> pa.Table:
        """Return statements as columns of `SCHEMA`."""
        values = {name: self.column(name, rows) for name in DTYPES}
        days = values["valid_from"]
        return pa.table(
            {
                **values,
                "uscc": pa.array(values["uscc"]).cast(pa.string()),
                "kind": columns.lookup(KINDS, values["kind"]),
                "valid_from": pa.array(days, pa.int32(), mask=days == UNKNOWN).cast(
                    pa.date32()
                ),
            },
            SCHEMA,
        )


def as_bytes(codes: pa.Array | pa.ChunkedArray) -> Column:
    """Return credit codes as 18 bytes each; empty for what has another length."""
    codes = columns.combine(codes)
    view = columns.view(codes)
    rows = np.flatnonzero(view.lengths == uscc.LENGTH)
    array = np.zeros(len(codes), DTYPES["uscc"])
    matrix = np.ascontiguousarray(view.matrix(rows, uscc.LENGTH))
    array[rows] = matrix.view(DTYPES["uscc"]).ravel()
    return array


def versions(folder: Path) -> list[Path]:
    """List the registers in a folder, named by the state that they show, newest first.

    Args:
        folder: may be absent.
    """
    folders = [path for path in folder.glob("*") if path.name.isdigit()]
    return sorted(folders, key=lambda path: int(path.name), reverse=True)


def store(folder: Path, size: int, batches: Iterable[pa.RecordBatch]) -> None:
    """Write a register.

    Args:
        folder: is made; it must not exist.
        size: rows in all batches.
        batches: columns of `SCHEMA`, sorted by `ORDER`; codes have 18 characters.
    """
    folder.mkdir(parents=True)
    arrays = {
        name: np.lib.format.open_memmap(
            folder / f"{name}.npy", "w+", np.dtype(kind), (size,)
        )
        for name, kind in DTYPES.items()
    }
    done = 0
    for batch in batches:
        for name, values in _values(batch).items():
            arrays[name][done : done + len(batch)] = values
        done += len(batch)
    if done != size:
        raise ValueError(f"{done} rows of a register of {size}")
    order = np.argsort(arrays["form_id"], kind="stable").astype(np.int32)
    np.save(folder / f"{FORMS}.npy", arrays["form_id"][order])
    np.save(folder / f"{FORM_ROWS}.npy", order)
    for column in arrays.values():
        column.flush()


def _values(batch: pa.RecordBatch) -> dict[str, Column]:
    kinds = pc.index_in(batch["kind"], value_set=pa.array(KINDS))
    days = batch["valid_from"].cast(pa.int32()).fill_null(int(UNKNOWN))
    plain = ("form_id", "organisation_id", "is_registered")
    return {
        **{name: np.asarray(batch[name]) for name in plain},
        "uscc": as_bytes(batch["uscc"]),
        "kind": kinds.to_numpy(),
        "valid_from": days.to_numpy(),
    }


def _mapped(path: Path) -> Column:
    array: Column = np.load(path, mmap_mode="r", allow_pickle=False)
    return array


def _search(ordered: Column, wanted: Fingerprints) -> tuple[Rows, Rows]:
    """Find every place of each number in a sorted column: its position, the place."""
    order = np.argsort(
        wanted
    )  # neighbours share pages, which makes it ten times cheaper
    first, last = np.empty_like(wanted), np.empty_like(wanted)
    first[order] = np.searchsorted(ordered, wanted[order], "left")
    last[order] = np.searchsorted(ordered, wanted[order], "right")
    count = last - first
    asked = np.repeat(np.arange(len(wanted)), count)
    begun = np.cumsum(count) - count
    places = np.arange(len(asked)) - np.repeat(begun - first, count)
    return asked, places
