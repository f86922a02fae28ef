"""Reading the catalogue: a jurisdiction's files, whole and consistent, or not at all.

`load` stops at the first thing that is wrong, `inspect` lists everything. Both name
file, line and remedy, because whoever mends a catalogue at night has an editor, not a
debugger.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path

from guiji.catalog import (
    cache,
    changes,
    dataset_checks,
    faults,
    folder_checks,
    reserved,
    rule_checks,
    validity_checks,
)
from guiji.catalog.changes import DATASETS
from guiji.catalog.folder import TABLE, Folder, read_files
from guiji.catalog.inheritance import COMMON
from guiji.catalog.model import Catalog
from guiji.catalog.source import Problem
from guiji.core import business_date
from guiji.core.errors import CatalogError
from guiji.core.settings import Settings


def load(settings: Settings, queries: bool = True, day: date | None = None) -> Catalog:
    """Read the catalogue in use; while its files stay as they are, once per process.

    Args:
        settings: where it is.
        queries: see `load_folder`.
        day: the night that is checked; None = today in Shanghai. Accepted changes
            that are in force then are part of it.

    Raises:
        CatalogError: there is no such jurisdiction, or something is wrong in its
            files; names file, line and remedy.
    """
    folder = folder_of(settings, day)
    version = folder.version
    kept = settings.checked_catalogues / settings.jurisdiction
    catalog = _load_version(*roots(settings), queries, folder.changes, version, kept)
    if catalog.version == version:
        return catalog
    return load_folder(*roots(settings), queries, folder.changes)  # changed meanwhile


@lru_cache(maxsize=4)
def _load_version(
    catalog_root: Path,
    expectations_root: Path,
    jurisdiction: str,
    sql_root: Path,
    queries: bool,
    changes: tuple[Path, ...],
    version: str,
    kept: Path,
) -> Catalog:
    def read() -> Catalog:
        return load_folder(
            catalog_root, expectations_root, jurisdiction, sql_root, queries, changes
        )

    key = f"{version}-{'with' if queries else 'without'}-queries"
    return cache.read_through(kept, key, read)


def roots(settings: Settings) -> tuple[Path, Path, str, Path]:
    """Return catalogue, expectations, jurisdiction and queries, as `load_folder`."""
    return (
        settings.catalog,
        settings.expectations,
        settings.jurisdiction,
        settings.extracts,
    )


def folder_of(settings: Settings, day: date | None = None) -> Folder:
    """Return the folder of the catalogue in use, of which nothing is read yet.

    Args:
        settings: where it is.
        day: as of `load`.
    """
    in_force = day or business_date.today(datetime.now(UTC))
    return Folder(
        settings.catalog,
        settings.expectations,
        settings.extracts,
        settings.jurisdiction,
        changes.in_force(settings, in_force),
    )


def load_folder(
    catalog_root: Path,
    expectations_root: Path,
    jurisdiction: str,
    sql_root: Path | None = None,
    queries: bool = True,
    changed: tuple[Path, ...] = (),
) -> Catalog:
    """Read the catalogue of one jurisdiction.

    Args:
        catalog_root: holds one folder per jurisdiction.
        expectations_root: holds the rules across items, one folder per jurisdiction.
        jurisdiction: its id.
        sql_root: holds the queries of extracts, one folder per jurisdiction; None =
            there are none, and none is looked for.
        queries: check the queries, too; who extracts nothing need not.
        changed: files of changes that are on top of it.

    Raises:
        CatalogError: as of `load`.
    """
    folder = Folder(catalog_root, expectations_root, sql_root, jurisdiction, changed)
    return made(_read(folder, queries))


def made(folder: Folder) -> Catalog:
    """Return the catalogue of a folder that was read.

    Raises:
        CatalogError: something in it is wrong; names the first place and its remedy.
    """
    if errors := [p for p in folder.problems if not p.is_warning]:
        more = len(errors) - 1
        rest = f" ({more} more: guiji catalogue validate)" if more else ""
        raise CatalogError(f"{errors[0]}{rest}")
    if folder.jurisdiction is None or folder.departments is None:
        raise AssertionError("a file is missing and no problem tells so")
    return Catalog(
        jurisdiction=folder.jurisdiction[0],
        departments={d.id: d for d in folder.departments[0]},
        datasets={name: dataset for name, (dataset, _) in folder.datasets.items()},
        rules={name: rules for name, (rules, _) in folder.rules.items()},
        version=folder.version,
    )


def load_archived(folder: Folder) -> Catalog:
    """Read a catalogue of a past night as it was, without today's checks of it.

    Raises:
        CatalogError: a file cannot be read by the models of this release.
    """
    read_files(folder)
    return made(folder)


def inspect(settings: Settings) -> Folder:
    """Read the catalogue in use and check it, whatever is wrong in it.

    Raises:
        CatalogError: there is no such jurisdiction.
    """
    return _read(folder_of(settings))


def _read(folder: Folder, queries: bool = True) -> Folder:
    root, name = folder.root, folder.name
    existing = sorted(p.parent.name for p in root.glob("*/jurisdiction.yml"))
    if name not in existing and not (folder.base / "datasets").is_dir():
        remedy = faults.nearest(name, existing)
        raise CatalogError(f"{root.name}/{name}:1: no such jurisdiction; {remedy}")
    read_files(folder)
    folder.problems += _strays(folder)
    folder.problems += cross_checks(folder)
    if queries:
        folder.problems += _check_queries(folder)
    folder.problems = sorted(set(folder.problems))
    return folder


def _strays(folder: Folder) -> Iterator[Problem]:
    """Find YAML files that nothing reads, which are misplaced or misnamed."""
    base, shared = f"catalog/{folder.name}", f"catalog/{COMMON}"
    files = [f"{base}/{n}" for n in ("jurisdiction.yml", "departments.yml", TABLE)]
    places = [f"{base}/{DATASETS}", f"expectations/{folder.name}"]
    places += [shared, f"{shared}/{DATASETS}", f"expectations/{COMMON}"]
    for name, path in folder.files.items():
        place, _, last = name.rpartition("/")
        if path.suffix != ".sql" and not (
            name in files
            or place == changes.FOLDER
            or (place in places and last.endswith(".yml"))
        ):
            remedy = "name it <dataset>.yml and move it to datasets/"
            yield Problem(folder.label(path), 1, "nothing reads this file", remedy)


def _check_queries(folder: Folder) -> Iterator[Problem]:
    """Check that the SQL files of extracts are there, and each is one query."""
    named: set[str] = set()
    for dataset, source in folder.datasets.values():
        for number, extract in enumerate(dataset.extracts):
            if extract.sql is None or folder.sql_root is None:
                continue
            named.add(extract.sql)
            place = ("extracts", number, "sql")
            if extract.sql not in folder.queries:
                what = f"no file {extract.sql!r} in sql/extracts/{folder.name}"
                remedy = faults.nearest(extract.sql, folder.queries)
                yield source.problem(place, what, remedy)
            elif why := _not_one_query(folder.queries[extract.sql]):
                remedy = "write one SELECT that names its columns"
                yield source.problem(place, f"{extract.sql}: {why}", remedy)
    for name in sorted(folder.queries.keys() - named) if not folder.broken else ():
        label = f"sql/extracts/{folder.name}/{name}"
        remedy = "name it in `extracts` of a dataset, or remove it"
        yield Problem(label, 1, "nothing reads this file", remedy)


def _not_one_query(path: Path) -> str | None:
    # sqlglot is loaded only where an extract has an SQL file
    from guiji.catalog.queries import NotOneQuery, one_query  # noqa: PLC0415

    try:
        one_query(path.read_text(encoding="utf-8"))
    except (NotOneQuery, UnicodeDecodeError) as error:
        return str(error)
    return None


def cross_checks(folder: Folder) -> Iterator[Problem]:
    """Check what was read against each other; what could not be read is left out."""
    if folder.departments:
        yield from folder_checks.check_departments(*folder.departments)
        yield from validity_checks.check_departments(*folder.departments)
    for name, (rules, source) in folder.rules.items():
        if name in folder.datasets:
            dataset, _ = folder.datasets[name]
            known_codes = folder.jurisdiction[0] if folder.jurisdiction else None
            yield from rule_checks.check_rules(rules, dataset, source, known_codes)
    for dataset, source in folder.datasets.values():
        yield from reserved.check(dataset, source)
    yield from folder_checks.check_same_ids(folder.datasets.values())
    yield from validity_checks.check_datasets(folder.datasets.values())
    if not folder.jurisdiction:
        return
    jurisdiction, source = folder.jurisdiction
    dataset_ids = {*folder.datasets, *folder.broken}
    yield from folder_checks.check_jurisdiction(jurisdiction, source, dataset_ids)
    yield from validity_checks.check_channels(jurisdiction.channels, source)
    if folder.departments:
        yield from folder_checks.check_routes(*folder.departments, jurisdiction)
    if folder.departments and not folder.broken:
        datasets = [dataset for dataset, _ in folder.datasets.values()]
        yield from folder_checks.check_objections(
            jurisdiction, source, datasets, [d.id for d in folder.departments[0]]
        )
    for dataset, source in folder.datasets.values():
        yield from dataset_checks.check(dataset, source, jurisdiction)
        yield from folder_checks.check_publication(
            dataset, source, jurisdiction, dataset_ids
        )
        if folder.departments:
            ids = [d.id for d in folder.departments[0]]
            yield from folder_checks.check_providers(dataset, source, ids, jurisdiction)
            yield from folder_checks.check_owner(dataset, source, folder.departments[0])
