"""The index of a release: what is on show, or withheld, by base file and changes.

A base file holds every line; a night that changes few of them adds a file of those
alone. A line that went off stays as a row that says so, because the day on which it was
first published counts when it comes back. The newest row of a line counts.
"""

from collections.abc import Iterable, Mapping, Sequence

from guiji.engine.base import Engine
from guiji.engine.sql import name

KEYS = {
    "published": ("dataset", "record_id", "channel"),
    "withheld": ("dataset", "record_id"),
}
"""Table -> what names a line; its files are sorted so."""

STORED = {"night": "date", "is_off": "boolean"}
"""Further columns of the files: the night that wrote a row, and whether the line went
off by then. An earlier build's files have neither."""

ON_SHOW = "not coalesce(is_off, false)"
"""Condition of the rows of `bind_rows` that `bind` shows."""


def bind(
    engine: Engine, table: str, paths: Sequence[str], columns: Mapping[str, str]
) -> None:
    """Create a view of the lines that are on show, or withheld.

    Args:
        engine: gets the view.
        table: `published` or `withheld`, the view's name.
        paths: base file first, then changes; none = no rows.
        columns: name -> SQL type, of the view.
    """
    bind_rows(engine, f"_{table}_rows", table, paths, columns)
    listed = ", ".join(name(c) for c in columns)
    engine.view(table, f"select {listed} from _{table}_rows where {ON_SHOW}")


def bind_rows(
    engine: Engine,
    view: str,
    table: str,
    paths: Sequence[str],
    columns: Mapping[str, str],
) -> None:
    """Create a view of the newest row of each line, of those that went off, too.

    Args:
        engine: gets the view, `<view>_base` and `<view>_changes` beside it.
        view: its name.
        table: `published` or `withheld`.
        paths: as of `bind`.
        columns: name -> SQL type, beside those of `STORED`.
    """
    wanted = {**columns, **STORED}
    base, changes = f"{view}_base", f"{view}_changes"
    engine.files(base, paths[:1], wanted)
    engine.files(changes, paths[1:], wanted)
    if paths[1:]:
        engine.view(view, newest(table, base, changes, wanted))
    else:
        engine.view(view, f"select * from {base}")


def newest(
    table: str, base: str, changes: str, columns: Iterable[str], among: str = "true"
) -> str:
    """Write the query of the newest row of each line.

    Args:
        table: `published` or `withheld`.
        base: relation of the rows of a base file.
        changes: relation of the rows of later nights.
        columns: of the result.
        among: condition on a line's keys; others are left out before they are compared.
    """
    listed = ", ".join(name(c) for c in columns)
    keys = ", ".join(KEYS[table])
    same = " and ".join(f"changed.{k} = stored.{k}" for k in KEYS[table])
    return (
        f"select {listed} from (select * from {base} where {among}) as stored "
        f"where not exists (select 1 from {changes} as changed where {same}) "
        f"union all select {listed} from (select *, row_number() over "
        f"(partition by {keys} order by night desc) as place "
        f"from {changes} where {among}) as ordered where place = 1"
    )
