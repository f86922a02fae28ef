"""Remove the files that only past versions of a table hold.

What a fold replaced is held once more in what it wrote, so no version of any record is
lost and every question as of a past night has its answer. What is lost is the table
as it was: another engine can no longer open an older Delta version.
"""

import json
from datetime import datetime, timedelta
from urllib.parse import unquote

from guiji.core.settings import Settings
from guiji.storage import delta, delta_log
from guiji.storage.delta import Snapshot
from guiji.storage.storage_errors import explained
from guiji.storage.table_store import TableStore, table_store
from guiji.storage.writer_lock import locked
from guiji.warehouse import tables


@explained
def vacuum(settings: Settings, now: datetime) -> list[str]:
    """Remove files that no commit of the last `keep_days` days held.

    Waits while another process of this machine merges, folds or publishes.

    Args:
        settings: where the warehouse is, and `keep_days`.
        now: the instant from which days are counted back.

    Returns:
        What was removed: table/path.
    """
    where = table_store(settings)
    before = now - timedelta(days=settings.keep_days)
    removed = []
    with locked(settings):
        for table in tables.EVERY:
            for path in _dead(where, delta.snapshot(where, table), before):
                if where.exists(table, path):
                    where.remove(table, path)
                    removed.append(f"{table}/{path}")
    return removed


def _dead(where: TableStore, snapshot: Snapshot, before: datetime) -> list[str]:
    """List what commits before an instant took out of a table, and none put back."""
    taken_out: dict[str, float] = {}  # path -> when, seconds since 1970
    for version in range(snapshot.version + 1):
        entry = where.read(snapshot.table, delta_log.log_entry(version))
        committed_at = delta_log.commit_info(entry)["timestamp"] / 1000
        for line in entry.splitlines():
            removal = json.loads(line).get("remove")
            if removal:
                taken_out[unquote(removal["path"])] = committed_at
    live = {file.path for file in snapshot.files}
    limit = before.timestamp()
    return sorted(p for p, at in taken_out.items() if at < limit and p not in live)
