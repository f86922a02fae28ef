"""The register of known enterprises, as a file that checks can join with."""

from pathlib import Path

from guiji import files
from guiji.settings import Settings
from guiji.warehouse import models, store


def register(settings: Settings) -> Path | None:
    """Give a Parquet file of all (`uscc`, `name`) pairs ever delivered.

    The file is made once per state of the warehouse and named after it.

    Returns:
        The file, sorted by both columns; None while nothing was merged.
    """
    head = store.head(settings)
    versions = settings.warehouse / "versions"
    paths = [
        settings.data / f.path
        for c in store.commits(settings)
        for f in c.files
        if (settings.data / f.path).is_relative_to(versions)
    ]
    if head is None or not paths:
        return None
    path = store.register_path(settings, head)
    if not path.exists():
        with models.connect() as connection:
            connection.execute(
                f"create view known as select * from {models.scan(paths)}"
            ).fetchall()
            table = models.query(connection, settings, "warehouse/register")
        files.write_parquet(path, table)
    return path
