"""The register of known enterprises, as files that checks look things up in."""

from pathlib import Path

import pyarrow.parquet as pq

from guiji.checking import register as stored
from guiji.core import files
from guiji.core.settings import Settings
from guiji.engine.duck import DuckEngine, connect
from guiji.engine.sql import statement
from guiji.storage import dataset_files
from guiji.storage.delta import Snapshot
from guiji.storage.storage_errors import explained
from guiji.storage.table_store import TableStore, scratch_in, table_store
from guiji.storage.writer_lock import locked
from guiji.warehouse import enterprises

BATCH_ROWS = 1 << 18


@explained
def register(settings: Settings) -> Path | None:
    """Return the folder of all that was ever stated of enterprises.

    It is made once per state of the warehouse and named after it, on the disk of this
    machine. Waits while another process makes it, or merges.

    Returns:
        A folder for `checking.register.Register`; None while nothing was merged.
    """
    where = table_store(settings)
    snapshot = dataset_files.open_records(where)
    if not snapshot.files:
        return None
    path = settings.register / str(snapshot.version)
    if not path.exists():
        with locked(settings):
            if not path.exists():
                _make(settings, where, snapshot, path)
    return path


def _make(
    settings: Settings, where: TableStore, snapshot: Snapshot, path: Path
) -> None:
    """Write the register aside, give it its name at last, and remove all others."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with scratch_in(path.parent) as aside:
        parquet, folder = aside / "register.parquet", aside / "register"
        with DuckEngine(connect(aside / "spill")) as engine:
            paths = enterprises.merged_files(where, snapshot)
            enterprises.bind(engine, "identifiers", paths, None)
            size = engine.write(statement(settings, "warehouse/register"), parquet)
        with pq.ParquetFile(parquet) as rows:
            stored.store(folder, size, rows.iter_batches(BATCH_ROWS))
        for file in folder.iterdir():
            files.sync(file)
        folder.rename(path)
    for before in stored.versions(path.parent):
        if before != path:
            _remove(before)


def _remove(folder: Path) -> None:
    """Remove a register; who has it open keeps it until the end."""
    for file in folder.iterdir():
        file.unlink(missing_ok=True)
    folder.rmdir()
