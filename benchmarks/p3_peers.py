"""Peers of P3: the same night merged into the same rows by what others offer.

    python -m benchmarks.p3_peers 4500000 [rewrite lake merge …]

Each merge is a process of its own with bounds on memory and time; one that passes them
is reported as not finished. What the others end with is compared with what the rows
themselves say. `p3_rows` says how their table looks.
"""

import argparse
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import p3_bounds, p3_data, p3_lake, p3_rows
from benchmarks.p3_bounds import Bounded
from guiji.catalog.model import Catalog
from guiji.warehouse.models import literal

MEMORY_MB = 16 * 1024
LEFT_MB = 3 * 1024
"""Memory that is left to the rest of the machine."""

PATIENCE = 3600
UPSERT_PATIENCE = 230
"""Seconds that a merge, and pyiceberg's upsert, may take."""

SMALL = 4_500_000
"""What reads and writes whole partitions in Python is measured up to this size."""

UV = Path(__file__).parents[1] / ".venv" / "uv" / "bin" / "uv"


@dataclass(frozen=True)
class Peer:
    """A way to merge.

    Attributes:
        what: the line of the table.
        module: what does it.
        way: its argument.
        options: more for its job.
        largest: rows of the largest warehouse it is tried on.
        seconds: how long it may take.
        is_read: measure reading its table too.
    """

    what: str
    module: str
    way: str
    options: dict[str, Any]
    largest: int = p3_data.WHOLE
    seconds: float = PATIENCE
    is_read: bool = False


PEERS = {
    "rewrite": Peer(
        "every touched bucket rewritten by DuckDB, committed by delta-rs",
        "p3_rewrite", "rewrite", {}, is_read=True,
    ),
    "lake": Peer("DuckLake MERGE (duckdb 1.5.5)", "p3_lake", "merge", {}, is_read=True),
    "merge": Peer(
        "delta-rs MERGE, 4 GiB then spilling", "p3_rewrite", "merge",
        {"spill_bytes": 4 * 2**30},
    ),
    "merge_unbounded": Peer(
        "delta-rs MERGE, no spilling", "p3_rewrite", "merge", {}, SMALL
    ),
    "overwrite": Peer(
        "touched Iceberg partitions overwritten by pyiceberg, merged by DuckDB",
        "p3_iceberg", "overwrite", {}, SMALL,
    ),
    "upsert_some": Peer(
        "pyiceberg upsert of 1,000 of the night's rows", "p3_iceberg", "upsert",
        {"first": 1000}, SMALL, UPSERT_PATIENCE,
    ),
    "upsert": Peer(
        "pyiceberg upsert", "p3_iceberg", "upsert",
        {"first": p3_data.CHANGES}, SMALL, UPSERT_PATIENCE,
    ),
}  # fmt: skip


class Bench:
    """One warehouse size, its rows and its working folder."""

    def __init__(self, folder: Path, catalog: Catalog, rows: int) -> None:
        p3_bounds.keep_bytecode(folder)
        self.rows = rows
        self.work = folder / f"peers-{rows}"
        self.spill = self.work / "spill"
        self.sorted = self.work / "sorted"
        loaded = p3_data.load(folder, catalog, rows)
        changed = p3_data.night(folder, catalog, rows, 1)
        self.loaded = peer_rows(catalog, loaded, 0)
        self.changed = peer_rows(catalog, changed, 1)
        self.codes = p3_data.some_codes(50)

    def run(
        self, module: str, way: str, table: Path, seconds: float, **more: Any
    ) -> Bounded:
        """Run one job in a process of its own."""
        shutil.rmtree(self.spill, ignore_errors=True)
        self.spill.mkdir(parents=True)
        job = self.work / "job.json"
        asked = {"way": way, "table": str(table), "spill": str(self.spill), **more}
        job.write_text(json.dumps(asked), "utf-8")
        return p3_bounds.run(
            ["-m", f"benchmarks.{module}", str(job)],
            seconds=seconds,
            memory_mb=min(MEMORY_MB, _available_mb() - LEFT_MB),
            spill=self.spill,
            python=self._python(module),
        )

    def _python(self, module: str) -> Path | None:
        """Return the interpreter of DuckLake, made where it is missing."""
        if module != "p3_lake":
            return None
        home = self.work.parent / "ducklake-environment"
        python = home / "bin" / "python"
        if not python.exists():
            subprocess.run([UV, "venv", "-q", home], check=True)
            install = [UV, "pip", "install", "-q", "--python", python]
            subprocess.run([*install, *p3_lake.PACKAGES], check=True)
        return python

    def line(self, what: str, cost: Bounded, **more: Any) -> dict[str, Any]:
        """Write a line of the table."""
        return {
            "target": "P3",
            "what": what,
            "rows": self.rows,
            "cpu_seconds": round(cost.cpu, 1),
            "wall_seconds": round(cost.wall, 1),
            "peak_mb": round(cost.peak_mb),
            "spilled_mb": round(cost.spilled_mb),
            **more,
            **({"note": cost.unfinished} if cost.unfinished else {}),
        }


