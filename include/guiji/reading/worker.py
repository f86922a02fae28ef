"""The child process that reads one workbook: `python -m guiji.reading.worker`.

A workbook from outside can make its reader allocate without end or crash. Here that
harms this process only: it limits itself, reads a job from standard input and answers
with one line of JSON. `read` is its only caller.
"""

import json
import resource
import sys
from collections.abc import Sequence
from dataclasses import asdict
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from guiji.reading.kinds import Kind
    from guiji.reading.layout import Layout
    from guiji.reading.limits import Limits


class _NoPandas:
    """Keeps pyarrow from loading pandas with its first array, which costs a second."""

    def find_spec(
        self,
        name: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        if name == "pandas" or name.startswith("pandas."):
            raise ModuleNotFoundError(name, name=name)
        return None


def job(
    path: Path,
    kind: "Kind",
    name: str,
    candidates: Sequence["Layout"],
    others: Sequence["Layout"],
    out: Path,
    limits: "Limits",
) -> str:
    """Write a job for the child: the arguments of `workbook.read` as JSON."""
    return json.dumps(
        {
            "path": str(path),
            "kind": kind.value,
            "name": name,
            "candidates": [x.to_json() for x in candidates],
            "others": [x.to_json() for x in others],
            "out": str(out),
            "limits": asdict(limits),
        }
    )


def main() -> None:
    """Read the job, limit this process, read the workbook, answer."""
    sys.meta_path.insert(0, _NoPandas())
    answer = _answer(json.load(sys.stdin))
    sys.stdout.write(json.dumps(answer))


def _answer(task: dict[str, Any]) -> dict[str, Any]:
    import pyarrow as pa  # noqa: PLC0415  after pandas was kept away

    from guiji.errors import BatchRefused  # noqa: PLC0415
    from guiji.reading import refusals, workbook  # noqa: PLC0415
    from guiji.reading.kinds import Kind  # noqa: PLC0415
    from guiji.reading.layout import Layout  # noqa: PLC0415
    from guiji.reading.limits import Limits  # noqa: PLC0415

    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    limits = Limits(**task["limits"])
    _limit(limits.memory_bytes, limits.cpu_seconds, limits.output_bytes)
    name: str = task["name"]
    try:
        reading = workbook.read(
            path=Path(task["path"]),
            kind=Kind(task["kind"]),
            name=name,
            candidates=[Layout.from_json(x) for x in task["candidates"]],
            others=[Layout.from_json(x) for x in task["others"]],
            out=Path(task["out"]),
            limits=limits,
        )
        return {"reading": reading.to_json()}
    except BatchRefused as error:
        return _refused(error)
    except MemoryError:
        return _refused(refusals.too_big(name, "the memory limit was reached"))
    except BaseException as error:
        why = f"the workbook reader gave {type(error).__name__}"
        return _refused(refusals.unreadable(name, why))


def _refused(error: Any) -> dict[str, Any]:
    log = str(error).removeprefix(f"{error.code}: ")
    return {
        "refused": {
            "code": error.code,
            "log": log,
            "notice": error.notice,
            "remedy": error.remedy,
        }
    }


def _limit(memory_bytes: int, cpu_seconds: int, output_bytes: int) -> None:
    """Limit this process from here on; what it already holds does not count."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    memory = pages * resource.getpagesize() + memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (output_bytes, output_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
