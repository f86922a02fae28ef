"""What P3 merges: 45 million records of 6 million enterprises, and eight nights.

    python -m benchmarks.p3_data 4500000 FOLDER

The files are what parsing hands to the merge, in blocks of at most 3 million rows. A
record belongs to the enterprise whose number ends in the same three digits, so that
every tenth (hundredth, thousandth) record makes a warehouse a tenth as large with the
same records per enterprise. A night changes records that a tenth of the warehouse has:
the same files are merged at 45 and at 4.5 million records. Six in ten of its rows are
new, 35 in a hundred say a record anew, one in fifty of those with an older day, and
5 in a hundred revoke.

The draws are DuckDB's `hash` with the number of the record and of the item.
"""

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import duckdb

from benchmarks.p3_texts import ITEMS, PREPARED
from guiji.catalog.model import Catalog, Dataset
from guiji.catalog.vocabulary import ItemType

WHOLE = 45_000_000
BLOCK = 3_000_000
CHANGES = 1_000_000
NIGHTS = 8
LOADED = date(2026, 11, 10)
"""The night of the first load; night k follows k days later."""

MILLIONS = {
    "enterprise_registration": 6,
    "administrative_licence": 17,
    "administrative_penalty": 7,
    "abnormal_operation_list": 3,
    "serious_dishonesty_list": 1,
    "spot_check": 11,
}
"""Records of each dataset in the whole warehouse; one registration per enterprise."""

WHOLE_MILLIONS = WHOLE // 1_000_000
REGISTRATION = "enterprise_registration"
SQL_TYPES = {
    ItemType.DATE: "date",
    ItemType.AMOUNT: "decimal(24, 6)",
    ItemType.INTEGER: "bigint",
}


class Block(NamedTuple):
    """A file of parsed rows of one dataset."""

    dataset: str
    path: Path


