"""P10: a whole night of 300 deliveries with all outputs; orchestration beside it.

    python -m benchmarks.p10_night ROWS [--deliveries N] [--records N] [--revision R]

The same drops are run stage by stage, as one `guiji night`, and through Airflow
(`scripts/night.py`). With `--records` the night comes to a warehouse of so many records
(`p3_data`), which is built, published and reported once and kept in GUIJI_BENCH_DATA.
The entries of its catalogue took effect on `VALID_FROM`: what is older is backlog and
misses no deadline. Without, the warehouse is empty, and beside our ways stand the
pipeline that an engineer writes in an afternoon (`p10_afternoon`) and, with
`--revision`, an earlier build.
`ratio` is CPU against the sum of the stages. What a way leaves is verified.
"""

import argparse
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import measure, p3_data
from benchmarks.measure import Measure

HOME = Path(__file__).parents[1]
NIGHT = "2026-11-20"
DELIVERIES = 300
VALID_FROM = "2026-09-01"
STAGES = ("claim", "check-batches", "merge", "publish", "report")
CLI = """
from guiji.cli.app import main
try:
    main()
except SystemExit as ended:
    assert ended.code in (0, 1), ended.code
"""
DASHBOARDS = "from guiji import pipeline; pipeline.dashboards({night!r})"
LOADED = """
from guiji import pipeline
from guiji.context import Context
from guiji.core import business_date
ledger = Context.current().ledger
night = business_date.parse({night!r})
ledger.open_night(night)
ledger.set_state(night, "merged")
pipeline.publish({night!r})
pipeline.report({night!r})
"""


def run_night(
    rows: int,
    deliveries: int = DELIVERIES,
    records: int | None = None,
    revision: str | None = None,
) -> Iterator[dict[str, Any]]:
    """Measure one night, way by way.

    Args:
        rows: of the night.
        deliveries: over which they are spread.
        records: what the warehouse holds before; None = nothing.
        revision: an earlier build to run beside ours.
    """
    with p3_data.folder() as kept, _settings():
        if records:
            catalog = p3_data.catalogue_since(VALID_FROM, kept / "p10-catalogue")
            os.environ["GUIJI_CATALOG"] = str(catalog)
        template = _template(kept, rows, deliveries, records)
        with tempfile.TemporaryDirectory(prefix="guiji-p10-", dir=kept) as aside:
            ways = _Ways(Path(aside), template, rows, deliveries, records or 0)
            yield from ways.lines(revision)


class _Ways:
    """The ways in which one night is run; each on a copy of the same data."""

    def __init__(
        self, aside: Path, template: Path, rows: int, deliveries: int, records: int
    ) -> None:
        self.aside = aside
        self.template = template
        self.rows = rows
        self.deliveries = deliveries
        self.records = records
        self._alone = 0.0

    def lines(self, revision: str | None) -> Iterator[dict[str, Any]]:
        """Run all of them."""
        with self._data("stages"):
            for stage in STAGES:
                yield self._line(f"stage {stage}", _cli(stage, "--date", NIGHT))
            code = DASHBOARDS.format(night=NIGHT)
            yield self._line("stage dashboards", measure.run(["-c", code]))
            yield self._line("the same night again", _cli("night", "--date", NIGHT))
            subprocess.run([HOME / ".venv/bin/guiji", "verify"], check=True)
        with self._data("whole"):
            yield self._line("guiji night", _cli("night", "--date", NIGHT))
        with self._data("airflow") as data:
            os.environ["AIRFLOW_HOME"] = str(data / "airflow-home")
            script = str(HOME / "scripts" / "night.py")
            cost = measure.run([script, "--date", NIGHT, "--rows", "0"])
            yield self._line("Airflow", cost)
        if self.records:
            return
        with self._data("afternoon") as data:
            words = ["-m", "benchmarks.p10_afternoon", str(data / "inbox")]
            cost = measure.run([*words, str(data / "out")])
            yield self._line("written in an afternoon", cost) | {"note": cost.result}
        if revision is not None:
            yield self._earlier(revision)

    def _earlier(self, revision: str) -> dict[str, Any]:
        build = self.aside / "earlier"
        subprocess.run(["git", "clone", "-q", HOME, build], check=True)
        subprocess.run(["git", "-C", build, "checkout", "-q", revision], check=True)
        subprocess.run(["make", "-s", "-C", build, ".venv/.ready"], check=True)
        with self._data("earlier"):
            os.environ["GUIJI_HOME"] = str(build)
            cost = measure.command(
                [str(build / ".venv/bin/guiji"), "night", "--date", NIGHT], (0, 1)
            )
            os.environ["GUIJI_HOME"] = str(HOME)
        return self._line(f"guiji night, build {revision}", cost)

    @contextmanager
    def _data(self, way: str) -> Iterator[Path]:
        """Copy the data for one way; files that nobody writes to are linked."""
        data = self.aside / way
        _copy(self.template, data)
        os.environ["GUIJI_DATA"] = str(data)
        yield data
        shutil.rmtree(data)

    def _line(self, what: str, cost: Measure) -> dict[str, Any]:
        is_stage = what.startswith("stage")
        if is_stage:
            self._alone += cost.cpu
        held = f" to {self.records:,} records" if self.records else ""
        return {
            "target": "P10",
            "what": f"{what}, {self.deliveries} deliveries{held}",
            "rows": self.rows,
            "cpu_seconds": round(cost.cpu, 1),
            "wall_seconds": round(cost.wall, 1),
            "peak_mb": round(cost.peak_mb),
            "ratio": "" if is_stage else round(cost.cpu / self._alone, 2),
        }


