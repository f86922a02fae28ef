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
from guiji import settings
from guiji.catalog import load
from guiji.nights import parse
from guiji.sample.generate import generate

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
    """Measure one size; one line per way."""
    with tempfile.TemporaryDirectory(prefix="guiji-p10-") as folder:
        template = Path(folder) / "template"
        template.mkdir()
        os.environ |= {"GUIJI_HOME": str(HOME), "GUIJI_DATA": str(template)}
        os.environ["GUIJI_PERSON_KEY"] = "a key that only benchmarks use"
        now = settings.current()
        night = parse(NIGHT)
        made = generate(now, load.load(now), rows, 1, 1, night, deliveries=deliveries)
        stages = dict(_stages(_copy(template, Path(folder) / "stages")))
        _copy(template, Path(folder) / "whole")
        whole = run(["-c", CLI, "night", "--date", NIGHT])
        _copy(template, Path(folder) / "airflow")
        os.environ["AIRFLOW_HOME"] = str(Path(folder) / "airflow-home")
        script = str(HOME / "scripts" / "night.py")
        airflow = run([script, "--date", NIGHT, "--rows", "0"])
    return list(_lines(made.rows, made.deliveries, stages, whole, airflow))


def _copy(template: Path, target: Path) -> Path:
    shutil.copytree(template, target, symlinks=True)
    os.environ["GUIJI_DATA"] = str(target)
    return target


def _stages(_: Path) -> Iterator[tuple[str, Measure]]:
    for stage in STAGES:
        yield stage, run(["-c", CLI, stage, "--date", NIGHT])


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
    parser.add_argument("--deliveries", type=int, default=DELIVERIES)
    chosen = parser.parse_args()
    for line in run_night(chosen.rows, chosen.deliveries):
        print(line)
