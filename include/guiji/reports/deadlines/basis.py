"""What a night's breaches were computed from, so that a later night may build on them.

A note is kept per night, apart from what the night hands out: it may be removed any
time, and then the next night judges every record again. It names the versions of
catalogue, calendar and code, the version of `records` by the hash of its log, the
release and the bytes of `breaches.parquet`: where one of them is another by now, the
note is of no use.
"""

import hashlib
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

import guiji
from guiji.context import NightContext
from guiji.core import files
from guiji.core.settings import Settings
from guiji.reports.deadlines import listing
from guiji.storage import dataset_files, delta, delta_log, publication_log
from guiji.storage.publication_log import Release
from guiji.storage.table_store import TableStore, table_store


@dataclass(frozen=True)
class Basis:
    """What the breaches of a night were computed from.

    Attributes:
        night: the night, ISO text; so are all nights here.
        catalog, calendar: versions.
        code: version of the package and hash of its statements.
        records: version of the table `records`.
        chain: hash over its log up to that version.
        merged: the last night merged then.
        released: the night of the last release; None = there was none.
        manifest: SHA-256 of that release's manifest.
        breaches: SHA-256 of the night's `breaches.parquet`.
    """

    night: str
    catalog: str
    calendar: str
    code: str
    records: int
    chain: str
    merged: str
    released: str | None
    manifest: str | None
    breaches: str

    @property
    def since(self) -> date:
        """The last night all of whose versions were judged."""
        return date.fromisoformat(min(self.night, self.merged))


@dataclass(frozen=True)
class Earlier:
    """The breaches of an earlier night that this one may build on.

    Attributes:
        breaches: its file.
        night: that night.
        since: the last night all of whose versions it has judged.
        before: the release that it knew; None = there was none.
        now: the release that this night knows.
    """

    breaches: Path
    night: date
    since: date
    before: Release | None
    now: Release | None

    @property
    def is_same_release(self) -> bool:
        """Return whether nothing was released in between."""
        return self.before == self.now

    def index_changes(self, settings: Settings) -> list[Path] | None:
        """Return the files of all lines that the two releases show differently.

        Returns:
            The files that later releases added to the index; None where it was written
            anew since.
        """
        before, now = (
            release.index(settings, "published") if release else []
            for release in (self.before, self.now)
        )
        if now[: len(before)] != before:
            return None
        return [settings.data / file.path for file in now[len(before) :]]


def last_release(settings: Settings, night: date) -> Release | None:
    """Return the last release up to a night."""
    released = publication_log.releases(settings, as_of=night)
    return released[-1] if released else None


def of(context: NightContext) -> Basis | None:
    """Return what the breaches of a night are computed from now, their file left open.

    Returns:
        None where nothing was merged yet.
    """
    where = table_store(context.settings)
    records = dataset_files.open_records(where)
    merged = dataset_files.last_night(records)
    if merged is None:
        return None
    release = last_release(context.settings, context.night)
    return Basis(
        night=context.night.isoformat(),
        catalog=context.catalog.version,
        calendar=context.calendar.version,
        code=_code(context.settings),
        records=records.version,
        chain=delta_log.chain(where, dataset_files.TABLE, records.version),
        merged=merged.isoformat(),
        released=release.night.isoformat() if release else None,
        manifest=release.manifest_sha256 if release else None,
        breaches="",
    )


def note(context: NightContext, before: Basis | None) -> None:
    """Note what the breaches of a night, just written, were computed from.

    Args:
        context: settings, where the breaches are; night, the night.
        before: what they were to be computed from when that began; if it is another by
            now, nothing is noted.
    """
    path = context.settings.deadlines / f"{context.night}.json"
    if before is None or before != of(context):
        path.unlink(missing_ok=True)
        return
    written = files.sha256_of(_breaches(context.settings, before))
    files.write_json(path, asdict(replace(before, breaches=written)))


def earlier(context: NightContext) -> Earlier | None:
    """Return the last earlier night that this one may build on; None = there is none.

    Only the last night with a note counts: older ones would save less and less.
    """
    settings = context.settings
    paths = sorted(settings.deadlines.glob("????-??-??.json"))
    before = [p for p in paths if p.stem < context.night.isoformat()]
    basis = _read(before[-1]) if before else None
    if basis is None or not _stands(context, basis):
        return None
    releases = {r.night.isoformat(): r for r in publication_log.releases(settings)}
    known = releases.get(basis.released) if basis.released else None
    now = last_release(settings, context.night)
    if (known and known.manifest_sha256) != basis.manifest:
        return None
    if known != now and (known is None or now is None or now.night < basis.since):
        return None
    night = date.fromisoformat(basis.night)
    return Earlier(_breaches(settings, basis), night, basis.since, known, now)


def _stands(context: NightContext, basis: Basis) -> bool:
    """Return whether all that the earlier night was computed from is as it was."""
    settings = context.settings
    used = (basis.catalog, basis.calendar, basis.code)
    now = (context.catalog.version, context.calendar.version, _code(settings))
    path = _breaches(settings, basis)
    return (
        used == now
        and path.exists()
        and files.sha256_of(path) == basis.breaches
        and _chain(table_store(settings), basis.records) == basis.chain
    )


def _chain(where: TableStore, version: int) -> str | None:
    """Hash the log of `records` up to a version; None = it has no such version."""
    if version > delta.latest(where, dataset_files.TABLE):
        return None
    return delta_log.chain(where, dataset_files.TABLE, version)


def _code(settings: Settings) -> str:
    """Name the code that judges: the version of the package and its statements."""
    digest = hashlib.sha256()
    for path in sorted((settings.sql / "deadlines").glob("*.sql")):
        digest.update(path.read_bytes())
    return f"{guiji.__version__}-{digest.hexdigest()[:16]}"


def _breaches(settings: Settings, basis: Basis) -> Path:
    return settings.reports / basis.night / listing.PARQUET_NAME


def _read(path: Path) -> Basis | None:
    """Read a note; None = an older or newer release wrote another form of it."""
    try:
        return Basis(**files.read_json(path))
    except (TypeError, ValueError):
        return None
