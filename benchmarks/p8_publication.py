"""P8: what a publication costs, beside one COPY of the same lines.

    python -m benchmarks.p8_publication [RECORDS [CHANGES [NIGHTS]]]

A warehouse of so many records is published in full (its first night), then nights of
so many changed records one after another, then once more in full. CPU seconds are those
of `guiji publish` as a command with everything in it, start, proof and scan; of the
nights the median. Beside them stands what a plain export costs: one DuckDB COPY per
dataset, out of the warehouse, of the same lines in the same order, each once, without
its start; `ratio` is CPU against it. `copy of lines` does the same from Parquet files
that hold nothing but these lines. Of the changed records six in ten are new and one in
twenty is revoked, as in `p3_data`.
"""

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from benchmarks import measure, p3_data
from guiji.catalog.model import Catalog, Dataset
from guiji.context import Context
from guiji.engine.duck import CSV, DuckEngine, connect
from guiji.engine.sql import literal, name
from guiji.publication import publishable_rows
from guiji.publication.publishable_rows import RECORD_ID
from guiji.warehouse import views

RECORDS, CHANGES, NIGHTS, COPIES = 1_800_000, 1_000, 3, 3
KEY = "a key that only benchmarks use"
CLI = "from guiji.cli.app import main; main()"


def run(records: int) -> list[dict[str, Any]]:
    """Measure one size with the usual nights."""
    return list(measured(records, CHANGES, NIGHTS))


def measured(records: int, changes: int, nights: int) -> Iterator[dict[str, Any]]:
    """Measure one size, line by line.

    Args:
        records: of the warehouse.
        changes: records that a night changes.
        nights: of which the median is taken.
    """
    with p3_data.folder() as folder:
        data = _loaded(folder, records)
        os.environ |= {"GUIJI_DATA": str(data), "GUIJI_PERSON_KEY": KEY}
        first = _publish(0)
        copies = [_copy(data, "copy", 0) for _ in range(COPIES)]
        of_lines = [_copy(data, "lines", 0) for _ in range(COPIES)]
        lines = copies[0].result["lines"]
        cost = statistics.median(c.result["cpu"] for c in copies)

        def line(what: str, *runs: measure.Measure, **more: Any) -> dict[str, Any]:
            cpu = statistics.median(
                r.result["cpu"] if isinstance(r.result, dict) else r.cpu for r in runs
            )
            return {
                "target": "P8",
                "what": what,
                "rows": lines,
                "cpu_seconds": round(cpu, 2),
                "wall_seconds": round(statistics.median(r.wall for r in runs), 2),
                "peak_mb": round(max(r.peak_mb for r in runs)),
                "ratio": round(cpu / cost, 2),
                **more,
            }

        yield line("one COPY of all public lines out of the warehouse", *copies)
        yield line("copy of lines: the same from Parquet of these lines", *of_lines)
        yield line("guiji publish, first night, all lines and deltas", first)
        partial = []
        for number in range(1, nights + 1):
            _merge(folder, records, number, changes)
            partial.append(_publish(number))
        yield line(f"guiji publish, a night of {changes:,} changes", *partial)
        _merge(folder, records, nights + 1, 0)
        yield line(
            "guiji publish, a night without deliveries, of which terms end",
            _publish(nights + 1),
        )
        _merge(folder, records, nights + 2, changes)
        again = _publish(nights + 2, "--in-full")
        yield line(f"guiji publish --in-full, {changes:,} changes", again)
        shutil.rmtree(data)


def _loaded(folder: Path, records: int) -> Path:
    """Return a warehouse in which night 0 is merged, loaded where it is missing."""
    kept = folder / f"p8-{records}"
    if not kept.exists():
        draft = folder / f"p8-{records}.part"
        shutil.rmtree(draft, ignore_errors=True)
        os.environ |= {"GUIJI_DATA": str(draft), "GUIJI_PERSON_KEY": KEY}
        program = [sys.executable, "-m"]
        sizes = [str(records), str(folder)]
        subprocess.run([*program, "benchmarks.p3_data", *sizes], check=True)
        argv = ["merge", str(folder), str(records), "0"]
        measure.run(["-m", "benchmarks.p3_ours", *argv])
        draft.rename(kept)
    data = folder / f"p8-{records}-run"
    shutil.rmtree(data, ignore_errors=True)
    subprocess.run(["cp", "-al", kept, data], check=True)
    return data


def _merge(folder: Path, records: int, number: int, changes: int) -> None:
    argv = [str(folder), str(records), str(number), str(changes)]
    measure.run(["-m", "benchmarks.p3_ours", "few", *argv])


def _publish(number: int, *options: str) -> measure.Measure:
    night = ["--date", str(p3_data.day(number))]
    for stage in ("claim", "merge"):  # the ledger learns what the warehouse holds
        measure.run(["-c", CLI, stage, *night])
    return measure.run(["-c", CLI, "publish", *night, *options])


def _copy(data: Path, what: str, number: int) -> measure.Measure:
    with tempfile.TemporaryDirectory(dir=data) as folder:
        argv = [what, str(p3_data.day(number)), folder]
        return measure.run(["-m", "benchmarks.p8_publication", *argv])


def _queries(catalog: Catalog, night: date) -> Iterator[str]:
    """Write the query of each dataset's public lines, out of the warehouse's views."""
    shown = {d for c in catalog.jurisdiction.channels for d in c.datasets}
    for dataset in catalog.datasets.values():
        if dataset.id in shown:
            yield _query(catalog, dataset, night)


def _query(catalog: Catalog, dataset: Dataset, night: date) -> str:
    items = publishable_rows.public_items(dataset)
    texts = ", ".join(
        f"nullif({publishable_rows.text_of(catalog, dataset, item)}, '') "
        f"as {name(item.title)}"
        for item in items
    )
    return (
        f"select {texts}, record_id as {name(RECORD_ID)} from {name(dataset.id)} "
        "where operation <> 'revoke' and matched_by = 'uscc' "
        f"and coalesce(term_ends_on, {literal(night)}) >= {literal(night)} "
        f"order by {name(RECORD_ID)}"
    )


def _export(what: str, night: date, folder: Path) -> dict[str, Any]:
    """Copy every public line into CSV files; count the COPY statements alone."""
    context = Context.current().at(night)
    engine = views.open_views(context, night, folder / "spill")
    assert isinstance(engine, DuckEngine)
    queries, connection = list(_queries(context.catalog, night)), engine.connection
    if what == "lines":
        paths = [folder / f"{number}.parquet" for number, _ in enumerate(queries)]
        for query, path in zip(queries, paths, strict=True):
            engine.write(query, path)
        queries = [f"select * from {literal(str(p))} order by all" for p in paths]
        queries = [q.replace("all", name(RECORD_ID)) for q in queries]
        connection = connect(folder / "spill")
    before = _cpu()
    lines = sum(_copied(connection, query, folder / "out.csv") for query in queries)
    return {"lines": lines, "cpu": _cpu() - before}


def _copied(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> int:
    rows = connection.execute(f"copy ({query}) to {literal(str(path))} ({CSV})")
    return int(rows.fetchall()[0][0])


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    if sys.argv[1:2] in (["copy"], ["lines"]):
        given = date.fromisoformat(sys.argv[2])
        print(json.dumps(_export(sys.argv[1], given, Path(sys.argv[3]))))
    else:
        sizes = [int(n) for n in sys.argv[1:]]
        for one in measured(*sizes, *(RECORDS, CHANGES, NIGHTS)[len(sizes) :]):
            print(json.dumps(one, ensure_ascii=False), flush=True)
