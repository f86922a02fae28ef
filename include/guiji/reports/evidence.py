"""The pages behind a dashboard, and how long they are kept.

A dashboard stays for good; the evidence pages of its night's batches and the pages of
the rules that were in force then are many, can be made again and are kept for some
nights only. A link to a page that is gone is turned into words that say so.
"""

import re
import shutil
from datetime import date
from pathlib import Path

from guiji.catalog.model import Catalog
from guiji.checking import rule_anchors
from guiji.context import NightContext
from guiji.core import files
from guiji.core.settings import Settings
from guiji.ledger.batch_ids import BatchId
from guiji.reports.rule_docs import write

GX = "gx"
RULES = "rules"
LAST_NIGHT = "last_night.txt"
"""In the folder of a catalogue version's rules: the last night that links to them."""

PRUNED = "已清理 pruned"
_NIGHT = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"
_LINK = re.compile(r'<a class="evidence" href="([^"]+)">(.*?)</a>', re.DOTALL)


def of_batch(settings: Settings, night: date, batch_id: str) -> str | None:
    """Return the path from a night's dashboard to a batch's page; None without one."""
    folder = settings.dashboards / str(night)
    page = f"{GX}/validations/{BatchId.parse(batch_id).dataset}.html"
    if (folder / page).exists():
        return f"{page}#{batch_id}"
    old = f"{GX}/validations/{batch_id}.html"  # by a release before
    return old if (folder / old).exists() else None


def of_rule(catalog: Catalog, rule_id: str) -> str:
    """Return the way from a dashboard to a rule's page."""
    return (
        f"../{rule_anchors.site(catalog.version)}/{rule_anchors.page_of(rule_id)}.html"
    )


def put_rules(context: NightContext) -> None:
    """Write the pages of a catalogue version's rules, for a night that links to them.

    Raises:
        OSError: they cannot be written.
    """
    folder = context.settings.dashboards / rule_anchors.site(context.catalog.version)
    write.put_html(context.catalog, folder)
    mark = folder / LAST_NIGHT
    files.write_text(mark, max(_last(folder), context.night.isoformat()))


def prune(settings: Settings, night: date) -> list[Path]:
    """Remove evidence and rules of nights long gone, and tell so where they are linked.

    Args:
        settings: how many nights are kept (`keep_docs_nights`).
        night: was just built and is kept, however old it is.

    Returns:
        The folders removed.
    """
    folders = sorted(settings.dashboards.glob(_NIGHT))
    kept = folders[max(0, len(folders) - max(settings.keep_docs_nights, 1)) :]
    past = [f for f in folders if f not in kept and f.name != str(night)]
    oldest = min([*(f.name for f in kept), str(night)])
    gone = [f / GX for f in past if (f / GX).exists()]
    gone += [
        folder
        for folder in sorted((settings.dashboards / RULES).glob("[!.]*"))
        if _last(folder) < oldest
    ]
    for folder in gone:
        shutil.rmtree(folder)
    if gone:
        for folder in past:
            _tell(folder / "index.html")
    return gone


def _last(folder: Path) -> str:
    mark = folder / LAST_NIGHT
    return mark.read_text(encoding="utf-8") if mark.exists() else ""


def _tell(page: Path) -> None:
    """Mark each broken link of a page: its page was removed."""
    if not page.exists():
        return
    before = page.read_text(encoding="utf-8")

    def told(link: re.Match[str]) -> str:
        if (page.parent / link[1].partition("#")[0]).exists():
            return link[0]
        return f'{link[2]} <small class="pruned">（{PRUNED}）</small>'

    after = _LINK.sub(told, before)
    if after != before:
        files.write_text(page, after)
