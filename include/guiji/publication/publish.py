"""Release a night's publication, or leave the last one as it is.

Everything is built in a folder that nobody reads, checked there, and only then given
its name. The release is one commit of the warehouse: before it the night is not
published and is built anew; after it the night is only verified.
"""

import logging
import shutil
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import Path

import guiji
from guiji.context import NightContext
from guiji.core import business_date, files
from guiji.core.errors import LedgerBroken, NightClosed, PublicationHalted, UsageError
from guiji.core.settings import Settings
from guiji.engine.base import Engine
from guiji.engine.open import open_engine
from guiji.publication import (
    basis,
    checks,
    manifest,
    objected,
    repairs,
    store_once,
)
from guiji.publication.assemble import Assembly
from guiji.publication.channel_files import ChannelFiles
from guiji.publication.manifest import Entry, Manifest
from guiji.publication.release_tables import ReleaseTables
from guiji.storage import commits, dataset_files, publication_log
from guiji.storage.known_versions import KnownVersions
from guiji.storage.storage_errors import explained
from guiji.storage.table_store import TableStore, scratch, table_store
from guiji.storage.writer_lock import locked
from guiji.warehouse import views

log = logging.getLogger(__name__)


@explained
def publish(context: NightContext, *, in_full: bool = False) -> Manifest:
    """Publish a night; a night that was released before is verified, not rewritten.

    Waits while another process merges or publishes.

    Args:
        context: settings, where everything is; catalogue, what may be published, where,
            and how long; night, a merged night.
        in_full: compute every line, also where only changes would be; the files are
            the same.

    Returns:
        The manifest, as publication/<night>/manifest.json holds it.

    Raises:
        PublicationHalted: a check before release failed; the last one stays.
        NightClosed: a later night is released already.
        UsageError: the night is not merged.
        LedgerBroken: what was released is not what stands there now.

    Source:
        筑府办发〔2016〕39号 三(三)5—7; 阳府〔2018〕60号 第十五, 十八条.
    """
    with locked(context.settings):
        publication_log.sweep(context.settings)
        released = publication_log.releases(context.settings)
        last = released[-1] if released else None
        if last and context.night in {r.night for r in released}:
            return _verified(context.settings, context.night, last.night)
        store = table_store(context.settings)
        store.known = KnownVersions()  # no log is read twice
        _refuse(store, context.night, last)
        staging = context.settings.publication / f".{context.night}.building"
        shutil.rmtree(staging, ignore_errors=True)
        shutil.rmtree(_folder(context.settings, context.night), ignore_errors=True)
        try:
            new_manifest, release = _build(
                context, store, released, staging, in_full=in_full
            )
        except PublicationHalted:
            publication_log.sweep(context.settings)
            shutil.rmtree(staging, ignore_errors=True)
            raise
        _release(context.settings, release, staging)
        return new_manifest


def released(settings: Settings, night: date) -> tuple[str, int]:
    """Return the SHA-256 of a released manifest, and the lines of its full files.

    Raises:
        LedgerBroken: it is not there, or not what was released.
    """
    problems = checks.check_released(settings, night)
    if problems:
        raise LedgerBroken("; ".join(problems))
    path = _folder(settings, night) / "manifest.json"
    full = manifest.entries(manifest.read(path).channels, "full")
    return files.sha256_of(path), sum(entry.rows for entry in full.values())


def point_to_last(settings: Settings) -> None:
    """Point `current` to the last release."""
    with locked(settings):
        nights = publication_log.nights(settings)
        if nights:
            _switch(settings, nights[-1])


def _folder(settings: Settings, night: date) -> Path:
    return settings.publication / night.isoformat()


def _refuse(
    store: TableStore, night: date, last: publication_log.Release | None
) -> None:
    if not dataset_files.is_merged(dataset_files.open_records(store), night):
        raise UsageError(
            f"{night} is not merged; run `guiji merge --date {night}` first"
        )
    if last and last.night > night:
        raise NightClosed(
            f"{last.night} is released already; what {night} holds goes out with "
            "the next night"
        )


def _verified(settings: Settings, night: date, last: date) -> Manifest:
    is_expired = night != last and not (_folder(settings, night) / "full").exists()
    problems = checks.check_released(settings, night, is_expired)
    if problems:
        raise LedgerBroken("; ".join(problems))
    _switch(settings, last)
    return manifest.read(_folder(settings, night) / "manifest.json")


