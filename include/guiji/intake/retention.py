"""How long the original bytes of deliveries are kept.

For ever, unless `GUIJI_KEEP_ORIGINALS_DAYS` says otherwise. What was read from a file,
its receipt, its versions and its trace stay: only the bytes go, and the trace says so
before they do, so that an auditor can tell removal from loss.

Source: 贵州省企业公共信用信息平台运行管理规则(试行) 第十四, 二十三至二十五条.
"""

from datetime import date, timedelta

from guiji.context import Context
from guiji.intake import landing
from guiji.ledger.progress import NightState

TRACE = "original_expired"


def expire(context: Context, today: date) -> list[str]:
    """Remove the original bytes that have been kept long enough.

    Bytes stay while a night that took them is not merged, while they wait to be taken
    again, and as long as the latest night that took them is within the days to keep.

    Args:
        context: settings, `keep_originals_days`; None = nothing is removed; ledger,
            which nights took which bytes; traces what is removed.
        today: the day from which is counted back.

    Returns:
        SHA-256 of what was removed now, sorted.
    """
    if context.settings.keep_originals_days is None:
        return []
    oldest = today - timedelta(days=context.settings.keep_originals_days)
    nights = context.ledger.nights()
    last: dict[str, date] = {}
    unfinished = {
        context.ledger.delivery(r.first_id).sha256 for r in context.ledger.waiting()
    }
    for delivery in context.ledger.deliveries():
        last[delivery.sha256] = max(
            delivery.night, last.get(delivery.sha256, delivery.night)
        )
        if nights[delivery.night] is NightState.OPEN:
            unfinished.add(delivery.sha256)
    removed = []
    for sha256, night in sorted(last.items()):
        if night < oldest and sha256 not in unfinished:
            context.ledger.append_once(TRACE, sha256, {"last_night": str(night)})
            if landing.forget(context.settings, sha256):
                removed.append(sha256)
    return removed
