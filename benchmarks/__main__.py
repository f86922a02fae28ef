"""`python -m benchmarks [ROWS …]`: run everything, print one table, keep it as page."""

import argparse
import platform
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks import (
    p1_checking,
    p2_parse,
    p3_merge,
    p5_workbook,
    p6_text,
    p8_publication,
    p10_night,
    p11_check,
)

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
COLUMNS = (
    *("target", "what", "rows", "cpu_seconds", "wall_seconds", "peak_mb"),
    *("spilled_mb", "written_mb", "files", "ratio", "note"),
)
DELIVERED = (100_000, 1_000_000)
"""Rows of a delivery or a night."""

HELD = (4_500_000, 45_000_000)
"""Records of a warehouse."""

INTRODUCTION = """# Benchmarks

`make bench` measures and writes this page. Every line is a process of its own; CPU
seconds are user + system as the kernel counts them; `ratio` is CPU against the line of
the same target and size that the module under `benchmarks/` names. Machines are
shared and noisy: compare lines of one run.

"""


def table(lines: Iterable[dict[str, Any]]) -> str:
    """Write lines as a Markdown table."""
    cells = [[str(line.get(column, "")) for column in COLUMNS] for line in lines]
    rows = [" | ".join(row) for row in [COLUMNS, ["---"] * len(COLUMNS), *cells]]
    return "\n".join(f"| {row} |" for row in rows)


def main() -> None:
    """Measure every size asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="*")
    parser.add_argument(
        "--only", choices=["p1", "p2", "p3", "p5", "p6", "p8", "p10", "p11"]
    )
    chosen = parser.parse_args()
    modules = {
        "p1": (p1_checking.run, p1_checking.SIZES),
        "p2": (p2_parse.run, DELIVERED),
        "p3": (p3_merge.run, HELD),  # P4 and P7 are of the same warehouses
        "p5": (p5_workbook.run, (p5_workbook.ROWS,)),
        "p6": (p6_text.run, (1_000_000,)),
        "p8": (p8_publication.run, (p8_publication.RECORDS,)),
        "p10": (p10_night.run_night, DELIVERED),
        "p11": (p11_check.run, (p11_check.ROWS,)),
    }
    lines: list[dict[str, Any]] = []
    for name, (measure, sizes) in modules.items():
        for rows in chosen.rows or sizes:
            if chosen.only in (None, name):
                found = list(measure(rows))
                print(table(found), flush=True)
                lines += found
    grown = p3_merge.growth(lines)
    if grown:
        print(table(grown))
    if chosen.only is None:
        machine = f"Python {platform.python_version()}, {platform.machine()}"
        PAGE.write_text(
            f"{INTRODUCTION}{machine}.\n\n{table(lines + grown)}\n", "utf-8"
        )


if __name__ == "__main__":
    main()
