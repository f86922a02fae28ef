"""P7: everything held under one enterprise, by process and as a command.

    GUIJI_DATA=… python -m benchmarks.p7_show 45000000

Warm is one process that shows 50 enterprises spread over all, after a first one: CPU
seconds are the mean, the time by the clock is the median; `ratio` of the full scan is
its CPU against theirs. A command is a new process each time; of five the median.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any

from benchmarks import measure, p3_data

COMMANDS = 5
CLI = """
from guiji.cli.app import main
main()
"""


def lines(rows: int, when: str) -> Iterator[dict[str, Any]]:
    """Measure the warehouse of the environment.

    Args:
        rows: how many records it holds, for the table.
        when: what state it is in, for the table.
    """
    ways = ["-m", "benchmarks.p3_ours"]
    warm = measure.run([*ways, "show"]).result
    yield {
        "target": "P7",
        "what": f"ours: show, warm, {when}",
        "rows": rows,
        "cpu_seconds": round(warm["cpu"], 3),
        "wall_seconds": round(warm["median"], 3),
        "note": f"most {warm['most']:.3f} s of 50",
    }
    commands = [
        measure.run(["-c", CLI, "show", code]) for code in p3_data.some_codes(COMMANDS)
    ]
    yield {
        "target": "P7",
        "what": f"ours: guiji show as a command, {when}",
        "rows": rows,
        **measure.medians(commands, wall_digits=2),
    }
    full = measure.run([*ways, "scan"])
    yield {
        "target": "P7",
        "what": f"full scan for the same, {when}",
        "rows": rows,
        "cpu_seconds": round(full.result["cpu"], 1),
        "wall_seconds": round(full.result["wall"], 2),
        "peak_mb": round(full.peak_mb),
        "ratio": round(full.result["cpu"] / warm["cpu"], 1),
    }


if __name__ == "__main__":
    for one in lines(int(sys.argv[1]), "as it is"):
        print(json.dumps(one, ensure_ascii=False), flush=True)
