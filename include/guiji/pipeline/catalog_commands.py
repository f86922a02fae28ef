"""What people do with the catalogue."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from guiji.context import Context
from guiji.core import business_date, settings
from guiji.core.errors import UsageError
from guiji.core.settings import Settings
from guiji.pipeline.catalog_proposals import proposed_change

if TYPE_CHECKING:
    from guiji.pipeline.batch.dry_run import DryRun


def catalogue_problems() -> dict[str, list[str]]:
    """List everything that is wrong in the catalogue, with file, line and remedy.

    Returns:
        `errors`, which must be mended, and `warnings`.
    """
    from guiji.catalog.validate import validate

    problems = validate(settings.current())
    return {
        "errors": [str(p) for p in problems if not p.is_warning],
        "warnings": [str(p) for p in problems if p.is_warning],
    }


def catalogue_page(dataset: str, language: str = "zh") -> str:
    """Return the public page of one entry as HTML."""
    from guiji.reports import catalog_page

    return catalog_page.render(Context.current().catalog, dataset, language)


def catalogue_export(dataset: str | None, formats: list[str], folder: Path) -> str:
    """Write entries of the catalogue for other systems; return the folder.

    Args:
        dataset: id of an entry; None = all entries.
        formats: of `guiji.reports.catalog_exports.write.FORMATS`; empty = all of them.
        folder: where the files go; made where it is missing.

    Raises:
        UsageError: no such dataset or format.
    """
    from guiji.reports import catalog_page
    from guiji.reports.catalog_exports import write

    catalog = Context.current().catalog
    entries = [*catalog.datasets.values()]
    if dataset is not None:
        entries = [catalog_page.find(catalog, dataset)]
    write.put(folder, write.texts(catalog, entries, formats or write.FORMATS))
    return str(folder)


def catalogue_site(folder: Path) -> str:
    """Write the pages and exports of the whole catalogue; return the folder.

    Pages and exports of entries that have gone are removed, other files stay.
    """
    from guiji.catalog import changes
    from guiji.pipeline import catalog_versions
    from guiji.reports import catalog_site

    context = Context.current()
    accepted = context.settings.accepted_changes / context.settings.jurisdiction
    logged = [changes.read_one(path) for path in changes.accepted(accepted)]
    day = business_date.today(datetime.now(UTC))
    used = catalog_versions.archived(context)
    versions = [catalog_site.Version(name, nights) for name, nights in used.items()]
    texts = catalog_site.texts(context.catalog, logged, day, versions)
    catalog_site.put(folder, texts)
    return str(folder)


def catalogue_template(dataset: str, path: Path) -> str:
    """Write the workbook that departments fill in; return its path."""
    from guiji.reports import catalog_template

    catalog_template.write(Context.current().catalog, dataset, path)
    return str(path)


def catalogue_templates(folder: Path) -> list[str]:
    """Write the workbooks of all datasets into a folder; return their paths."""
    from guiji.reports import catalog_template

    catalog = Context.current().catalog
    paths = {name: folder / f"{name}.xlsx" for name in catalog.datasets}
    for name, path in paths.items():
        catalog_template.write(catalog, name, path)
    return [*map(str, paths.values())]


def catalogue_rules(dataset: str) -> list[dict[str, Any]]:
    """List the rules of a dataset with all that is said about them.

    Raises:
        UsageError: no such dataset.
    """
    from guiji.checking import rule_anchors
    from guiji.reports import catalog_page
    from guiji.reports.rule_docs.pages import suite_of

    catalog = Context.current().catalog
    return [
        {
            "rule_id": rule.rule_id,
            "description": rule.description,
            "description_en": rule.description_en,
            "severity": rule.severity.value,
            "dimension": rule.dimension.value,
            "responsibility": rule.responsibility.value,
            "mostly": rule.mostly,
            "message": rule.wording.message,
            "remedy": rule.wording.remedy,
            "clause": rule.clause,
            "page": rule_anchors.page_of(rule.rule_id),
        }
        for rule in suite_of(catalog_page.find(catalog, dataset), catalog)
    ]


def catalogue_rule_pages(folder: Path) -> str:
    """Write a page per rule of all datasets as Markdown; return their folder."""
    from guiji.reports.rule_docs import write

    return str(write.put_markdown(Context.current().catalog, folder))


def catalogue_differences(before: str, after: str) -> list[dict[str, Any]]:
    """List what differs between two catalogues of the jurisdiction.

    Args:
        before: a version or the beginning of one, a night (YYYY-MM-DD), a folder of
            catalogues, or `current`, the one in use.
        after: the same.

    Returns:
        As `guiji.catalog.differences.Difference` each.

    Raises:
        UsageError: no catalogue is meant by a word, or several are.
        CatalogError: a catalogue cannot be read; names file, line and remedy.
    """
    from guiji.catalog.differences import differences
    from guiji.pipeline import catalog_versions

    context = Context.current()
    chosen = [catalog_versions.named(context, word) for word in (before, after)]
    return [asdict(difference) for difference in differences(*chosen)]


def catalogue_try(
    catalog: Path | None,
    expectations: Path | None,
    since: str | None,
    report: Callable[[str, int, int], None],
    proposal: str | None = None,
) -> dict[str, Any]:
    """Run a changed catalogue over all archived deliveries; change nothing.

    Args:
        catalog: folder of all jurisdictions' catalogues; None = the one in use.
        expectations: folder of all jurisdictions' rules; None = those in use.
        since: the first night; None = all.
        report: told of every batch.
        proposal: id of a proposed change that is laid on top; None = none.

    Returns:
        `catalogue_version` of the catalogue tried, `would_fail`, `shares` per
        department and dataset, `changes` per rule, `untried` and `unread` counts.

    Raises:
        CatalogError: the changed catalogue is wrong; names file, line and remedy.
        UsageError: no such folder.
    """
    now = settings.current()
    for folder in (catalog, expectations):
        if folder is not None and not folder.is_dir():
            raise UsageError(f"no such folder: {folder}")
    first = business_date.parse(since) if since else None
    changes = proposed_change(now, proposal) if proposal else ()
    return tried((now, catalog, expectations, changes), first, report)


def tried(
    changed: tuple[Settings, Path | None, Path | None, tuple[Path, ...]],
    first: date | None,
    report: Callable[[str, int, int], None],
) -> dict[str, Any]:
    """Run what `processors.for_changed_catalog` takes; see `catalogue_try`."""
    from guiji.pipeline.batch import dry_run, processors

    with processors.for_changed_catalog(*changed) as processor:
        version = processor.context.catalog.version
        result = dry_run.run(
            changed[0], processor, first, lambda d, n: report("试算 trial", d, n)
        )
    return trial_told(result, version)


def trial_told(dry_run: "DryRun", version: str) -> dict[str, Any]:
    """Return a trial as JSON values."""
    return {
        "catalogue_version": version,
        "would_fail": dry_run.would_fail,
        "shares": [
            {"department": department, "dataset": dataset, **asdict(share)}
            for (department, dataset), share in sorted(dry_run.shares.items())
        ],
        "changes": [asdict(change) for change in dry_run.changes],
        "untried": dict(sorted(dry_run.untried.items())),
        "unread": [
            {"dataset": dataset, "item": item, "batches": batches}
            for (dataset, item), batches in sorted(dry_run.unread.items())
        ],
    }
