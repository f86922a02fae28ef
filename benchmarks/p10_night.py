"""P10: a whole night, 300 deliveries, all outputs; orchestration beside its stages.

The same drops are run three ways, each in processes of its own: stage by stage, as one
`guiji night`, and through Airflow (`scripts/night.py`). The warehouse is empty before.
"""

import argparse
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.measure import Measure, run

HOME = Path(__file__).parents[1]
NIGHT = "2026-11-20"
DELIVERIES = 300
STAGES = ("claim", "check-batches", "merge", "publish", "report")
CLI = """
from guiji.cli.app import main
try:
    main()
except SystemExit as ended:
    assert ended.code in (0, 1), ended.code
"""


def run_night(rows: int, deliveries: int = DELIVERIES) -> list[dict[str, Any]]:
    """Measure one size; one line per way.

    The drops are made in a process of their own: the peak memory that the kernel tells
    of a child begins with the memory of the process that started it.
    """
    with tempfile.TemporaryDirectory(prefix="guiji-p10-") as folder:
        template = Path(folder) / "template"
        template.mkdir()
        os.environ |= {"GUIJI_HOME": str(HOME), "GUIJI_DATA": str(template)}
        os.environ["GUIJI_PERSON_KEY"] = "a key that only benchmarks use"
        run(["-m", "benchmarks.p10_night", str(rows), str(deliveries), "--generate"])
        _copy(template, Path(folder) / "stages")
        stages = {s: run(["-c", CLI, s, "--date", NIGHT]) for s in STAGES}
        _copy(template, Path(folder) / "whole")
        whole = run(["-c", CLI, "night", "--date", NIGHT])
        _copy(template, Path(folder) / "airflow")
        os.environ["AIRFLOW_HOME"] = str(Path(folder) / "airflow-home")
        script = str(HOME / "scripts" / "night.py")
        airflow = run([script, "--date", NIGHT, "--rows", "0"])
    return list(_lines(rows, deliveries, stages, whole, airflow))


def generate(rows: int, deliveries: int) -> None:
    """Write the drops of a night into the data folder of the environment."""
    from guiji.catalog import load
    from guiji.core import settings
    from guiji.core.business_date import parse
    from guiji.sample.generate import generate as write

    now = settings.current()
    write(now, load.load(now), rows, 1, 1, parse(NIGHT), deliveries=deliveries)


def _copy(template: Path, target: Path) -> None:
    shutil.copytree(template, target, symlinks=True)
    os.environ["GUIJI_DATA"] = str(target)


def _lines(
    rows: int,
    deliveries: int,
    stages: dict[str, Measure],
    whole: Measure,
    airflow: Measure,
) -> Iterator[dict[str, Any]]:
    alone = sum(m.cpu for m in stages.values())
    ways = {f"stage {k}": v for k, v in stages.items()}
    ways |= {"guiji night": whole, "Airflow": airflow}
    for what, measure in ways.items():
        yield {
            "target": "P10",
            "what": f"{what}, {deliveries} deliveries",
            "rows": rows,
            "cpu_seconds": round(measure.cpu, 1),
            "wall_seconds": round(measure.wall, 1),
            "peak_mb": round(measure.peak_mb),
            "ratio": round(measure.cpu / alone, 2),
        }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int)
    parser.add_argument("deliveries", type=int, nargs="?", default=DELIVERIES)
    parser.add_argument("--generate", action="store_true", help="only write the drops")
    chosen = parser.parse_args()
    if chosen.generate:
        generate(chosen.rows, chosen.deliveries)
    else:
        for line in run_night(chosen.rows, chosen.deliveries):
            print(line)
