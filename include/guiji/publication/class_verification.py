"""Check that the lines on show are about subjects that their channels list."""

import logging

from guiji.catalog import archive
from guiji.catalog.model import Catalog, Dataset
from guiji.context import Context
from guiji.core import files
from guiji.core.errors import CatalogError
from guiji.core.settings import Settings
from guiji.engine.sql import literal, name
from guiji.publication import manifest, subjects
from guiji.storage import publication_log
from guiji.warehouse import views

log = logging.getLogger(__name__)


def find_problems(context: Context) -> list[str]:
    """Check the last release, by the catalogue with which it was made.

    Args:
        context: settings, where releases, the warehouse and the archive are; catalogue,
            the catalogue in use; it counts where the archive lacks the other.

    Returns:
        Chinese lines; empty = every line is about a subject that its channel lists.

    Source:
        阳府〔2018〕60号 第十三条.
    """
    released = publication_log.releases(context.settings)
    index = released[-1].files if released else ()
    if not index or not all((context.settings.data / f.path).exists() for f in index):
        return []  # a missing index is told with the files of the release
    night = released[-1].night
    used = _catalog_of(context.settings, context.catalog, released[-1])
    problems = []
    with views.connect(Context(context.settings, catalog=used), night) as connection:
        for dataset in used.datasets.values():
            query = _lines_of_other_classes(used, dataset)
            rows = connection.execute(query, [dataset.id]).fetchall()
            problems += [
                f"公示 {night}: {channel} 的《{dataset.title}》有 {lines} 行属于该渠道"
                "不公示的信息主体类别"
                for channel, lines in rows
            ]
    return problems


def _catalog_of(
    settings: Settings, in_use: Catalog, release: publication_log.Release
) -> Catalog:
    """Return the catalogue of a publication; the one in use where it was not kept.

    A manifest that was altered is told with the files of the release.
    """
    path = settings.publication / f"{release.night}" / "manifest.json"
    if not path.exists() or files.sha256_of(path) != release.manifest_sha256:
        return in_use
    version = manifest.read(path).catalogue_version
    if version == in_use.version:
        return in_use
    try:
        return archive.catalog(settings, version)
    except CatalogError as error:
        log.warning("classes are checked by the catalogue in use: %s", error)
        return in_use


def _lines_of_other_classes(catalog: Catalog, dataset: Dataset) -> str:
    """Write the query of the lines per channel that the channel does not list."""
    listed = [
        f"({literal(channel.id)}, {literal(subject_class.value)})"
        for channel in catalog.jurisdiction.channels
        if dataset.id in channel.datasets
        for subject_class in channel.shown_classes
    ]
    of_record = subjects.class_of_record(catalog, dataset)
    shown = ", ".join(listed) or "('', '')"
    return f"""
        select published.channel, count(*)
        from published
        inner join (
            select version_id, {of_record} as subject_class
            from {name(dataset.id)}
        ) as shown on published.version_id = shown.version_id
        where published.dataset = ?
            and (published.channel, shown.subject_class) not in ({shown})
        group by published.channel
        order by published.channel
    """
