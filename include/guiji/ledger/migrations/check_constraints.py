"""Replace a CHECK constraint, on SQLite and on PostgreSQL.

SQLite cannot alter a constraint, and a table that others refer to cannot be made anew
inside a transaction while foreign keys are enforced. So the stored text of the table
is edited, as its documentation describes for changes that touch no stored row.

Source: https://www.sqlite.org/lang_altertable.html, "Making Other Kinds Of Table
Schema Changes".
"""

import sqlalchemy as sa
from alembic import op


def replace(table: str, name: str, old: str, new: str) -> None:
    """Replace the condition of a CHECK constraint that has a name.

    Args:
        table: that has it.
        name: of the constraint in the database, e.g. `ck_nights_state`.
        old: its condition as an earlier migration wrote it.
        new: the condition from now on; every stored row must meet it.

    Raises:
        RuntimeError: the table has no such constraint (SQLite).
    """
    if op.get_context().dialect.name == "sqlite":
        _edit(
            table,
            f"CONSTRAINT {name} CHECK ({old})",
            f"CONSTRAINT {name} CHECK ({new})",
        )
        return
    op.drop_constraint(op.f(name), table, type_="check")
    op.create_check_constraint(op.f(name), table, new)


def _edit(table: str, old: str, new: str) -> None:
    connection = op.get_bind()
    of_table = {"table": table}
    find = "select sql from sqlite_master where type = 'table' and name = :table"
    text = connection.execute(sa.text(find), of_table).scalar_one()
    if text.count(old) != 1:
        raise RuntimeError(f"table {table} does not have: {old}")
    version = connection.exec_driver_sql("pragma schema_version").scalar_one()
    connection.exec_driver_sql("pragma writable_schema=on")
    connection.execute(
        sa.text(
            "update sqlite_master set sql = :text "
            "where type = 'table' and name = :table"
        ),
        of_table | {"text": text.replace(old, new)},
    )
    connection.exec_driver_sql(f"pragma schema_version={version + 1}")
    connection.exec_driver_sql("pragma writable_schema=off")