def run(
    folder: Path, catalog: Catalog, rows: int, chosen: Sequence[str] = tuple(PEERS)
) -> Iterator[dict[str, Any]]:
    """Measure peers at one size.

    Raises:
        AssertionError: one of them ends with other rows than there should be.
    """
    bench = Bench(folder, catalog, rows)
    shutil.rmtree(bench.work, ignore_errors=True)
    bench.work.mkdir(parents=True)
    truth = expected(folder, catalog, rows)
    cost = bench.run("p3_rewrite", "load", bench.sorted, PATIENCE, rows=bench.loaded)
    yield bench.line("load of 64 sorted buckets", cost, **growth({}, bench.sorted))
    for name in chosen:
        if rows <= PEERS[name].largest:
            yield from _measure(bench, PEERS[name], truth)
    shutil.rmtree(bench.work)


def _measure(bench: Bench, peer: Peer, truth: list[int]) -> Iterator[dict[str, Any]]:
    table = bench.work / "table"
    try:
        yield from _prepare(bench, peer, table)
    except (subprocess.CalledProcessError, OSError) as error:
        yield bench.line(peer.what, NOTHING, note=f"not available: {error}")
        return
    before = listing(table)
    cost = bench.run(
        peer.module, peer.way, table, peer.seconds, rows=bench.changed, **peer.options
    )
    yield bench.line(peer.what, cost, **growth(before, table))
    if cost.unfinished is None and peer.options.get("first") != 1000:
        counted = bench.run(peer.module, "state", table, PATIENCE)
        assert counted.result["state"] == truth, (peer.what, counted, truth)
        if peer.is_read:
            yield from _read(bench, peer, table)
    shutil.rmtree(table)


def _prepare(bench: Bench, peer: Peer, table: Path) -> Iterator[dict[str, Any]]:
    """Make the table that a peer begins with."""
    if peer.module == "p3_rewrite":
        shutil.copytree(bench.sorted, table, copy_function=os.link)
        return
    cost = bench.run(peer.module, "load", table, PATIENCE, sorted=str(bench.sorted))
    name = peer.module.removeprefix("p3_")
    yield bench.line(f"load of the same into {name}", cost, **growth({}, table))


def _read(bench: Bench, peer: Peer, table: Path) -> Iterator[dict[str, Any]]:
    cost = bench.run(peer.module, "read", table, PATIENCE, codes=bench.codes)
    assert cost.unfinished is None, cost
    found = cost.result
    yield {
        "target": "P3",
        "what": f"aggregate over all rows: {peer.what}",
        "rows": bench.rows,
        "cpu_seconds": round(found["aggregate_cpu"], 1),
        "wall_seconds": round(found["aggregate_wall"], 1),
    }
    yield {
        "target": "P7",
        "what": f"the rows of one subject, warm: {peer.what}",
        "rows": bench.rows,
        "cpu_seconds": round(found["lookup_cpu"], 3),
        "wall_seconds": round(found["lookup_median"], 3),
        "note": f"most {found['lookup_most']:.3f} s",
    }