def _build(
    context: NightContext,
    store: TableStore,
    released: Sequence[publication_log.Release],
    staging: Path,
    *,
    in_full: bool,
) -> tuple[Manifest, publication_log.Release]:
    """Write, prove and scan a publication in the folder `staging`."""
    settings, last = context.settings, released[-1] if released else None
    before = _folder(settings, last.night) if last else None
    past = manifest.read(before / "manifest.json") if before else None
    made_with = basis.of_night(context)
    is_partial = not in_full and _is_partial(last, made_with)
    log.info("publication of %s: %s", context.night, "changes" if is_partial else "all")
    version = _records_version(store, context.night)
    since = last if is_partial else None
    off = objected.upheld(context)
    with (
        scratch(settings) as spill,
        _views(context, store, since, spill, off) as engine,
    ):
        tables = ReleaseTables(engine, context, released, is_partial)
        full = manifest.entries(past.channels, "full") if past else {}
        channel_files = ChannelFiles(engine, staging, before, full)
        assembly = Assembly(engine, context, tables, channel_files, is_partial, off)
        channels = assembly.assemble()
        checks.break_if_collapsed(context.catalog, assembly.losses)
        index = tables.write()
        channels = objected.write_marks(
            engine, context, staging, channels, tables.shown_files(index)
        )
    store_once.share(staging, channels, before)
    withdrawn = checks.prove(settings, channels, before, staging)
    withheld = tables.withheld_in_all(past.withheld if past else 0)
    new_manifest = _manifest(context, last, channels, withdrawn, withheld)
    manifest.write(staging / "manifest.json", new_manifest)
    kind = "delta" if is_partial else "full"
    checks.scan_all(staging, channels, kind, context.catalog)
    digest = files.sha256_of(staging / "manifest.json")
    return new_manifest, publication_log.Release(
        context.night, digest, tuple(index), made_with, version
    )


def _manifest(
    context: NightContext,
    last: publication_log.Release | None,
    channels: dict[str, tuple[Entry, ...]],
    withdrawn: int,
    withheld: int,
) -> Manifest:
    return Manifest(
        night=context.night,
        previous=last.night if last else None,
        released_at=business_date.instant(context.night).isoformat(),
        jurisdiction=context.catalog.jurisdiction.id,
        catalogue_version=context.catalog.version,
        calendar_version=context.calendar.version,
        code_version=guiji.__version__,
        channels=channels,
        withdrawn=withdrawn,
        withheld=withheld,
        chain=last.manifest_sha256 if last else None,
    )


def _is_partial(last: publication_log.Release | None, made_with: str) -> bool:
    """Return whether the lines of records that did not change are as they were."""
    return (
        last is not None
        and last.basis == made_with
        and last.records_version is not None
    )


def _records_version(where: TableStore, night: date) -> int | None:
    """Return a version of `records` that holds no night after this one.

    What a later release does not find in it, it looks at.
    """
    snapshot = dataset_files.open_records(where)
    if dataset_files.last_night(snapshot) == night:
        return snapshot.version
    merge = commits.commit_of(where, snapshot, night)
    return merge.version if merge else None


def _views(
    context: NightContext,
    store: TableStore,
    since: publication_log.Release | None,
    spill: Path,
    off: Mapping[str, Collection[str]],
) -> Engine:
    """Open the warehouse: all of it, or the records that changed since a release.

    Records that objections keep off (`off`) may have changed, too.
    """
    night = context.night
    if since is None:
        engine = views.open_views(context, night, spill)
        repairs.bind(engine, context, store, night)
        return engine
    engine = open_engine(context.settings, spill)
    repairs.bind(engine, context, store, night)
    further = objected.affected(context, since, off)
    for dataset, records in repairs.affected(engine, context, store, since).items():
        further.setdefault(dataset, set()).update(records)
    views.bind_changed(engine, context, store, since, night, further)
    return engine


def _release(
    settings: Settings, release: publication_log.Release, staging: Path
) -> None:
    """Rename the folder to its final name, commit, and point `current` to it."""
    staging.rename(_folder(settings, release.night))
    files.sync(settings.publication)
    publication_log.write_release(settings, release)
    _switch(settings, release.night)


def _switch(settings: Settings, night: date) -> None:
    link = settings.publication / "current"
    if link.is_symlink() and link.readlink() == Path(night.isoformat()):
        return
    draft = settings.publication / ".current.tmp"
    draft.unlink(missing_ok=True)
    draft.symlink_to(night.isoformat())
    draft.replace(link)
    files.sync(settings.publication)
