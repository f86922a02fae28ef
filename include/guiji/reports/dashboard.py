"""The dashboard of a night: one page that needs no server and no network."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from guiji.catalog.model import Catalog
from guiji.checking import rule_anchors
from guiji.context import NightContext
from guiji.core import files
from guiji.core.settings import Settings
from guiji.reports import assessment, evidence, flow, pages, wording
from guiji.reports import night as nightly
from guiji.reports.deadlines import breaches, listing
from guiji.reports.night import MergeCounts, NightFigures
from guiji.reports.rule_docs.pages import places_of


class TraceLine(Protocol):
    """A line of the trace."""

    @property
    def subject(self) -> str:
        """What it is about."""

    @property
    def details(self) -> Mapping[str, Any]:
        """More of it."""


@dataclass(frozen=True)
class Alert:
    """A fault of the platform about one delivery, department or extract.

    Attributes:
        stage: what was being done, a key of `wording.STAGES`.
        subject: a delivery id, a department, an extract.
        fault: class of the exception and place in the code; never a text of the data.
    """

    stage: str
    subject: str
    fault: str


def alerts(traced: Iterable[TraceLine], night: date) -> tuple[Alert, ...]:
    """Choose the faults of a night from the trace's lines of that kind."""
    mine = [entry for entry in traced if entry.subject.startswith(f"{night}:")]
    return tuple(
        Alert(
            entry.details["stage"],
            entry.details["subject"],
            f"{entry.details['error']} at {entry.details['place']}",
        )
        for entry in mine
    )


def build(context: NightContext, faults: Sequence[Alert] = ()) -> Path:
    """Write `dashboards/<night>/index.html` and turn `dashboards/current` to it.

    Reads the warehouse, the night's breaches and the manifest of its publication;
    a night that was not released is shown as such. The pages of the rules are written
    beside it, and those of nights long gone are removed.

    Args:
        context: settings, where the warehouse and the pages are; catalogue, titles and
            rules; night, the night.
        faults: of the platform in that night, see `alerts`.

    Raises:
        UsageError: the night's breaches are not written yet.

    Source:
        福建省涉企信息统一归集公示工作实施方案(2016) 七(三).
    """
    folder = context.settings.dashboards / context.night.isoformat()
    overdue = breaches.path_of(context.settings, context.night)
    with breaches.warehouse(context, context.night) as connection:
        listing.bind(connection, overdue)
        counted = nightly.count(
            connection, context, _manifest(context.settings, context.night)
        )
    evidence.put_rules(context)
    evidence_pages = {
        line.batch_id: where
        for line in counted.batches
        if (where := evidence.of_batch(context.settings, context.night, line.batch_id))
    }
    path = folder / "index.html"
    files.write_text(path, page(context.catalog, counted, evidence_pages, faults))
    evidence.prune(context.settings, context.night)
    _point(context.settings.dashboards / "current", folder)
    return path


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


def page(
    catalog: Catalog,
    counted: NightFigures,
    evidence_pages: Mapping[str, str] | None = None,
    faults: Sequence[Alert] = (),
) -> str:
    """Write the dashboard, Chinese first, English by a switch.

    Args:
        catalog: titles, and the rules that have a page.
        counted: the night.
        evidence_pages: batch id -> path of its evidence page from here.
        faults: of the platform in that night.
    """
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
        no_outcome=MergeCounts(),
        named_late={u.id for u in assessment.late(counted.section, rules)},
        named_faulty={u.id for u in assessment.faulty(counted.section, rules)},
        channels={c.id: c.title for c in catalog.jurisdiction.channels},
        wording=wording,
        found=evidence_pages or {},
        faults=faults,
        rule_page=_rule_pages(catalog),
    )


def _rule_pages(catalog: Catalog) -> Callable[[str], str | None]:
    """Return where the page of a rule is; a rule that the catalogue lost has none."""
    pages = places_of(catalog)

    def of_rule(rule_id: str) -> str | None:
        if rule_anchors.page_of(rule_id) not in pages:
            return None
        return evidence.of_rule(catalog, rule_id)

    return of_rule
