"""What a night's look-ups in the register cost, by enterprises known and rows asked.

    python -m benchmarks.register 1000000 [a folder on a disk with room]

Each line is one process that opens the register and compares names, or makes
proposals; CPU seconds without the loading of Python's libraries.
"""

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks import measure
from guiji.checking.register import ORDER, SCHEMA, Register, as_bytes, store
from guiji.domain import fingerprints, repairs

ASKED = (1_000, 100_000)
PREFIX = "贵阳市观山湖区第"


def codes(numbers: np.ndarray) -> pa.Array:
    """Make codes of 18 characters; their checks do not matter here."""
    mixed = (numbers * 7_919) % 10**9
    return pa.array([f"91520100{n:09d}X" for n in mixed.tolist()])


def names(numbers: np.ndarray) -> pa.Array:
    """Make a name for each number."""
    return pa.array([f"{PREFIX}{n}商贸有限公司" for n in numbers.tolist()])


def make(folder: Path, enterprises: int) -> None:
    """Store a register in which each enterprise has a name and an older number."""
    numbers = np.arange(enterprises)
    code = codes(numbers)
    inside = fingerprints.of(pc.utf8_slice_codeunits(code, 8, 17))
    parts = []
    for kind, form in (
        ("name", names(numbers)),
        ("registration_number", pa.array([f"5201{n:011d}" for n in numbers.tolist()])),
    ):
        columns = {
            "uscc": code,
            "kind": pa.repeat(pa.scalar(kind), enterprises),
            "form_id": fingerprints.of(form),
            "organisation_id": inside,
            "is_registered": pa.repeat(pa.scalar(True), enterprises),
            "valid_from": pa.repeat(pa.scalar(18_000, pa.int32()), enterprises),
        }
        table = pa.table({n: pa.array(c) for n, c in columns.items()})
        parts.append(table.cast(SCHEMA))
    ordered = pa.concat_tables(parts).sort_by([(n, "ascending") for n in ORDER])
    store(folder, len(ordered), ordered.to_batches(1 << 18))


def ask(folder: Path, enterprises: int, rows: int) -> dict[str, float]:
    """Ask once as a check does; the second time the pages are in memory."""
    chosen = np.random.default_rng(7).integers(0, enterprises, rows)
    code, name = codes(chosen), names(chosen)
    cpu = time.process_time()
    register = Register.latest(folder)
    if register is None:
        raise FileNotFoundError(folder)
    opened = time.process_time()
    known = register.of_codes(code)
    same = register.column("form_id", known.rows) == fingerprints.of(name)[known.asked]
    if same.sum() != rows:
        raise ValueError(f"{same.sum()} of {rows} names were found")
    compared = time.process_time()
    found = register.of_forms(fingerprints.of(name), "name")
    short = pc.utf8_slice_codeunits(code, 0, 17).take(pa.array(found.asked))
    beside = register.column("uscc", found.rows).astype("U")
    fit = repairs.fits(short, pa.array(beside, pa.string()))
    if len(np.unique(found.asked[fit])) != rows or len(as_bytes(code)) != rows:
        raise ValueError("a damaged code was not found again by its name")
    return {
        "open": opened - cpu,
        "names": compared - opened,
        "proposals": time.process_time() - compared,
    }


def lines(enterprises: int, folder: Path) -> Iterator[dict[str, Any]]:
    """Measure one size."""
    made = measure.run(
        ["-m", "benchmarks.register", "make", str(folder), str(enterprises)]
    )
    size = sum(f.stat().st_size for f in (folder / "1").iterdir()) >> 20
    yield {
        "what": "register: made from a table in memory",
        "rows": enterprises,
        "cpu_seconds": round(made.cpu, 1),
        "note": f"{size} MiB",
    }
    for rows in ASKED:
        words = ["ask", str(folder), str(enterprises), str(rows)]
        told = measure.run(["-m", "benchmarks.register", *words]).result
        for what, cpu in told.items():
            yield {
                "what": f"register: {what}, {rows} rows",
                "rows": enterprises,
                "cpu_seconds": round(cpu, 3),
            }


def main() -> None:
    """Measure, or be one of the measured processes."""
    match sys.argv[1:]:
        case ["make", folder, enterprises]:
            make(Path(folder) / "1", int(enterprises))
        case ["ask", folder, enterprises, rows]:
            print(json.dumps(ask(Path(folder), int(enterprises), int(rows))))
        case [enterprises, *where]:
            with tempfile.TemporaryDirectory(dir=where[0] if where else None) as aside:
                for line in lines(int(enterprises), Path(aside)):
                    print(line, flush=True)
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    main()
