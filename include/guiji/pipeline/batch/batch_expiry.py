"""How long the rows of a delivery are kept as they were read and typed.

For ever, unless `GUIJI_KEEP_BATCHES_DAYS` says otherwise. Of an older batch its two
large files go, `text.parquet` and `typed.parquet`; findings, verdict, facts and how it
was read stay, and so do the merged rows in the warehouse. Kept in any case are:

* batches of which lines wait in quarantine: `replay` and `release` read them again;
* batches of nights that are not reported yet, and deliveries that wait to be taken
  again;
* extracts: a sweep states the rows that vanished from the file that brought them;
* of each department and dataset the last delivery, with which the next is compared.

`guiji catalogue try` tries what is kept, and counts what is not.

Source: 贵州省企业公共信用信息平台运行管理规则(试行) 第十四, 二十三至二十五条.
"""

from datetime import date, timedelta

from guiji.context import Context
from guiji.ledger.delivery import Delivery
from guiji.ledger.progress import NightState
from guiji.pipeline.batch.outcome import TYPED_FILE, result_path
from guiji.reading.read import TEXT
from guiji.warehouse import views

TRACE = "batch_expired"
UNFINISHED = (NightState.OPEN, NightState.MERGED, NightState.PUBLISHED)


def expire(context: Context, today: date) -> list[str]:
    """Remove the rows of batches that have been kept long enough and nothing needs.

    Args:
        context: settings, `keep_batches_days`; None = nothing is removed; catalogue, of
            the warehouse's views; ledger, knows the batches; traces what is removed.
        today: the day from which is counted back.

    Returns:
        Files that were removed now, below the data root.
    """
    if context.settings.keep_batches_days is None:
        return []
    oldest = today - timedelta(days=context.settings.keep_batches_days)
    needed = _needed(context)
    removed = []
    for delivery in context.ledger.deliveries():
        batch_id = delivery.batch_id
        if batch_id is None or delivery.night >= oldest or batch_id in needed:
            continue
        folder = context.settings.batches / batch_id
        for name in (TEXT, TYPED_FILE):
            for path in {folder / name, result_path(folder, name)}:
                if path.exists():
                    context.ledger.append_once(
                        TRACE, batch_id, {"night": str(delivery.night)}
                    )
                    path.unlink()
                    removed.append(f"batches/{batch_id}/{path.name}")
    return removed


def _needed(context: Context) -> set[str | None]:
    """Name the batches whose rows something may read again."""
    nights = context.ledger.nights()
    waiting = {request.first_id for request in context.ledger.waiting()}
    last: dict[tuple[str, str | None], Delivery] = {}
    needed: set[str | None] = set()
    for delivery in context.ledger.deliveries():
        if delivery.verdict in ("accepted", "partly"):
            last[delivery.department, delivery.dataset] = delivery
        if (
            delivery.way == "extract"
            or delivery.delivery_id in waiting
            or nights[delivery.night] in UNFINISHED
        ):
            needed.add(delivery.batch_id)
    with views.connect(context) as connection:
        quarantined = connection.execute(
            "select distinct batch_id from quarantine where closed_night is null"
        ).fetchall()
    needed |= {batch_id for (batch_id,) in quarantined}
    return needed | {delivery.batch_id for delivery in last.values()}
