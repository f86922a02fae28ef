"""The register of known enterprises, as a file that checks can join with."""

from pathlib import Path

from guiji.engine.duck import DuckEngine, connect
from guiji.engine.sql import statement
from guiji.settings import Settings
from guiji.warehouse import enterprises, records
from guiji.warehouse.faults import explained
from guiji.warehouse.place import place, scratch


@explained
def register(settings: Settings) -> Path | None:
    """Give a Parquet file of all (`uscc`, `name`) pairs ever stated.

    The file is made once per state of the warehouse and named after it. Needs the
    lock, as every writer does.

    Returns:
        The file, sorted by both columns; None while nothing was merged.
    """
    where = place(settings)
    held = records.open_records(where)
    if not held.files:
        return None
    folder = settings.warehouse / "register"
    path = folder / f"{held.version}.parquet"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with scratch(settings) as aside:
            with DuckEngine(connect(aside / "spill")) as engine:
                found = enterprises.merged_files(where, held)
                enterprises.bind(engine, "identifiers", found, None)
                text = statement(settings, "warehouse/register")
                engine.write(text, aside / path.name)
            (aside / path.name).replace(path)
        for before in folder.glob("*.parquet"):
            if before != path:
                before.unlink(missing_ok=True)
    return path
