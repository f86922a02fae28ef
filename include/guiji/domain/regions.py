"""Regions (行政区划) that a credit code may bear.

Codes are for life, regions are not: the table holds abolished counties too, and zones
that GB/T 2260 does not list.
"""

import csv
from pathlib import Path


def load(path: Path) -> frozenset[str]:
    """Read the codes of `catalog/regions.csv`.

    Raises:
        ValueError: a code does not have six digits.
    """
    with path.open(encoding="utf-8", newline="") as file:
        codes = frozenset(line["code"] for line in csv.DictReader(file))
    wrong = sorted(c for c in codes if len(c) != 6 or not c.isdigit())
    if wrong:
        raise ValueError(f"{path}: not six digits: {', '.join(wrong[:5])}")
    return codes
