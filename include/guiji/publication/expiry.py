"""How long the full files of publications are kept.

For ever, unless `GUIJI_KEEP_PUBLICATION_DAYS` says otherwise. Of an older night the
folder `full/` goes; its manifest and its deltas stay, so that the chain of manifests
holds, every later state can be built again from the deltas, and `guiji verify` proves
that they lead to the oldest full file that is kept. The trace says so before they go.

Source: 贵州省企业公共信用信息平台运行管理规则(试行) 第十四, 二十三至二十五条.
"""

import shutil
from datetime import date, timedelta
from typing import Any, Protocol

from guiji.context import Context
from guiji.storage import publication_log

PUBLICATION = "publication_expired"
"""Kind of the trace's lines; their subject is the night."""


class Ledger(Protocol):
    """What an expiry asks of the ledger."""

    def append_once(self, kind: str, subject: str, details: dict[str, Any]) -> bool:
        """Add a line to the trace, unless it is there."""


def expire(context: Context, today: date) -> list[str]:
    """Remove the full files that have been kept long enough.

    The last release before the days to keep keeps its full files: the first one within
    them is proven from it. So does the last release, however old.

    Args:
        context: settings, `keep_publication_days`; None = nothing is removed; ledger,
            traces what is removed.
        today: the day from which is counted back.

    Returns:
        Folders that were removed now, below the data root.
    """
    if context.settings.keep_publication_days is None:
        return []
    oldest = today - timedelta(days=context.settings.keep_publication_days)
    nights = [
        night for night in publication_log.nights(context.settings) if night < oldest
    ]
    removed = []
    for night in nights[:-1]:
        folder = context.settings.publication / f"{night}" / "full"
        if folder.exists():
            context.ledger.append_once(
                PUBLICATION, f"{night}", {"kept": "manifest, delta"}
            )
            shutil.rmtree(folder)
            removed.append(f"publication/{night}/full")
    return removed
