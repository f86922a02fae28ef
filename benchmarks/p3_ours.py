"""What the processes of P3 and P7 do with our warehouse.

    python -m benchmarks.p3_ours merge FOLDER ROWS NIGHT
    python -m benchmarks.p3_ours fold | compact | state | aggregate | show | scan | …

The warehouse is that of the environment (GUIJI_DATA). Each prints one line of JSON.
"""

import hashlib
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import p3_data, p3_rows
from guiji.context import Context, NightContext
from guiji.core import business_date, settings
from guiji.core.schemas import DELIVERIES, FINDINGS, QUARANTINE
from guiji.engine.duck import DuckEngine, connect
from guiji.warehouse import compaction as folding
from guiji.warehouse import incremental_compaction, views
from guiji.warehouse import merge as merging
from guiji.warehouse import show as showing
from guiji.warehouse.merge_night import AcceptedBatch, NightTables

CODES = 50
READ_COLUMNS = ("dataset", "owner", "operation", "produced_on", "source_row")
PAUSE = 0.2
"""Seconds between two questions of a reader."""


def merge(folder: str, rows: str, number: str) -> dict[str, Any]:
    """Merge a night, one batch per file; night 0 is the first load."""
    catalog = Context.current().catalog
    blocks = (
        p3_data.night(Path(folder), catalog, int(rows), int(number))
        if int(number)
        else p3_data.load(Path(folder), catalog, int(rows))
    )
    return _merge(blocks, int(number))


def few(folder: str, rows: str, number: str, changes: str) -> dict[str, Any]:
    """Merge a night of few changes; of none, a night without deliveries."""
    catalog = Context.current().catalog
    asked = (int(rows), int(number), int(changes))
    blocks = p3_data.few(Path(folder), catalog, *asked) if asked[2] else []
    return _merge(blocks, asked[1])


def _merge(blocks: list[p3_data.Block], number: int) -> dict[str, Any]:
    now, catalog = settings.current(), Context.current().catalog
    night = p3_data.day(number)
    batches = [
        AcceptedBatch(
            batch_id=f"{night}-{block.path.stem}",
            dataset=block.dataset,
            department=catalog.datasets[block.dataset].providers[0],
            received_at=business_date.instant(night),
            typed=block.path,
            accepted=pq.read_metadata(block.path).num_rows,
        )
        for block in blocks
    ]
    deliveries = [
        {
            "batch_id": b.batch_id,
            "night": night,
            "department": b.department,
            "dataset": b.dataset,
            "source_file": b.typed.name,
            "sha256": hashlib.sha256(b.batch_id.encode()).hexdigest(),
            "way": "file",
            "verdict": "accepted",
            "rows_read": pq.read_metadata(b.typed).num_rows,
            "rows_accepted": pq.read_metadata(b.typed).num_rows,
            "rows_quarantined": 0,
            "received_at": b.received_at,
        }
        for b in batches
    ]
    brought = NightTables(
        deliveries=pa.Table.from_pylist(deliveries, DELIVERIES),
        findings=FINDINGS.empty_table(),
        quarantine=QUARANTINE.empty_table(),
    )
    result = merging.merge(NightContext(now, night, catalog=catalog), batches, brought)
    return {"total": vars(result.total)}


def fold() -> dict[str, Any]:
    """Fold every dataset."""
    now, catalog = settings.current(), Context.current().catalog
    return {d: folding.fold(Context(now, catalog=catalog), d) for d in catalog.datasets}


def compact() -> dict[str, Any]:
    """Do the compaction of one day: one run of every dataset that is due."""
    context = Context(settings.current(), catalog=Context.current().catalog)
    return {
        dataset: incremental_compaction.compact(context, dataset)
        for dataset in incremental_compaction.due(context)
    }


def state() -> dict[str, Any]:
    """Count what is current, as `p3_rows.STATE` says."""
    with _current("operation", "content_hash") as (connection, current):
        found = connection.execute(f"select {p3_rows.STATE} from {current}")
        return {"state": found.fetchall()[0]}


