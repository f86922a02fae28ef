"""P2: text rows become typed rows, against one hand-written DuckDB pass.

    python -m benchmarks.p2_parse 1000000

Both are given the same text table in memory and end with the same typed table in
memory. That it is the same is checked first, column by column, on a small table; what
then counts is the CPU time of the work itself, over all threads. Two amounts of work
are measured: every item read (values, flags, levels, warnings), and the whole of
`parsing`, which adds subjects, keys, SHA-256 of every row, and repeated keys.
"""

import json
import resource
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import measure, p2_data, p2_peer
from guiji.parsing import items
from guiji.parsing.parse import BLOCK, parse, read_items

WARM = 2000
"""Rows parsed before the clock starts, so that imports do not count."""

REGIONS = frozenset(p2_data.REGIONS)
ITEMS, WHOLE = "18 columns parsed and standardised", "the same with record identity"
MODULE = "benchmarks.p2_parse"


def our_items(text: pa.Table) -> pa.Table:
    """Read the items only."""
    known = items.context(
        p2_data.dataset(), p2_data.catalog(), p2_data.KEY, REGIONS, text
    )
    blocks = [
        pa.table({k: v for one in read.values() for k, v in one.columns.items()})
        for block in text.to_batches(max_chunksize=BLOCK)
        for read in [read_items(block, known)]
    ]
    return pa.concat_tables(blocks)


def our_parse(text: pa.Table) -> pa.Table:
    """Parse as the night does."""
    return parse(
        text, p2_data.dataset(), p2_data.catalog(), p2_data.OWNER, p2_data.KEY, REGIONS
    )


def peer_items(text: pa.Table) -> pa.Table:
    """Read the items in DuckDB."""
    return p2_peer.parse(text, identity=False).drop_columns(["row_id"])


def peer_parse(text: pa.Table) -> pa.Table:
    """Do the whole in DuckDB."""
    return p2_peer.parse(text, identity=True)


WAYS: dict[str, Callable[[pa.Table], pa.Table]] = {
    "our_items": our_items,
    "peer_items": peer_items,
    "our_parse": our_parse,
    "peer_parse": peer_parse,
}


def run(rows: int) -> list[dict[str, object]]:
    """Measure all ways of reading so many rows, each in a process of its own."""
    text = p2_data.make(WARM)
    same(our_items(text), peer_items(text))
    same(our_parse(text), peer_parse(text))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "text.parquet"
        p2_data.write(path, rows)
        found = {way: measure.run(["-m", MODULE, way, str(path)]) for way in WAYS}
    return [
        {
            "target": "P2",
            "what": f"{what} ({who})",
            "rows": rows,
            "cpu_seconds": round(found[way].result["cpu"], 2),
            "peak_mb": round(found[way].peak_mb),
            "ratio": round(found[way].result["cpu"] / found[peer].result["cpu"], 2),
        }
        for what, mine, peer in (
            (ITEMS, "our_items", "peer_items"),
            (WHOLE, "our_parse", "peer_parse"),
        )
        for who, way in (("guiji", mine), ("hand-written DuckDB", peer))
    ]


def same(left: pa.Table, right: pa.Table) -> None:
    """Make sure that both ways give the same.

    Raises:
        AssertionError: a column differs.
    """
    assert left.column_names == right.column_names, set(left.column_names) ^ set(
        right.column_names
    )
    for name in left.column_names:
        pairs = zip(left[name].to_pylist(), right[name].to_pylist(), strict=True)
        differing = [pair for pair in pairs if pair[0] != pair[1]]
        assert not differing, (name, len(differing), differing[:3])


def work(way: str, path: Path) -> dict[str, float]:
    """Do the work in this process and tell its CPU seconds."""
    text = pq.read_table(path)
    WAYS[way](text.slice(0, WARM))
    before = resource.getrusage(resource.RUSAGE_SELF)
    typed = WAYS[way](text)
    after = resource.getrusage(resource.RUSAGE_SELF)
    assert len(typed) == len(text)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"cpu": cpu, "rows": len(typed)}


if __name__ == "__main__":
    if sys.argv[1] in WAYS:
        print(json.dumps(work(sys.argv[1], Path(sys.argv[2]))))
    else:
        print(json.dumps(run(int(sys.argv[1])), ensure_ascii=False))
