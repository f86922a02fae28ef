"""The index of a release: what is on show, or withheld, by base file and changes.

A base file holds every line; a night that changes few of them adds a file of those
alone. A line that went off stays as a row that says so, because the day on which it was
first published counts when it comes back. The newest row of a line counts.
"""

from collections.abc import Mapping, Sequence

from guiji.engine.base import Engine
from guiji.engine.sql import name

KEYS = {
    "published": ("channel", "dataset", "record_id"),
    "withheld": ("dataset", "record_id"),
}
"""Table -> what names a line."""

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
        engine: gets the view.
        view: its name.
        table: `published` or `withheld`.
        paths: as of `bind`.
        columns: name -> SQL type, beside those of `STORED`.
    """
    wanted = {**columns, **STORED}
    listed = ", ".join(name(c) for c in wanted)
    base, changes, newest = (f"{view}_{part}" for part in ("base", "changes", "newest"))
    engine.files(base, paths[:1], wanted)
    if not paths[1:]:
        engine.view(view, f"select {listed} from {base}")
        return
    engine.files(changes, paths[1:], wanted)
    keys = ", ".join(KEYS[table])
    engine.view(
        newest,
        f"select {listed} from (select *, row_number() over "
        f"(partition by {keys} order by night desc) as place from {changes}) "
        "as ordered where place = 1",
    )
    same = " and ".join(f"changed.{k} = stored.{k}" for k in KEYS[table])
    engine.view(
        view,
        f"select {listed} from {base} as stored where not exists "
        f"(select 1 from {changes} as changed where {same}) "
        f"union all select {listed} from {newest}",
    )