def aggregate() -> dict[str, Any]:
    """Aggregate over all that is current."""
    with _current(*READ_COLUMNS) as (connection, current):
        cpu = time.process_time()
        query = p3_rows.AGGREGATE.format(table=current)
        groups, wall = _timed(lambda: connection.execute(query).fetchall())
    return {"groups": len(groups), "wall": wall, "cpu": time.process_time() - cpu}


def show() -> dict[str, Any]:
    """Show enterprises one after another, after a first one."""
    now, catalog = settings.current(), Context.current().catalog
    codes = p3_data.some_codes(CODES)
    waits, records = [], 0
    with DuckEngine(connect()) as engine:
        showing.show(Context(now, catalog=catalog), codes[-1], engine=engine)
        cpu = time.process_time()
        for code in codes:
            held, wall = _timed(
                lambda code=code: showing.show(
                    Context(now, catalog=catalog), code, engine=engine
                )
            )
            waits.append(wall)
            records += sum(len(d["records"]) for d in held["datasets"])
    cpu = time.process_time() - cpu
    assert records >= CODES, records
    return {
        "median": statistics.median(waits),
        "most": max(waits),
        "cpu": cpu / CODES,
        "records": records,
    }


def scan() -> dict[str, Any]:
    """Find the records of one enterprise by reading the code of every record."""
    (code,) = p3_data.some_codes(1)
    cpu = time.process_time()
    with views.connect(Context.current()) as connection:
        found, wall = _timed(
            lambda: [
                connection.execute(
                    f"select * exclude (received_at) from {dataset} "
                    f"where concat(uscc, '') = '{code}'"
                ).fetchall()
                for dataset in p3_data.MILLIONS
            ]
        )
    assert any(found)
    return {"wall": wall, "cpu": time.process_time() - cpu}


def read(stop: str, *codes: str) -> dict[str, Any]:
    """Ask again and again: what is held, and about enterprises; until a file is there.

    The last round begins after the file was seen.
    """
    now, catalog = settings.current(), Context.current().catalog
    states, answers = [], {code: [] for code in codes}
    counting, shown = [], []
    is_last = False
    while True:
        found, wall = _timed(state)
        states.append(found["state"])
        counting.append(wall)
        for code in codes:
            held, wall = _timed(
                lambda code=code: showing.show(Context(now, catalog=catalog), code)
            )
            text = json.dumps(held, sort_keys=True, default=str)
            answers[code].append(hashlib.sha256(text.encode()).hexdigest())
            shown.append(wall)
        Path(f"{stop}.{len(states)}").touch()
        if is_last:
            break
        is_last = Path(stop).exists()
        time.sleep(PAUSE)
    return {
        "states": _runs(states),
        "shows": max(len(_runs(a)) for a in answers.values()),
        "rounds": len(states),
        "state_median": statistics.median(counting),
        "state_most": max(counting),
        "show_median": statistics.median(shown),
        "show_most": max(shown),
    }


def _runs(values: list[Any]) -> list[Any]:
    """Leave out what repeats the value before it."""
    return [v for i, v in enumerate(values) if not i or v != values[i - 1]]


@contextmanager
def _current(*columns: str) -> Iterator[tuple[Any, str]]:
    """Open the warehouse; give a connection and the relation of current versions."""
    catalog = Context.current().catalog
    listed = ", ".join(columns)
    selects = [f"select {listed} from {dataset}" for dataset in catalog.datasets]
    with views.connect(Context(settings.current(), catalog=catalog)) as connection:
        yield connection, f"({' union all '.join(selects)})"


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    started = time.perf_counter()
    found = work()
    return found, time.perf_counter() - started


WAYS: dict[str, Callable[..., dict[str, Any]]] = {
    "merge": merge,
    "few": few,
    "fold": fold,
    "compact": compact,
    "state": state,
    "aggregate": aggregate,
    "show": show,
    "scan": scan,
    "read": read,
}

if __name__ == "__main__":
    print(json.dumps(WAYS[sys.argv[1]](*sys.argv[2:])))
