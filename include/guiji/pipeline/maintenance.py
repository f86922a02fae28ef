"""Maintenance of the warehouse: compaction, backup, restore, vacuum."""

from datetime import UTC, datetime
from typing import Any

from guiji.context import Context
from guiji.core import business_date, settings


def backup(target: str) -> dict[str, Any]:
    """Copy one version of the warehouse into a folder or an object store.

    Returns:
        `last_night`, `files`: how many it holds.

    Raises:
        UsageError: nothing to copy, or another warehouse is in the target.
        LedgerBroken: a file of the warehouse was altered.
    """
    from guiji.warehouse import backup as warehouse

    return _told(warehouse.backup(settings.current(), target))


def restore(source: str) -> dict[str, Any]:
    """Restore a backup into an empty warehouse.

    Returns:
        As `backup`.

    Raises:
        UsageError: no whole backup, or the warehouse is not empty.
        LedgerBroken: a file of the backup is missing or altered.
    """
    from guiji.warehouse import backup as warehouse

    return _told(warehouse.restore(settings.current(), source))


def _told(backup_list: Any) -> dict[str, Any]:
    return {"last_night": backup_list.last_night, "files": len(backup_list.files)}


def fold_due() -> list[str]:
    """Name the datasets that are to be compacted."""
    from guiji.warehouse import incremental_compaction as warehouse

    return warehouse.due(Context.current())


def fold(dataset: str, *, whole: bool = False) -> int:
    """Compact one dataset: the buckets that need it most, a bounded number of rows.

    Args:
        dataset: id of the dataset; or `enterprises`, the register.
        whole: fold all of its nights into its base, however long that takes.

    Returns:
        How many files fewer it has now; negative where tails were parted by bucket.

    Raises:
        UsageError: no such dataset.
        LockHeld: a night is being merged or published.
    """
    from guiji.warehouse import compaction, incremental_compaction

    run = compaction.fold if whole else incremental_compaction.compact
    context = Context.current()
    with context.ledger.lock("warehouse"):
        return run(context, dataset)


def vacuum() -> list[str]:
    """Remove files that no commit of the last `GUIJI_KEEP_DAYS` days held.

    Original bytes of deliveries, rows as they were read, full files of publications
    and circulars go too, where `GUIJI_KEEP_…_DAYS` is set and they are older.

    Returns:
        Paths in the warehouse, `landing/<sha256>`, and paths below the data root.
    """
    from guiji.intake import retention
    from guiji.pipeline.batch import batch_expiry
    from guiji.publication import expiry
    from guiji.reports import report_expiry
    from guiji.warehouse import vacuum as warehouse

    context = Context.current()
    today = datetime.now(business_date.SHANGHAI).date()
    originals = retention.expire(context, today)
    removed = warehouse.vacuum(context.settings, datetime.now(UTC))
    removed += [f"landing/{sha256}" for sha256 in originals]
    removed += batch_expiry.expire(context, today)
    with context.ledger.lock("warehouse"):
        removed += expiry.expire(context, today)
    return removed + report_expiry.expire(context.settings, today)
