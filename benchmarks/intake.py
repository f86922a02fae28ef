"""Intake end to end: from a department's inbox to text in Parquet, many files and big.

    python -m benchmarks.intake

A thousand CSV files of 30 kB and one of 200 MB are claimed from local folders and from
a real OpenSSH server on loopback (hash, landing, ledger), then read as a night reads
them, each in a process of its own. Checking and merging are P1, P3 and P10.
"""

import json
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks import measure, p6_data
from guiji.catalog import load
from guiji.context import NightContext
from guiji.core import settings as settings_module
from guiji.core.settings import Settings
from guiji.intake import landing
from guiji.intake.claim import claim_files
from guiji.ledger.ledger import Ledger
from guiji.reading.processes import children
from guiji.reading.read import read_file

MODULE = "benchmarks.intake"
NIGHT = date(2026, 11, 20)
SERVERS = Path(__file__).parents[1] / "tests"
DEPARTMENT = "transport"
"""A department of the catalogue that the server of the tests knows."""

SIZES = {"1,000 files of 30 kB": (1000, 100), "a file of 200 MB": (1, 645_000)}
"""What -> number of files, rows of each."""


def generate(folder: Path, number: int, rows: int) -> None:
    """Write files of as many rows each, no two alike."""
    whole = folder.with_name("whole.csv")
    p6_data.write(whole, number * rows, "gb18030")
    folder.mkdir(parents=True, exist_ok=True)
    with whole.open("rb") as source:
        header = source.readline()
        for name in range(number):
            with (folder / f"行政许可信息{name}.csv").open("wb") as file:
                file.write(header)
                file.writelines(source.readline() for _ in range(rows))
    whole.unlink()


@contextmanager
def inbox(way: str, drops: Path, data: Path) -> Iterator[None]:
    """Lay the files into an inbox, here or on a server."""
    if way == "folder":
        shutil.copytree(drops, data / "inbox" / DEPARTMENT)
        yield
        return
    sys.path.insert(0, str(SERVERS))
    from servers import sshd

    with sshd.running() as server:
        target = server.drop / DEPARTMENT / "inbox"
        shutil.copytree(drops, target, dirs_exist_ok=True)
        os.environ["AIRFLOW_CONN_GUIJI_SFTP_PULL"] = server.connection("pull")
        yield


def spent() -> tuple[float, float]:
    """Return the clock, and the CPU seconds of this process and its ended children."""
    used = [
        resource.getrusage(who)
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    return time.perf_counter(), sum(u.ru_utime + u.ru_stime for u in used)


def work(way: str, drops: Path, data: Path) -> dict[str, Any]:
    """Claim and read everything in this process; tell what each cost."""
    now = replace(
        settings_module.current(), data=data, ledger_url=f"sqlite:///{data}/ledger.db"
    )
    found: dict[str, Any] = {}
    with inbox(way, drops, data):
        start = spent()
        ledger = Ledger.open(now)
        claimed = claim_files(
            NightContext(now, NIGHT, catalog=load.load(now), ledger=ledger),
            settle_seconds=0,
        )
        middle = spent()
    found["claim"] = [b - a for a, b in zip(start, middle, strict=True)]
    middle = spent()
    found["rows"] = _read(now, ledger, claimed)
    children.end()
    found["read"] = [b - a for a, b in zip(middle, spent(), strict=True)]
    found["files"] = len(claimed)
    return found


def _read(now: Settings, ledger: Ledger, claimed: list[str]) -> int:
    rows = 0
    for identity in claimed:
        delivery = ledger.delivery(identity)
        out = now.batches / identity
        original = landing.original(now, delivery.sha256)
        own, slots = [p6_data.dataset()], now.data / ".reading"
        rows += read_file(original, delivery.name, own, out, slots=slots).rows_read
    return rows


def run() -> list[dict[str, Any]]:
    """Measure both sizes and both inboxes, each in a process of its own."""
    lines = []
    for what, (number, rows) in SIZES.items():
        for way in ("folder", "SFTP"):
            with tempfile.TemporaryDirectory() as name:
                drops, data = Path(name) / "drops", Path(name) / "data"
                generate(drops, number, rows)
                told = measure.run(["-m", MODULE, way, str(drops), str(data)])
            assert told.result["rows"] == number * rows, told.result
            for stage in ("claim", "read"):
                wall, cpu = told.result[stage]
                lines.append(
                    {
                        "target": "intake",
                        "what": f"{what}, {way}: {stage}",
                        "rows": number * rows,
                        "cpu_seconds": round(cpu, 1),
                        "wall_seconds": round(wall, 1),
                        "peak_mb": round(told.peak_mb),
                    }
                )
    return lines


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(work(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))))
    else:
        for line in run():
            print(line)