@contextmanager
def _settings() -> Iterator[None]:
    before = dict(os.environ)
    os.environ |= {"GUIJI_HOME": str(HOME), "GUIJI_SETTLE_SECONDS": "0"}
    os.environ["GUIJI_PERSON_KEY"] = "a key that only benchmarks use"
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _template(kept: Path, rows: int, deliveries: int, records: int | None) -> Path:
    """Return the data before the night, made where it is missing.

    The drops are made in a process of their own: the peak memory that the kernel tells
    of a child begins with the memory of the process that started it.
    """
    template = kept / f"p10-{rows}-{deliveries}-{records or 0}"
    if template.exists():
        return template
    part = template.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    if records:
        _copy(_loaded(kept, records), part)
    os.environ["GUIJI_DATA"] = str(part)
    asked = ["--rows", str(rows), "--deliveries", str(deliveries), "--seed", "3"]
    measure.run(["-c", CLI, "sample", *asked, "--date", NIGHT])
    part.rename(template)
    return template


def _loaded(kept: Path, records: int) -> Path:
    """Return a warehouse of so many records, published and reported once."""
    data = kept / f"published-{records}"
    if data.exists():
        return data
    ours = kept / f"ours-{records}"
    os.environ["GUIJI_DATA"] = str(ours)
    if not ours.exists():
        measure.run(["-m", "benchmarks.p3_data", str(records), str(kept)])
        measure.run(["-m", "benchmarks.p3_ours", "merge", str(kept), str(records), "0"])
    part = data.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    _copy(ours, part)
    os.environ["GUIJI_DATA"] = str(part)
    measure.run(["-c", LOADED.format(night=p3_data.day(0).isoformat())])
    part.rename(data)
    return data


def _copy(source: Path, target: Path) -> None:
    """Copy a data folder; Parquet and published files are linked: none is rewritten."""

    def copied(from_: str, to: str) -> str:
        if from_.endswith((".parquet", ".csv")) and "inbox" not in from_:
            os.link(from_, to)
            return to
        return shutil.copy2(from_, to)

    shutil.copytree(
        source, target, symlinks=True, copy_function=copied, dirs_exist_ok=True
    )


def _cli(*words: str) -> Measure:
    return measure.run(["-c", CLI, *words])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int)
    parser.add_argument("--deliveries", type=int, default=DELIVERIES)
    parser.add_argument("--records", type=int)
    parser.add_argument("--revision")
    chosen = parser.parse_args()
    for line in run_night(
        chosen.rows, chosen.deliveries, chosen.records, chosen.revision
    ):
        print(line, flush=True)
