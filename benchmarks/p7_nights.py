"""P7 and compaction: nights one after another, each compacted, and look-ups after them.

    GUIJI_BENCH_DATA=… python -m benchmarks.p7_nights 45000000 30 [--never]

The warehouse of P3 is loaded if it is not there. After each night stand the CPU seconds
of its merge and of the compaction that follows it as `guiji fold` does, the number of
live files and what the disk grew by; after some of them, P7. `--never` leaves the
compaction out. What is current in the end must be what it was without compaction: the
last line holds it.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import p3_data, p3_peers, p7_show
from benchmarks.p3_merge import Ours
from guiji.context import Context
from guiji.storage import dataset_files
from guiji.storage.table_store import table_store

LOOKED_AT = (0, 1, 7, 15, 30)
"""Nights after which enterprises are shown."""


def lines(
    folder: Path, rows: int, nights: int, *, compacted: bool
) -> Iterator[dict[str, Any]]:
    """Merge nights, compact after each, and look up.

    Args:
        folder: of generated rows and warehouses.
        rows: records of the first load.
        nights: how many, of a million changes each (fewer in a small warehouse).
        compacted: False = leave the compaction out.
    """
    context = Context.current()
    p3_data.load(folder, context.catalog, rows)
    ours = Ours(folder, rows)
    if not ours.data.exists():
        yield ours.line("load", ours.merge(0))
    for number in range(nights + 1):
        if number:
            p3_data.night(folder, context.catalog, rows, number)
            before = ours.listing()
            yield ours.line(f"night {number}", ours.merge(number))
            if compacted:
                cost = ours.run("compact")
                grown = p3_peers.growth(before, ours.data / "warehouse")
                yield ours.line(
                    f"compaction after it, {number}", cost, **_live(), **grown
                )
        if number in LOOKED_AT:
            yield from p7_show.lines(rows, f"after {number} nights")
    yield {"rows": rows, "state": ours.run("state").result["state"]}


def _live() -> dict[str, int]:
    """Count the live files of each kind."""
    snapshot = dataset_files.open_records(table_store(Context.current().settings))
    return dict(Counter(str(f.partition["kind"]) for f in snapshot.files))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int)
    parser.add_argument("nights", type=int)
    parser.add_argument("--never", action="store_true")
    asked = parser.parse_args()
    with p3_data.folder() as home:
        for one in lines(home, asked.rows, asked.nights, compacted=not asked.never):
            print(json.dumps(one, ensure_ascii=False), flush=True)
