"""Bringing a ledger to the tables that this program knows.

Alembic takes longer to load than a ledger takes to open, so it is loaded only for a
ledger that is not at the newest revision.
"""

from pathlib import Path

import sqlalchemy as sa

from guiji.core.errors import LedgerBroken
from guiji.ledger.database import Database
from guiji.ledger.migrations import HEAD

FOLDER = Path(__file__).parent / "migrations"


def to_head(database: Database) -> None:
    """Apply the migrations that are missing; two processes may do so at once.

    Raises:
        LedgerBroken: the ledger was made by a newer program.
    """
    with database.reading() as connection:
        if _revision(connection) == HEAD:
            return
    database.keep_journal()
    with database.writing() as connection:
        if _revision(connection) != HEAD:
            migrate(connection)


def _revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    versions = sa.table("alembic_version", sa.column("version_num", sa.String))
    return connection.execute(sa.select(versions.c.version_num)).scalar()


def migrate(connection: sa.Connection, revision: str = "head") -> None:
    """Upgrade the tables to a revision, in a writing transaction.

    Raises:
        LedgerBroken: the ledger is of a revision that is not known here.
    """
    from alembic import command, config, util  # noqa: PLC0415 (nearly a second)

    configuration = config.Config()
    configuration.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    configuration.attributes["connection"] = connection
    try:
        command.upgrade(configuration, revision)
    except util.CommandError as error:
        raise LedgerBroken(
            f"the ledger's tables are of revision {_revision(connection)}, which this "
            f"program does not know (it knows {HEAD}); run the newer program"
        ) from error
