"""Every catalogue and calendar that a night used, kept under its version.

What a past night was judged by must be there when its figures are asked for again: a
deadline that the catalogue changes later changes nothing of what was known then. A
version is written once, in one piece, before its first use, and never again.

`catalogues/<jurisdiction>/<version>/` has the folders `catalog/`, `expectations/` and
`sql/extracts/` as they were; `calendars/<version>/` has `workdays.csv`.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path

from guiji.catalog import changes, load
from guiji.catalog.folder import Folder
from guiji.catalog.model import Catalog
from guiji.core import files
from guiji.core.errors import CatalogError
from guiji.core.settings import Settings
from guiji.domain import workdays
from guiji.domain.workdays import Calendar

TRACE = "versions_used"
"""Kind of the trace's line that tells a night's versions: `catalogue`, `calendar`."""

CALENDAR = "workdays.csv"
EXTRACTS = "sql/extracts"


def keep_catalog(settings: Settings, version: str, day: date | None = None) -> Path:
    """Archive the catalogue in use; an archived version is left as it is.

    Args:
        settings: where catalogue and archive are.
        version: of the catalogue that was loaded.
        day: the night for which it was loaded; None = today.

    Raises:
        CatalogError: its files were changed after it was loaded.
    """
    target = settings.catalogues / settings.jurisdiction / version
    named = {
        _archived_name(settings.jurisdiction, name): path
        for name, path in load.folder_of(settings, day).files.items()
    }
    return _keep(target, named, lambda kept: catalog_version(kept, settings))


def keep_calendar(settings: Settings, version: str) -> Path:
    """Archive the working-day calendar in use; see `keep_catalog`."""
    target = settings.calendars / version
    named = {CALENDAR: settings.catalog / CALENDAR}
    return _keep(target, named, lambda kept: workdays.load(kept / CALENDAR).version)


def catalog(settings: Settings, version: str) -> Catalog:
    """Read a catalogue of the archive.

    Raises:
        CatalogError: it is not there, or not as it was written.
    """
    kept = settings.catalogues / settings.jurisdiction / version
    if not kept.is_dir():
        raise CatalogError(_missing("catalogue", version, kept))
    read = load.load_archived(folder(kept, settings.jurisdiction))
    if read.version != version:
        raise CatalogError(f"{kept} was altered: it is version {read.version} now")
    return read


def calendar(settings: Settings, version: str) -> Calendar:
    """Read a calendar of the archive.

    Raises:
        CatalogError: it is not there, or not as it was written.
    """
    kept = settings.calendars / version
    if not kept.is_dir():
        raise CatalogError(_missing("working-day calendar", version, kept))
    read = workdays.load(kept / CALENDAR)
    if read.version != version:
        raise CatalogError(f"{kept} was altered: it is version {read.version} now")
    return read


def catalog_version(kept: Path, settings: Settings) -> str:
    """Work out the version of an archived catalogue from its files."""
    return folder(kept, settings.jurisdiction).version


def differences(settings: Settings) -> Iterator[str]:
    """Name every version of the archive that is not what its name says, in Chinese."""
    for kept in versions(settings.catalogues / settings.jurisdiction):
        if catalog_version(kept, settings) != kept.name:
            yield f"采集目录存档 {kept.name}: 已被改动"
    for kept in versions(settings.calendars):
        if not _is_calendar(kept):
            yield f"工作日历存档 {kept.name}: 已被改动"


def missing(settings: Settings, night: str, used: Mapping[str, str]) -> Iterator[str]:
    """Name the versions that a night used and the archive lacks, in Chinese."""
    kept = {
        "采集目录": settings.catalogues / settings.jurisdiction / used["catalogue"],
        "工作日历": settings.calendars / used["calendar"],
    }
    for title, folder in kept.items():
        if not folder.is_dir():
            yield f"{title}存档 {folder.name}: {night} 使用过，现已缺失"


def versions(folder: Path) -> list[Path]:
    """List the versions kept in a folder, the newest last."""
    kept = [p for p in folder.glob("*") if p.is_dir() and not p.name.startswith(".")]
    return sorted(kept, key=lambda p: (p.stat().st_mtime_ns, p.name))


def _is_calendar(kept: Path) -> bool:
    try:
        return workdays.load(kept / CALENDAR).version == kept.name
    except (OSError, ValueError, KeyError):
        return False


def _keep(
    target: Path, named: Mapping[str, Path], version: Callable[[Path], str]
) -> Path:
    """Copy files into a folder that is there as a whole or not at all."""
    if target.is_dir():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        for name, path in named.items():
            copy = draft / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
            files.sync(copy)
        if version(draft) != target.name:
            what = f"{target.parent.name} {target.name}"
            raise CatalogError(f"{what}: changed while it was read; run again")
        draft.chmod(0o755)
        _rename(draft, target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return target


def _rename(draft: Path, target: Path) -> None:
    try:
        draft.rename(target)
    except OSError:
        if not target.is_dir():  # else another process was first
            raise
    files.sync(target.parent)


def _archived_name(jurisdiction: str, name: str) -> str:
    """Return the place of a file in the archive: as it lies in a checkout."""
    kind, _, rest = name.partition("/")
    return f"{EXTRACTS}/{jurisdiction}/{rest}" if kind == "sql" else name


def folder(kept: Path, jurisdiction: str) -> Folder:
    """Return the folder of an archived catalogue, of which nothing is read yet."""
    in_force = changes.accepted(kept / changes.FOLDER)
    roots = kept / "catalog", kept / "expectations", kept / EXTRACTS
    return Folder(*roots, jurisdiction, tuple(in_force))


def _missing(what: str, version: str, kept: Path) -> str:
    return (
        f"the {what} {version} is not in the archive: the nights that used it were run "
        f"by an older release. Put its files into {kept}, or ask with --known-on for a "
        "night whose versions are kept"
    )
