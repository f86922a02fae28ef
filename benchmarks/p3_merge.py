"""P3 and P4: a night of a million changes into 4.5 and into 45 million records.

    python -m benchmarks.p3_merge 4500000 [--keep] [--without-peers]

A line is a process of its own with everything in it: start, imports, reading of the
catalogue, merge, commit. The load is an ordinary merge of one night with a batch per
block. `written_mb` is what the warehouse grew by; beside night 1 stands its ratio to
the night's own Parquet, the parsed files at the same compression. Of the peers,
`ratio` is their CPU against ours. What is current after night 1 must be the same
everywhere. `p3_data` says what the rows are, `p3_peers` what the peers do.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks import p3_bounds, p3_data, p3_peers, p7_show
from benchmarks.p3_bounds import Bounded
from guiji.catalog.model import Catalog
from guiji.storage.table_store import HIDDEN

MEMORY_MB = 8 * 1024
PATIENCE = 4 * 3600
IN_A_ROW = 7
READERS = 2
WATCHED = 3
"""Enterprises that a reader asks about in each round."""

NIGHT_1 = "ours: night 1"
LIMIT = 2.5


class Ours:
    """Our warehouse of one size.

    It is the one of the environment from now on.
    """

    def __init__(self, folder: Path, rows: int) -> None:
        self.folder = folder
        self.rows = rows
        self.data = folder / f"ours-{rows}"
        p3_bounds.keep_bytecode(folder)
        os.environ["GUIJI_DATA"] = str(self.data)
        os.environ["GUIJI_PERSON_KEY"] = "a key that only benchmarks use"

    def run(self, *argv: str) -> Bounded:
        """Run a way of `p3_ours`.

        Raises:
            RuntimeError: it fails or passes a bound.
        """
        cost = p3_bounds.run(
            ["-m", "benchmarks.p3_ours", *argv],
            seconds=PATIENCE,
            memory_mb=MEMORY_MB,
            spill=self.data / "warehouse" / HIDDEN,
        )
        if cost.unfinished:
            raise RuntimeError(f"{argv}: {cost.unfinished}")
        return cost

    def merge(self, number: int) -> Bounded:
        """Merge a night."""
        return self.run("merge", str(self.folder), str(self.rows), str(number))

    def listing(self) -> dict[Path, int]:
        """List the warehouse's files with their sizes."""
        return p3_peers.listing(self.data / "warehouse")

    def line(self, what: str, cost: Bounded, **more: Any) -> dict[str, Any]:
        """Write a line of the table."""
        return {
            "target": "P3",
            "what": f"ours: {what}",
            "rows": self.rows,
            "cpu_seconds": round(cost.cpu, 1),
            "wall_seconds": round(cost.wall, 1),
            "peak_mb": round(cost.peak_mb),
            "spilled_mb": round(cost.spilled_mb),
            **more,
        }


def run(rows: int) -> list[dict[str, Any]]:
    """Measure one size, peers included; of P7 too, since the warehouse is there."""
    with p3_data.folder() as folder:
        return list(measure(folder, rows))


def measure(
    folder: Path, rows: int, *, peers: bool = True, keep: bool = False
) -> Iterator[dict[str, Any]]:
    """Measure one size, line by line.

    Args:
        folder: of generated rows and warehouses.
        rows: records of the first load.
        peers: measure them too.
        keep: leave our warehouse there, and begin with one that is there.
    """
    from guiji.context import Context

    catalog = Context.current().catalog
    subprocess.run(
        [sys.executable, "-m", "benchmarks.p3_data", str(rows), str(folder)], check=True
    )
    ours = Ours(folder, rows)
    if not keep:
        shutil.rmtree(ours.data, ignore_errors=True)
    cpu = 0.0
    for line in _nights(ours, catalog):
        if line["what"] == NIGHT_1:
            cpu = line["cpu_seconds"]
        yield line
    yield from p7_show.lines(rows, f"after {IN_A_ROW} nights")
    yield _fold(ours)
    yield _aggregate(ours, "folded")
    yield from p7_show.lines(rows, "folded")
    yield from _beside_readers(ours)
    if not keep:
        shutil.rmtree(ours.data)
    if peers:
        for line in p3_peers.run(folder, catalog, rows):
            is_merge = line["what"] in {p.what for p in p3_peers.PEERS.values()}
            ratio = round(line["cpu_seconds"] / cpu, 2) if is_merge else ""
            yield line | {"ratio": ratio}


