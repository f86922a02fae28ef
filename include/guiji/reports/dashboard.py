"""The dashboard of a night: one page that needs no server and no network."""

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from guiji import files
from guiji.catalog.model import Catalog
from guiji.errors import UsageError
from guiji.reports import flow, pages, wording
from guiji.reports import night as nightly
from guiji.reports.night import Night, Outcome
from guiji.schemas import BREACHES
from guiji.settings import Settings
from guiji.warehouse import views


def build(settings: Settings, catalog: Catalog, night: date) -> Path:
    """Write `dashboards/<night>/index.html` and turn `dashboards/current` to it.

    Reads the warehouse, the night's breaches and the manifest of its publication;
    a night that was not released is shown as such.

    Raises:
        UsageError: the night's breaches are not written yet.

    Source:
        福建省涉企信息统一归集公示工作实施方案(2016) 七(三).
    """
    folder = settings.dashboards / night.isoformat()
    overdue = _breaches(settings, night)
    with views.connect(settings, catalog, as_of=night) as connection:
        counted = nightly.count(
            connection, settings, catalog, night, overdue, _manifest(settings, night)
        )
    path = folder / "index.html"
    files.write_text(path, page(catalog, counted))
    _point(settings.dashboards / "current", folder)
    return path


def _breaches(settings: Settings, night: date) -> pa.Table:
    path = settings.reports / night.isoformat() / "breaches.parquet"
    if not path.exists():
        raise UsageError(
            f"no breaches of {night} yet; run `guiji report --date {night}` first"
        )
    return pq.read_table(path, schema=BREACHES)


def _manifest(settings: Settings, night: date) -> dict[str, Any] | None:
    path = settings.publication / night.isoformat() / "manifest.json"
    if not path.exists():
        return None
    content: dict[str, Any] = files.read_json(path)
    return content


def _point(link: Path, folder: Path) -> None:
    """Turn a symbolic link to the latest night's folder, in one step."""
    if link.is_symlink() and link.readlink().name > folder.name:
        return
    draft = link.with_name(f".{link.name}.tmp")
    draft.unlink(missing_ok=True)
    draft.symlink_to(folder.name)
    draft.replace(link)


def page(catalog: Catalog, counted: Night) -> str:
    """Write the dashboard, Chinese first, English by a switch."""
    rules = catalog.jurisdiction.circular
    return pages.render(
        "dashboard.html.j2",
        catalog=catalog,
        place=catalog.jurisdiction,
        rules=rules,
        night=counted,
        day=wording.day(counted.night),
        picture=nightly.picture(counted),
        columns=flow.COLUMN_X,
        outcomes=counted.outcomes,
        no_outcome=Outcome(),
        named_late={u.id for u in counted.section.late(rules)},
        named_faulty={u.id for u in counted.section.faulty(rules)},
        channels={c.id: c.title for c in catalog.jurisdiction.channels},
        wording=wording,
    )