def stride(rows: int) -> int:
    """Describe which records a warehouse of so many rows holds: every n-th.

    Raises:
        ValueError: it is none of the sizes that fit into each other.
    """
    if rows * 1000 < WHOLE or WHOLE % rows or 1000 % (WHOLE // rows):
        raise ValueError(f"{WHOLE} / {rows} must divide 1000")
    return WHOLE // rows


def load(folder: Path, catalog: Catalog, rows: int) -> list[Block]:
    """Return the blocks of the first load, made where they are missing."""
    step = stride(rows)
    made = []
    with connect() as connection:
        for name, millions in MILLIONS.items():
            records = millions * 1_000_000 // step
            for number, first in enumerate(range(0, records, BLOCK)):
                path = folder / f"load-{rows}" / f"{name}-{number:02d}.parquet"
                source = (
                    f"select i - {first} as row_id, i * {step} as n, 0 as v, "
                    "'upsert' as operation, null::date as night, false as stale "
                    f"from range({first}, {min(first + BLOCK, records)}) as r(i)"
                )
                write(connection, catalog.datasets[name], source, path)
                made.append(Block(name, path))
    return made


def night(folder: Path, catalog: Catalog, rows: int, number: int) -> list[Block]:
    """Return the files of a night, one per dataset, made where they are missing.

    Args:
        folder: where they are kept.
        catalog: holds the six datasets.
        rows: size of the warehouse; up to a tenth of the whole the night is the same.
        number: 1 for the night after the load, up to `NIGHTS`.
    """
    step = max(10, stride(rows))
    target = folder / f"nights-{step}"
    return _night(target, catalog, step, number, CHANGES * 10 // step)


def few(
    folder: Path, catalog: Catalog, rows: int, number: int, changes: int
) -> list[Block]:
    """Return the files of a night with so many changes in all, see `night`."""
    step = stride(rows)
    target = folder / f"nights-{step}-{changes}"
    return _night(target, catalog, step, number, changes)


def _night(
    target: Path, catalog: Catalog, step: int, number: int, total: int
) -> list[Block]:
    before, made = 0, []
    with connect() as connection:
        for name, millions in MILLIONS.items():
            path = target / f"{number}-{name}.parquet"
            upto = total * (before + millions) // WHOLE_MILLIONS
            changes = upto - total * before // WHOLE_MILLIONS
            source = _changes(millions * 1_000_000, step, number, changes)
            write(connection, catalog.datasets[name], source, path)
            made.append(Block(name, path))
            before += millions
    return made


def day(number: int) -> date:
    """Return the date of a night; 0 = of the first load."""
    return LOADED + timedelta(days=number)


def _changes(records: int, step: int, number: int, changes: int) -> str:
    """Number the changed records: new ones, then versions, then revocations."""
    new, again = changes * 60 // 100, changes * 95 // 100
    held = records // step
    return f"""
        select i as row_id,
            date '{day(number)}' as night,
            if(i < {new}, 0, {number}) as v,
            if(i < {again}, 'upsert', 'revoke') as operation,
            if(
                i < {new},
                {records} + ({number} * {CHANGES} + i) * {step},
                (i * 1000003 + {number} * 600011) % {held} * {step}
            ) as n
        from range({changes}) as r(i)
    """


def catalogue_since(valid_from: str, folder: Path) -> Path:
    """Write the catalogue with all entries in effect from a day on; return its folder.

    What is older is backlog then, and misses no deadline.
    """
    home = Path(__file__).parents[1]
    for name in ("catalog", "expectations", "sql"):
        shutil.rmtree(folder / name, ignore_errors=True)
        shutil.copytree(home / name, folder / name)
    catalog = folder / "catalog"
    for path in (*catalog.glob("*/datasets/*.yml"), *catalog.glob("*/datasets.yml")):
        text = path.read_text("utf-8")
        dated = re.sub(r"valid_from: [\d-]+", f"valid_from: {valid_from}", text)
        dated = re.sub(r"(?m)^valid_to: .*\n", "", dated)
        path.write_text(dated, "utf-8")
    return catalog


def some_codes(number: int) -> list[str]:
    """Return credit codes of registered enterprises, spread over all of them."""
    enterprises = MILLIONS[REGISTRATION] * 1_000_000
    step = enterprises // number // 1000 * 1000
    with connect() as connection:
        found = connection.execute(
            f"select credit_code(i * {step}) from range({number}) as r(i)"
        ).fetchall()
    return [code for (code,) in found]


@contextmanager
def folder() -> Iterator[Path]:
    """Yield the folder of all data: GUIJI_BENCH_DATA, else one that vanishes."""
    kept = os.environ.get("GUIJI_BENCH_DATA")
    if kept:
        Path(kept).mkdir(parents=True, exist_ok=True)
        yield Path(kept).resolve()
        return
    with tempfile.TemporaryDirectory(prefix="guiji-p3-") as made:
        yield Path(made)


def connect() -> duckdb.DuckDBPyConnection:
    """Open the generator's database: bounded, and in the order of the numbers."""
    connection = duckdb.connect()
    connection.execute("set memory_limit = '1GB'; set threads = 2")
    connection.execute(PREPARED)
    return connection


def write(
    connection: duckdb.DuckDBPyConnection, dataset: Dataset, source: str, path: Path
) -> None:
    """Write a file of parsed rows, unless it is there."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    connection.execute(
        f"copy ({query(dataset, source)}) to '{part}' "
        "(format parquet, compression zstd, compression_level 1)"
    )
    part.rename(path)


def query(dataset: Dataset, source: str) -> str:
    """Write the SELECT of a dataset's parsed rows.

    Args:
        dataset: its items, key and days are in every row.
        source: SELECT of row_id, n, v, operation and night.

    Raises:
        KeyError: the catalogue has lost an item that is to be filled.
    """
    said = dict(ITEMS[dataset.id])
    items = ", ".join(_columns(dataset, said))
    if said:
        raise KeyError(f"no items of {dataset.id}: {sorted(said)}")
    salt = list(MILLIONS).index(dataset.id)
    drawn = f"hash(n, 70, {salt}) % 6000 * 1000 + n % 1000"
    enterprise = "n" if dataset.id == REGISTRATION else drawn
    first_day = f"date '2016-01-01' + (hash(n, 71, {salt}) % 3900)::int"
    fresh_day = f"night - (hash(n, 71, {salt}) % 20)::int"
    is_new = f"n >= {MILLIONS[dataset.id] * 1_000_000}"
    key = ", ".join(f"{item}::varchar" for item in dataset.key)
    produced = ", ".join(dataset.produced or dataset.event)
    return f"""
        select row_id, null::varchar as source_sheet, (row_id + 2)::int as source_row,
            operation, '{dataset.providers[0]}' as owner, code as subject,
            'uscc' as matched_by,
            concat_ws('|', {key}) as record_key,
            left(md5('{dataset.id}' || n), 20) as record_id,
            md5('{dataset.id}' || n || operation || v) as content_hash,
            coalesce({", ".join(dataset.event)}) as event_on,
            coalesce({produced}) as produced_on,
            columns(* exclude (
                row_id, n, v, operation, night, e, day, code, who
            ))
        from (
            select *, {items} from (
                select *, credit_code(e) as code, enterprise(e) as who from (
                    select *, ({enterprise})::bigint as e,
                        if({is_new}, {fresh_day}, {first_day}) as day
                    from ({source})
                )
            )
        )
    """


def _columns(dataset: Dataset, said: dict[str, str]) -> Iterator[str]:
    """Write the typed columns of all items; take what is said out of `said`."""
    for item in dataset.items:
        kind = SQL_TYPES.get(item.type, "varchar")
        yield f"({said.pop(item.id, 'null')})::{kind} as {item.id}"
        if item.type is ItemType.DATE:
            flag = f"{item.id}__forever"
            yield f"({said.pop(flag, 'false')})::boolean as {flag}"
        if item.type is ItemType.PERSON_ID:
            yield f"null::varchar as {item.id}__hash"


if __name__ == "__main__":
    from guiji.context import Context

    size, target = int(sys.argv[1]), Path(sys.argv[2])
    load(target, Context.current().catalog, size)
    for one in range(1, NIGHTS + 1):
        night(target, Context.current().catalog, size, one)
