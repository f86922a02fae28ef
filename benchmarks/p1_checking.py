"""P1: a verdict on 28 rules with every faulty row, the staged table given.

    python -m benchmarks.p1_checking 1000000

Ours is the whole check of a batch: verdict of Great Expectations, findings with address
and wording, quarantine with content. The peers end with the row numbers only. All are
given the same table, mapped into memory, and must count the same faults for every rule;
what counts is the CPU time of the check, over all threads, after a first small one.
pandera is measured twice: with the flags of the staged table it has little left to do,
so it is also made to work them out of the text, as it would have to in our place.
Frictionless reads files only: it is given the table as CSV, flags included. `peak_mb`
is the most that the process of a way held, its first small check included.
"""

import json
import logging
import resource
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa

from benchmarks import measure, p1_data, p1_frictionless, p1_peers
from guiji.checking.validator import BatchInput, Validator
from guiji.core.settings import Settings

WARM = 2000
"""Rows checked before the clock starts, so that imports do not count."""

SIZES = (100_000, 1_000_000, 5_000_000)
RULES = 28

Prepare = Callable[[pa.Table], Any]
Check = Callable[[Any], dict[str, int]]

WHAT = {
    "ours": "Great Expectations on DuckDB: verdict, findings, quarantine",
    "gx_pandas": "Great Expectations on pandas, every faulty row",
    "pandera_alone": "pandera on polars, finding out the facts by itself",
    "pandera": "pandera on polars, given every fact as a flag",
    "frictionless": "Frictionless on CSV, given every fact as a flag",
}


def run(rows: int) -> list[dict[str, object]]:
    """Measure all ways of checking so many rows.

    Raises:
        AssertionError: two ways count differently.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "typed.arrow"
        p1_data.write(path, rows)
        found = {
            way: measure.run(["-m", __spec__.name, way, str(path)]) for way in WHAT
        }
    counts = {way: one.result["counts"] for way, one in found.items()}
    for way, counted in counts.items():
        differing = set(counted.items()) ^ set(counts["ours"].items())
        assert not differing, (way, sorted(differing))
    cpu = {way: one.result["cpu"] for way, one in found.items()}
    return [
        {
            "target": "P1",
            "what": WHAT[way],
            "rows": rows,
            "cpu_seconds": round(cpu[way], 2),
            "peak_mb": round(one.result["peak_mb"]),
            "ratio": round(cpu["ours"] / cpu[way], 2),
        }
        for way, one in found.items()
    ]


def work(way: str, path: Path) -> dict[str, object]:
    """Check a table once in this process and say what it cost."""
    with tempfile.TemporaryDirectory() as folder:
        ways: dict[str, tuple[Prepare, Check]] = {
            "ours": (_delivered, _ours(Path(folder))),
            "gx_pandas": (p1_peers.pandas_frame, p1_peers.great_expectations_pandas),
            "pandera_alone": (p1_peers.polars_frame, p1_peers.pandera_polars_alone),
            "pandera": (p1_peers.polars_frame, p1_peers.pandera_polars),
            "frictionless": (p1_frictionless.csv_file, p1_frictionless.validate),
        }
        prepare, check = ways[way]
        check(prepare(p1_data.make(WARM)))
        given = prepare(pa.ipc.open_file(pa.memory_map(str(path))).read_all())
        before = _cpu()
        counts = check(given)
        cpu = _cpu() - before
    broken = {rule: count for rule, count in sorted(counts.items()) if count}
    return {"cpu": cpu, "peak_mb": _peak_mb(), "counts": broken}


def _delivered(typed: pa.Table) -> tuple[pa.Table, pa.Table]:
    return p1_data.text(typed), typed


def _ours(folder: Path) -> Check:
    settings = Settings(folder, folder, "guiyang", "sqlite://", folder)
    validator = Validator(settings, p1_data.catalog())
    batch = BatchInput("p1", p1_data.NIGHT, "transport", "penalty", "p1.csv")

    def check(given: tuple[pa.Table, pa.Table]) -> dict[str, int]:
        text, typed = given
        result = validator.check(batch, text, typed, p1_data.reading(len(typed)))
        assert len(result.findings) == sum(result.rule_counts.values())
        assert len(result.rule_counts) == RULES
        return {k.removeprefix("penalty."): v for k, v in result.rule_counts.items()}

    return check


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _peak_mb() -> float:
    """Largest resident size; `ru_maxrss` would begin with that of the parent."""
    status = Path("/proc/self/status").read_text()
    (line,) = [x for x in status.splitlines() if x.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    if len(sys.argv) == 3:
        warnings.simplefilter("ignore")
        logging.disable(logging.WARNING)
        print(json.dumps(work(sys.argv[1], Path(sys.argv[2]))))
    else:
        print(json.dumps(run(int(sys.argv[1])), ensure_ascii=False, indent=1))