def growth(lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """P4: how much more night 1 costs in a larger warehouse."""
    nights = [x for x in lines if x["target"] == "P3" and x["what"] == NIGHT_1]
    return [
        {
            "target": "P4",
            "what": f"night 1, CPU against that into {small['rows']:,} (≤ {LIMIT})",
            "rows": large["rows"],
            "cpu_seconds": large["cpu_seconds"],
            "ratio": round(large["cpu_seconds"] / small["cpu_seconds"], 2),
        }
        for small, large in zip(nights, nights[1:], strict=False)
    ]


def _nights(ours: Ours, catalog: Catalog) -> Iterator[dict[str, Any]]:
    cost = ours.merge(0)
    found = p3_peers.growth({}, ours.data / "warehouse")
    yield ours.line("load", cost, **found)
    truth = p3_peers.expected(ours.folder, catalog, ours.rows)
    night = p3_data.night(ours.folder, catalog, ours.rows, 1)
    parquet = sum(block.path.stat().st_size for block in night)
    for number in range(1, IN_A_ROW + 1):
        before = ours.listing()
        cost = ours.merge(number)
        now = ours.listing()
        written = sum(size for path, size in now.items() if path not in before)
        more: dict[str, Any] = p3_peers.growth(before, ours.data / "warehouse")
        if number == 1:
            share = written / parquet
            more["note"] = f"{share:.2f} × the changed rows' own Parquet"
        yield ours.line(f"night {number}", cost, **more)
        if number == 1:
            counted = ours.run("state").result["state"]
            assert counted == truth, (counted, truth)
            yield _aggregate(ours, "after night 1")
    yield _aggregate(ours, f"after {IN_A_ROW} nights")


def _aggregate(ours: Ours, when: str) -> dict[str, Any]:
    cost = ours.run("aggregate")
    line = ours.line(f"aggregate over all current records, {when}", cost)
    found = cost.result
    return line | {
        "cpu_seconds": round(found["cpu"], 1),
        "wall_seconds": round(found["wall"], 1),
    }


def _fold(ours: Ours) -> dict[str, Any]:
    before = ours.listing()
    counted = ours.run("state").result
    cost = ours.run("fold")
    assert ours.run("state").result == counted
    return ours.line("fold", cost, **p3_peers.growth(before, ours.data / "warehouse"))


def _beside_readers(ours: Ours) -> Iterator[dict[str, Any]]:
    """Merge night 8 while others ask; every answer must be of one version."""
    aside = ours.data / "readers"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    codes = p3_data.some_codes(WATCHED)
    stops = [aside / f"stop-{number}" for number in range(READERS)]
    argv = [sys.executable, "-m", "benchmarks.p3_ours", "read"]
    before = ours.run("state").result["state"]
    readers = [
        subprocess.Popen([*argv, str(s), *codes], stdout=subprocess.PIPE, text=True)
        for s in stops
    ]
    for stop, reader in zip(stops, readers, strict=True):
        while not stop.with_name(f"{stop.name}.1").exists():
            assert reader.poll() is None, "a reader ended"
            time.sleep(p3_bounds.PAUSE)
    cost = ours.merge(IN_A_ROW + 1)
    for stop in stops:
        stop.touch()
    answers = [json.loads(reader.communicate()[0]) for reader in readers]
    after = ours.run("state").result["state"]
    for answer in answers:
        assert answer["states"] == [before, after], (answer, before, after)
        assert answer["shows"] <= 2, answer
    rounds = sum(a["rounds"] for a in answers)
    yield ours.line(
        f"night {IN_A_ROW + 1}, folded, beside {READERS} readers",
        cost,
        note=f"{rounds} rounds of answers, each of one version",
    )
    for what in ("state", "show"):
        yield {
            "target": "P3",
            "what": f"ours: {what} beside a merge and another reader",
            "rows": ours.rows,
            "wall_seconds": round(max(a[f"{what}_median"] for a in answers), 2),
            "note": f"most {max(a[f'{what}_most'] for a in answers):.2f} s",
        }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--without-peers", action="store_true")
    asked = parser.parse_args()
    with p3_data.folder() as home:
        for one in measure(
            home, asked.rows, peers=not asked.without_peers, keep=asked.keep
        ):
            print(json.dumps(one, ensure_ascii=False), flush=True)
