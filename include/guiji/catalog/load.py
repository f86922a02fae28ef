"""Reading the catalogue: a jurisdiction's files, whole and consistent, or not at all.

`load` stops at the first thing that is wrong, `inspect` lists everything. Both name
file, line and remedy, because whoever mends a catalogue at night has an editor, not a
debugger.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from guiji.catalog import (
    dataset_checks,
    faults,
    folder_checks,
    reserved,
    rule_checks,
)
from guiji.catalog.base import Identifier, Model
from guiji.catalog.model import Catalog, Dataset, Department, Jurisdiction, Rule
from guiji.catalog.source import Problem, Source, Unreadable, read
from guiji.core.errors import CatalogError
from guiji.core.settings import Settings

VERSION_DIGITS = 12


class _Departments(Model):
    """The content of departments.yml."""

    departments: tuple[Department, ...]


class _Rules(Model):
    """The content of a file of expectations/."""

    rules: tuple[Rule, ...]


@dataclass
class Folder:
    """What the files of a jurisdiction hold, as far as it could be read."""

    root: Path
    rules_root: Path
    sql_root: Path | None
    name: str
    jurisdiction: tuple[Jurisdiction, Source] | None = None
    departments: tuple[tuple[Department, ...], Source] | None = None
    datasets: dict[Identifier, tuple[Dataset, Source]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    rules: dict[Identifier, tuple[tuple[Rule, ...], Source]] = field(
        default_factory=dict
    )
    problems: list[Problem] = field(default_factory=list)

    @property
    def files(self) -> dict[str, Path]:
        """Every file of the jurisdiction under a name that no checkout changes."""
        folders = {"catalog": self.root, "expectations": self.rules_root}
        paths = {
            f"{kind}/{path.relative_to(root).as_posix()}": path
            for kind, root in folders.items()
            for path in (root / self.name).rglob("*.y*ml")
        }
        return paths | {f"sql/{path.name}": path for path in self.queries.values()}

    @property
    def queries(self) -> dict[str, Path]:
        """The SQL files that extracts may name."""
        if self.sql_root is None:
            return {}
        return {path.name: path for path in (self.sql_root / self.name).glob("*.sql")}

    @property
    def rule_names(self) -> dict[str, frozenset[str]]:
        """The rules of every dataset that could be read: dataset -> rule ids."""
        names = {
            name: frozenset(rule.id for rule in rules)
            for name, (rules, _) in self.rules.items()
        }
        folder = self.rules_root / self.name
        without = [n for n in self.datasets if not (folder / f"{n}.yml").exists()]
        return dict.fromkeys(without, frozenset[str]()) | names

    def label(self, path: Path) -> str:
        """Name a file from the folder that holds the catalogue."""
        root = self.root if path.is_relative_to(self.root) else self.rules_root
        return f"{root.name}/{path.relative_to(root).as_posix()}"

    def source(self, path: Path) -> Source | None:
        """Read a file, or note why it cannot be read."""
        try:
            return read(path, self.label(path))
        except Unreadable as error:
            self.problems.append(error.problem)
            return None


def load(settings: Settings, queries: bool = True) -> Catalog:
    """Read the catalogue in use; while its files stay as they are, once per process.

    Args:
        settings: where it is.
        queries: see `load_folder`.

    Raises:
        CatalogError: there is no such jurisdiction, or something is wrong in its
            files; names file, line and remedy.
    """
    roots = settings.catalog, settings.expectations
    name, sql_root = settings.jurisdiction, settings.extracts
    version = version_of(*roots, sql_root, name)
    catalog = _load_version(*roots, name, sql_root, queries, version)
    if catalog.version == version:
        return catalog
    return load_folder(*roots, name, sql_root, queries)  # changed while it was read


@lru_cache(maxsize=4)
def _load_version(
    catalog_root: Path,
    expectations_root: Path,
    jurisdiction: str,
    sql_root: Path,
    queries: bool,
    version: str,
) -> Catalog:
    return load_folder(catalog_root, expectations_root, jurisdiction, sql_root, queries)


def load_folder(
    catalog_root: Path,
    expectations_root: Path,
    jurisdiction: str,
    sql_root: Path | None = None,
    queries: bool = True,
) -> Catalog:
    """Read the catalogue of one jurisdiction.

    Args:
        catalog_root: holds one folder per jurisdiction.
        expectations_root: holds the rules across items, one folder per jurisdiction.
        jurisdiction: its id.
        sql_root: holds the queries of extracts, one folder per jurisdiction; None =
            there are none, and none is looked for.
        queries: check the queries, too; who extracts nothing need not.

    Raises:
        CatalogError: as of `load`.
    """
    folder = _read(catalog_root, expectations_root, jurisdiction, sql_root, queries)
    return _made(folder)


def _made(folder: Folder) -> Catalog:
    """Make the catalogue of a folder that was read without error."""
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
        version=_version(folder.files),
    )


def load_archived(
    catalog_root: Path, expectations_root: Path, sql_root: Path, jurisdiction: str
) -> Catalog:
    """Read a catalogue of a past night as it was, without today's checks of it.

    Raises:
        CatalogError: a file cannot be read by the models of this release.
    """
    folder = Folder(catalog_root, expectations_root, sql_root, jurisdiction)
    _read_files(folder)
    return _made(folder)


def files_of(settings: Settings) -> dict[str, Path]:
    """List the files of the catalogue in use; their bytes make its version."""
    roots = settings.catalog, settings.expectations, settings.extracts
    return Folder(*roots, settings.jurisdiction).files


def version_of(
    catalog_root: Path, expectations_root: Path, sql_root: Path, jurisdiction: str
) -> str:
    """Work out the version of a catalogue from the bytes of its files."""
    folder = Folder(catalog_root, expectations_root, sql_root, jurisdiction)
    return _version(folder.files)


def inspect(settings: Settings) -> Folder:
    """Read the catalogue in use and check it, whatever is wrong in it.

    Raises:
        CatalogError: there is no such jurisdiction.
    """
    return _read(
        settings.catalog,
        settings.expectations,
        settings.jurisdiction,
        settings.extracts,
    )


def _read(
    root: Path,
    rules_root: Path,
    name: str,
    sql_root: Path | None,
    queries: bool = True,
) -> Folder:
    existing = sorted(p.parent.name for p in root.glob("*/jurisdiction.yml"))
    if name not in existing and not (root / name / "datasets").is_dir():
        remedy = faults.nearest(name, existing)
        raise CatalogError(f"{root.name}/{name}:1: no such jurisdiction; {remedy}")
    folder = Folder(root, rules_root, sql_root, name)
    _read_files(folder)
    folder.problems += _strays(folder)
    folder.problems += _cross_checks(folder)
    if queries:
        folder.problems += _check_queries(folder)
    folder.problems = sorted(set(folder.problems))
    return folder


def _read_files(folder: Folder) -> None:
    """Read all files into models, each for itself."""
    _read_jurisdiction(folder)
    _read_datasets(folder)
    _read_rules(folder)


def _read_jurisdiction(folder: Folder) -> None:
    base = folder.root / folder.name
    source = folder.source(base / "jurisdiction.yml")
    jurisdiction = source and faults.model(Jurisdiction, source, folder.problems)
    if source and jurisdiction:
        folder.jurisdiction = (jurisdiction, source)
        if jurisdiction.id != folder.name:
            what = f"the id {jurisdiction.id!r} is not the folder's name"
            remedy = f"write `id: {folder.name}`"
            folder.problems.append(source.problem(("id",), what, remedy))
    source = folder.source(base / "departments.yml")
    listed = source and faults.model(_Departments, source, folder.problems)
    if source and listed:
        folder.departments = (listed.departments, source)


def _read_datasets(folder: Folder) -> None:
    base = folder.root / folder.name / "datasets"
    paths = sorted(base.glob("*.yml"))
    if not paths:
        problem = Problem(folder.label(base), 1, "no dataset", "add <id>.yml")
        folder.problems.append(problem)
    for path in paths:
        folder.broken.add(path.stem)
        if source := folder.source(path):
            dataset = faults.model(Dataset, source, folder.problems, id=path.stem)
            if dataset:
                folder.datasets[path.stem] = (dataset, source)
                folder.broken.remove(path.stem)


def _read_rules(folder: Folder) -> None:
    dataset_ids = {*folder.datasets, *folder.broken}
    for path in sorted((folder.rules_root / folder.name).glob("*.yml")):
        if not (source := folder.source(path)):
            continue
        if path.stem not in dataset_ids:
            what = f"rules for {path.stem!r}, which is no dataset"
            remedy = f"rename the file; {faults.nearest(path.stem, dataset_ids)}"
            folder.problems.append(source.problem((), what, remedy))
        elif entry := faults.model(_Rules, source, folder.problems):
            folder.rules[path.stem] = (entry.rules, source)


def _strays(folder: Folder) -> Iterator[Problem]:
    """Find YAML files that nothing reads, which are misplaced or misnamed."""
    base = f"catalog/{folder.name}"
    for name, path in folder.files.items():
        place, _, last = name.rpartition("/")
        if path.suffix != ".sql" and not (
            name in (f"{base}/jurisdiction.yml", f"{base}/departments.yml")
            or (place == f"{base}/datasets" and last.endswith(".yml"))
            or (place == f"expectations/{folder.name}" and last.endswith(".yml"))
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


def _cross_checks(folder: Folder) -> Iterator[Problem]:
    """Check what was read against each other; what could not be read is left out."""
    if folder.departments:
        yield from folder_checks.check_departments(*folder.departments)
    for name, (rules, source) in folder.rules.items():
        if name in folder.datasets:
            dataset, _ = folder.datasets[name]
            known_codes = folder.jurisdiction[0] if folder.jurisdiction else None
            yield from rule_checks.check_rules(rules, dataset, source, known_codes)
    for dataset, source in folder.datasets.values():
        yield from reserved.check(dataset, source)
    yield from folder_checks.check_same_ids(folder.datasets.values())
    if not folder.jurisdiction:
        return
    jurisdiction, source = folder.jurisdiction
    dataset_ids = {*folder.datasets, *folder.broken}
    yield from folder_checks.check_jurisdiction(jurisdiction, source, dataset_ids)
    for dataset, source in folder.datasets.values():
        yield from dataset_checks.check(dataset, source, jurisdiction)
        yield from folder_checks.check_publication(
            dataset, source, jurisdiction, dataset_ids
        )
        if folder.departments:
            ids = [d.id for d in folder.departments[0]]
            yield from folder_checks.check_providers(dataset, source, ids, jurisdiction)


def _version(files: dict[str, Path]) -> str:
    """Hash names and bytes of all files, so that any change gives another version."""
    digest = hashlib.sha256()
    for name, path in sorted(files.items()):
        content = path.read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:VERSION_DIGITS]