def peer_rows(catalog: Catalog, blocks: Sequence[p3_data.Block], number: int) -> str:
    """Write the SELECT that turns parsed rows into rows of the peers' table.

    Args:
        catalog: items and owners.
        blocks: files of parsed rows.
        number: of the night; 0 = the load.
    """
    night = p3_data.day(number)
    selects = []
    for name in p3_data.MILLIONS:
        dataset = catalog.datasets[name]
        paths = [str(block.path) for block in blocks if block.dataset == name]
        batch = f"{night}-{dataset.providers[0]}-{name}"
        made = {
            "version_id": f"left(sha256(concat_ws('|', record_id, '{batch}', "
            "source_sheet, source_row)), 20)",
            "dataset": literal(name),
            "owner": literal(dataset.providers[0]),
            "uscc": dataset.subject.uscc,
            "enterprise_name": dataset.subject.name,
            "received_at": f"timestamptz '{night} 12:00:00+00'",
            "merged_night": literal(night),
            "batch_id": literal(batch),
        }
        platform = [f"{made.get(c, c)} as {c}" for c in p3_rows.PLATFORM]
        items = ", ".join(
            f"coalesce({item.id}::varchar, '')"
            for item in dataset.items
            if item.id not in p3_rows.PLATFORM
        )
        selects.append(
            f"select {', '.join(platform)}, concat_ws(chr(31), {items}) as payload "
            f"from read_parquet({paths})"
        )
    return " union all ".join(selects)


def expected(folder: Path, catalog: Catalog, rows: int) -> list[int]:
    """Work out what must be there after night 1, from the rows themselves.

    Returns:
        As `p3_rows.STATE`.
    """
    loaded = peer_rows(catalog, p3_data.load(folder, catalog, rows), 0)
    changed = peer_rows(catalog, p3_data.night(folder, catalog, rows, 1), 1)
    with p3_rows.connect(str(folder / "expected"), "2GB") as connection:
        found = connection.execute(f"""
            with held as (select {p3_rows.STATE} from ({loaded})),
            hit as (
                select n.operation, n.content_hash, o.operation as held_operation,
                    o.content_hash as held_hash, o.record_id is null as is_new,
                    o.record_id is null or {p3_rows.NEWER} as wins
                from ({changed}) as n
                left join ({loaded}) as o using (record_id)
            ),
            came as (
                select {p3_rows.STATE} from hit where wins
            ),
            gone as (
                select {p3_rows.STATE} from (
                    select held_operation as operation, held_hash as content_hash
                    from hit where wins and not is_new
                )
            )
            select held.records + came.records - gone.records,
                held.revoked + came.revoked - gone.revoked,
                held.fingerprint + came.fingerprint - gone.fingerprint
            from held, came, gone
        """).fetchall()
    return list(found[0])


def listing(folder: Path) -> dict[Path, int]:
    """List files below a folder with their sizes."""
    return {p: p.stat().st_size for p in folder.rglob("*") if p.is_file()}


def growth(before: dict[Path, int], folder: Path) -> dict[str, int]:
    """Return what was written into a folder, MiB, and how many data files."""
    new = {p: s for p, s in listing(folder).items() if p not in before}
    data = [p for p in new if p.suffix == ".parquet"]
    return {"written_mb": round(sum(new.values()) / 2**20), "files": len(data)}


def _available_mb() -> float:
    lines = Path("/proc/meminfo").read_text().splitlines()
    (line,) = [x for x in lines if x.startswith("MemAvailable")]
    return int(line.split()[1]) / 1024


NOTHING = Bounded(0.0, 0.0, 0.0, 0.0, None, None)

if __name__ == "__main__":
    from guiji.context import Context

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int)
    parser.add_argument("peers", nargs="*")
    asked = parser.parse_args()
    with p3_data.folder() as home:
        for one in run(
            home, Context.current().catalog, asked.rows, asked.peers or tuple(PEERS)
        ):
            print(json.dumps(one, ensure_ascii=False), flush=True)
