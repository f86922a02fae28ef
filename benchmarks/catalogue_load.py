"""What a catalogue costs: read and checked from its files, and read as it was kept.

    python -m benchmarks.catalogue_load [--runs N]

One line per jurisdiction and way, in one warm process: CPU seconds, the median of the
runs. `peer` is `yaml.load` of the same files with the loader in C, which notes no
lines, merges nothing and checks nothing; `ratio` is against it.

The last lines are `guiji check` of one workbook as a cold command, catalogue and
conditions kept, in turns by Guiyang's six first datasets (`tests/city`) and by all of
them; `ratio` is against the six.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

from benchmarks import measure, p11_check
from guiji.catalog import load
from guiji.catalog.folder import Folder
from guiji.catalog.model import Catalog

HOME = Path(__file__).parents[1]
ROOTS = HOME / "catalog", HOME / "expectations"

SIX, ALL = HOME / "tests" / "city" / "catalog", HOME / "catalog"
CHECKED_ROWS = 1_000


def run(runs: int = 5) -> Iterator[dict[str, Any]]:
    """Measure every jurisdiction of the checkout."""
    for path in sorted(ROOTS[0].glob("*/jurisdiction.yml")):
        yield from _of(path.parent.name, runs)
    yield from _checks(runs)


def _of(jurisdiction: str, runs: int) -> Iterator[dict[str, Any]]:
    catalog = load.load_folder(*ROOTS, jurisdiction)
    content = catalog.model_dump_json()
    paths = Folder(*ROOTS, None, jurisdiction).files.values()
    texts = [path.read_text("utf-8") for path in paths]

    def peer() -> None:
        for text in texts:
            yaml.load(text, Loader=yaml.CSafeLoader)

    ways: dict[str, Callable[[], object]] = {
        "peer: yaml.load": peer,
        "read and checked": lambda: load.load_folder(*ROOTS, jurisdiction),
        "read as it was kept": lambda: Catalog.model_validate_json(content),
    }
    seconds = {what: _median(way, runs) for what, way in ways.items()}
    for what, cost in seconds.items():
        yield {
            "jurisdiction": jurisdiction,
            "what": what,
            "datasets": len(catalog.datasets),
            "items": sum(len(d.items) for d in catalog.datasets.values()),
            "units": len(catalog.departments),
            "cpu_seconds": round(cost, 4),
            "ratio": round(cost / seconds["peer: yaml.load"], 2),
        }


def _checks(runs: int) -> Iterator[dict[str, Any]]:
    """Check a workbook by few and by all datasets, in processes of their own."""
    with tempfile.TemporaryDirectory(prefix="guiji-check-") as folder:
        os.environ |= {"GUIJI_HOME": str(HOME), "GUIJI_DATA": f"{folder}/data"}
        os.environ["GUIJI_PERSON_KEY"] = "a key that only benchmarks use"
        wanted = ["-m", p11_check.MODULE, "write", folder, str(CHECKED_ROWS)]
        book = measure.run(wanted).result
        costs: dict[Path, list[float]] = {SIX: [], ALL: []}
        for _ in range(runs + 1):  # the first of each fills the caches
            for catalog, measured in costs.items():
                os.environ["GUIJI_CATALOG"] = str(catalog)
                check = ["-c", p11_check.CLI, "check", book, "--json"]
                measured.append(measure.run(check).cpu)
    medians = {c: statistics.median(measured[1:]) for c, measured in costs.items()}
    for catalog, cost in medians.items():
        yield {
            "jurisdiction": "guiyang",
            "what": f"guiji check, {CHECKED_ROWS} rows",
            "datasets": len(load.load_folder(catalog, ROOTS[1], "guiyang").datasets),
            "cpu_seconds": round(cost, 3),
            "ratio": round(cost / medians[SIX], 2),
        }


def _median(way: Callable[[], object], runs: int) -> float:
    costs = []
    for _ in range(runs):
        started = time.process_time()
        way()
        costs.append(time.process_time() - started)
    return statistics.median(costs)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    for line in run(parser.parse_args().runs):
        print(json.dumps(line, ensure_ascii=False), flush=True)
