"""Extracts from a real PostgreSQL: a whole table, a quiet night, a sweep of its keys.

`python -m benchmarks.extracts [ROWS]`; the table has the columns of Guiyang's
penalties. Every night is a process of its own; the server's work is not counted. The
rows are merged without their checks, so that the sweep has a warehouse to compare
with.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks.measure import run
from guiji.context import NightContext

HOME = Path(__file__).parents[1]
ROWS = 1_000_000
FIRST, QUIET, SWEPT = "2026-11-20", "2026-11-21", "2026-11-23"  # Friday to Monday
DATASET, CONNECTION = "administrative_penalty", "AIRFLOW_CONN_GUIYANG_TAX"
CODE = "91520300214780567N"


def run_extracts(rows: int) -> list[dict[str, Any]]:
    """Measure one size; one line per night."""
    sys.path.insert(0, str(HOME / "tests"))
    from servers import postgres

    with (
        tempfile.TemporaryDirectory(prefix="guiji-extracts-") as folder,
        postgres.running() as server,
        server.database("bench") as url,
    ):
        os.environ |= {"GUIJI_HOME": str(HOME), "GUIJI_DATA": folder, CONNECTION: url}
        os.environ["GUIJI_PERSON_KEY"] = "a key that only benchmarks use"
        _fill(url, rows)
        lines = []
        for line in _nights(url, rows):
            print(line, flush=True)
            lines.append(line)
        return lines


def _nights(url: str, rows: int) -> Iterator[dict[str, Any]]:
    module = "benchmarks.extracts"
    yield _line("a whole table", rows, run(["-m", module, "--night", FIRST]))
    run(["-m", module, "--merge", FIRST])
    yield _line("a night without a change", rows, run(["-m", module, "--night", QUIET]))
    _change(url)
    swept = run(["-m", module, "--night", SWEPT])
    yield _line("a sweep that finds 1 % deleted", rows, swept)


def _line(what: str, rows: int, measured: Any) -> dict[str, Any]:
    return {
        "what": what,
        "rows": rows,
        "cpu_seconds": round(measured.cpu, 1),
        "wall_seconds": round(measured.wall, 1),
        "peak_mb": round(measured.peak_mb),
        "told": measured.result,
    }


def _fill(url: str, rows: int) -> None:
    from guiji.catalog import load
    from guiji.catalog.vocabulary import ItemType
    from guiji.core import settings
    from guiji.intake.databases.job import Job

    dataset = load.load(settings.current()).datasets[DATASET]
    job = Job(dataset, dataset.extracts[0])
    made = {
        ItemType.DATE: ("date", "date '2026-11-02'"),
        ItemType.AMOUNT: ("numeric(18, 6)", "n * 0.25"),
        ItemType.USCC: ("text", f"'{CODE}'"),
    }
    usual = ("text", "'第' || n || '号决定'")
    kinds = {job.column(i): made.get(i.type, usual) for i in dataset.items}
    kinds |= {  # half of the optional texts are empty, as in real tables
        job.column(i): ("text", "null")
        for i in dataset.items[::2]
        if i.type not in made and not i.required and i.id not in dataset.key
    }
    moment = f"timestamp '2026-10-21' + n * interval '30 days' / {rows}"
    kinds["updated_at"] = ("timestamp", moment)
    declared = ", ".join(f"{name} {kind}" for name, (kind, _) in kinds.items())
    values = ", ".join(value for _, value in kinds.values())
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text(f"create table share_penalty ({declared})"))
        connection.execute(
            sa.text(
                f"insert into share_penalty select {values} "
                f"from generate_series(1, {rows}) as s (n)"
            )
        )


def _change(url: str) -> None:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("delete from share_penalty where cf_nr_fk % 25 = 0"))


def night(day: date) -> dict[str, Any]:
    """Run the extracts of a night; tell what the trace says of them."""
    from guiji.catalog import load
    from guiji.core import settings
    from guiji.intake.databases.extract import extract_due
    from guiji.ledger.ledger import Ledger
    from guiji.warehouse import extracted_records

    now = settings.current()
    ledger = Ledger.open(now)
    extract_due(
        NightContext(now, day, catalog=load.load(now), ledger=ledger),
        partial(extracted_records.compare, now),
    )
    (entry,) = [
        e for e in ledger.entries("claimed") if e.subject.startswith(f"{day}-tax")
    ]
    return {k: entry.details.get(k) for k in ("rows", "revoked", "bytes")}


def merge(day: date) -> None:
    """Merge what a night extracted, unchecked."""
    import pyarrow.parquet as pq

    from guiji.catalog import load
    from guiji.core import business_date, files, settings
    from guiji.core.schemas import DELIVERIES, FINDINGS, QUARANTINE
    from guiji.intake import landing
    from guiji.ledger.ledger import Ledger
    from guiji.parsing.parse import parse
    from guiji.reading.read import read_file
    from guiji.warehouse import merge as warehouse
    from guiji.warehouse.merge_night import AcceptedBatch, NightTables

    now = settings.current()
    catalog, ledger = load.load(now), Ledger.open(now)
    dataset = catalog.datasets[DATASET]
    (delivery,) = [d for d in ledger.deliveries(day) if d.department == "tax"]
    batch_id = ledger.name_batch(delivery.delivery_id, DATASET)
    folder = now.batches / batch_id
    original = landing.original(now, delivery.sha256)
    read_file(original, delivery.name, [dataset], folder)
    text = pq.read_table(folder / "text.parquet")
    typed = parse(text, dataset, catalog, "tax", b"a key that only benchmarks use")
    files.write_parquet(folder / "typed.parquet", typed)
    batch = AcceptedBatch(
        batch_id=batch_id,
        dataset=DATASET,
        department="tax",
        received_at=business_date.instant(day),
        typed=folder / "typed.parquet",
        accepted=typed.num_rows,
        bad_rows=(),
        quarantined=0,
    )
    empty = (s.empty_table() for s in (DELIVERIES, FINDINGS, QUARANTINE))
    warehouse.merge(
        NightContext(now, day, catalog=catalog), [batch], NightTables(*empty)
    )
    ledger.set_state(day, "merged")


def main() -> None:
    """Measure, or be one of the measured processes."""
    import json

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="?", default=ROWS)
    parser.add_argument("--night", type=date.fromisoformat)
    parser.add_argument("--merge", type=date.fromisoformat)
    chosen = parser.parse_args()
    if chosen.night:
        print(json.dumps(night(chosen.night)))
    elif chosen.merge:
        merge(chosen.merge)
    else:
        run_extracts(chosen.rows)


if __name__ == "__main__":
    main()
