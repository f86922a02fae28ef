"""The check stage of a night of many small deliveries, beside an earlier build.

    python -m benchmarks.check_stage [DELIVERIES [ROWS [REVISION]]]

A night's rows are spread over so many deliveries of all departments and datasets, and
the same drops are claimed and checked by this checkout, by a checkout of REVISION, and
by this checkout as few deliveries as the catalogue has streams. CPU seconds are those
of `guiji check-batches` with all its processes. The earlier checkout stands in a folder
beside the data and is made once; it needs the history of the repository.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parents[1]
REVISION = "a71c9bb"
NIGHT = "2026-11-29"
KEY = "0123456789abcdef" * 4


def run(deliveries: int, rows: int, revision: str) -> list[dict[str, object]]:
    """Measure the stage; give a line per build."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        earlier = checkout(folder / "earlier", revision)
        lines: list[dict[str, object]] = []
        for what, build, count in (
            ("this build", HERE, deliveries),
            (f"build {revision}", earlier, deliveries),
            ("this build, few deliveries", HERE, None),
        ):
            data = drops(folder / f"data-{len(lines)}", rows, count)
            guiji(build, data, "claim", "--date", NIGHT)
            before, start = _of_children(), time.perf_counter()
            guiji(build, data, "check-batches", "--date", NIGHT)
            lines.append(
                {
                    "what": f"check stage, {what}",
                    "deliveries": len([*(data / "batches").glob("2*")]),
                    "rows": rows,
                    "cpu_seconds": round(_of_children() - before, 1),
                    "wall_seconds": round(time.perf_counter() - start, 1),
                }
            )
            shutil.rmtree(data)
        return lines


def checkout(folder: Path, revision: str) -> Path:
    """Make a checkout of a revision, with its environment."""
    subprocess.run(["git", "clone", "-q", HERE, folder], check=True)
    subprocess.run(["git", "-C", folder, "checkout", "-q", revision], check=True)
    subprocess.run(["make", "-s", "-C", folder, ".venv/.ready"], check=True)
    return folder


def drops(data: Path, rows: int, deliveries: int | None) -> Path:
    """Draw the drops of a night; None = a delivery for each stream."""
    asked = ["--rows", str(rows), "--seed", "3", "--date", NIGHT]
    if deliveries is not None:
        asked += ["--deliveries", str(deliveries)]
    guiji(HERE, data, "sample", *asked)
    return data


def guiji(build: Path, data: Path, *words: str) -> None:
    """Run a verb of a checkout; it ends with 1 if it refused deliveries."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment |= {
        "GUIJI_HOME": str(build),
        "GUIJI_DATA": str(data),
        "GUIJI_JURISDICTION": "guiyang",
        "GUIJI_PERSON_KEY": KEY,
        "GUIJI_SETTLE_SECONDS": "0",
    }
    ran = subprocess.run(
        [build / ".venv" / "bin" / "guiji", *words],
        env=environment,
        check=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    if ran.returncode > 1:
        raise RuntimeError(f"{build}: guiji {words[0]} ended with {ran.returncode}")


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    given = sys.argv[1:]
    deliveries, rows = (int(n) for n in [*given[:2], *("300", "100000")[len(given) :]])
    revision = given[2] if len(given) > 2 else REVISION
    for line in run(deliveries, rows, revision):
        print(json.dumps(line), flush=True)
