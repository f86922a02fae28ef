"""The files of one jurisdiction's catalogue, read into models.

Every file is read for itself; what is wrong is noted with file and line and does not
keep the others from being read.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from guiji.catalog import changes, faults, inheritance, source
from guiji.catalog.base import Identifier, Model
from guiji.catalog.changes import DATASETS, Changes
from guiji.catalog.inheritance import COMMON, Definitions
from guiji.catalog.model import Dataset, Department, Jurisdiction, Rule
from guiji.catalog.source import Problem, Source, Unreadable

VERSION_DIGITS = 12
TABLE = "datasets.yml"
"""Beside the folder `datasets/`: entries that need few lines of their own."""


class DepartmentsFile(Model):
    """The content of departments.yml."""

    departments: tuple[Department, ...]


class RulesFile(Model):
    """The content of a file of expectations/."""

    rules: tuple[Rule, ...]


@dataclass
class Folder:
    """What the files of a jurisdiction hold, as far as it could be read."""

    root: Path
    rules_root: Path
    sql_root: Path | None
    name: str
    changes: tuple[Path, ...] = ()
    """Accepted changes that are in force, in the order of their days."""

    jurisdiction: tuple[Jurisdiction, Source] | None = None
    departments: tuple[tuple[Department, ...], Source] | None = None
    datasets: dict[Identifier, tuple[Dataset, Source]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    extends: dict[Identifier, str] = field(default_factory=dict)
    """Dataset -> the definition that it extends."""

    rules: dict[Identifier, tuple[tuple[Rule, ...], Source]] = field(
        default_factory=dict
    )
    problems: list[Problem] = field(default_factory=list)

    @property
    def files(self) -> dict[str, Path]:
        """Every file, its own and shared, under a name that no checkout changes."""
        folders = {"catalog": self.root, "expectations": self.rules_root}
        paths = {
            f"{kind}/{path.relative_to(root).as_posix()}": path
            for kind, root in folders.items()
            for name in (COMMON, self.name)
            for path in (root / name).rglob("*.y*ml")
        }
        paths |= {f"sql/{path.name}": path for path in self.queries.values()}
        return paths | changes.as_files(self.changes)

    @property
    def version(self) -> str:
        """The hash of names and bytes of all files: any change gives another one."""
        digest = hashlib.sha256()
        for name, path in sorted(self.files.items()):
            content = path.read_bytes()
            digest.update(f"{name}\0{len(content)}\0".encode())
            digest.update(content)
        return digest.hexdigest()[:VERSION_DIGITS]

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

    @property
    def base(self) -> Path:
        """The folder of the jurisdiction in the catalogue."""
        return self.root / self.name

    def label(self, path: Path) -> str:
        """Name a file from the folder that holds the catalogue."""
        root = self.root if path.is_relative_to(self.root) else self.rules_root
        return f"{root.name}/{path.relative_to(root).as_posix()}"


def read_files(folder: Folder) -> None:
    """Read all files of a folder into models, each for itself."""
    shared = _shared(folder.root)
    on_top = changes.read(folder.changes, folder.problems)
    _read_jurisdiction(folder, shared, on_top)
    _read_datasets(folder, shared, on_top)
    _read_rules(folder, on_top)


def _shared(root: Path) -> Definitions:
    return Definitions(root / COMMON, f"{root.name}/{COMMON}")


def _read_jurisdiction(folder: Folder, shared: Definitions, on_top: Changes) -> None:
    path = folder.base / "jurisdiction.yml"

    def changed(node: yaml.MappingNode) -> yaml.MappingNode:
        return on_top.on(node, shared, "jurisdiction")

    if read_source := _file(folder, path, shared, changed):
        model = faults.model(Jurisdiction, read_source, folder.problems)
        if model:
            folder.jurisdiction = (model, read_source)
        if model and model.id != folder.name:
            what = f"the id {model.id!r} is not the folder's name"
            remedy = f"write `id: {folder.name}`"
            folder.problems.append(read_source.problem(("id",), what, remedy))
    path = folder.base / "departments.yml"
    read_source = _file(folder, path, shared, on_top.on_departments)
    listed = read_source and faults.model(DepartmentsFile, read_source, folder.problems)
    if read_source and listed:
        folder.departments = (listed.departments, read_source)


def _file(
    folder: Folder,
    path: Path,
    shared: Definitions,
    changed: Callable[[yaml.MappingNode], yaml.MappingNode],
) -> Source | None:
    """Read a file with what it extends and what changes it, or note why it cannot."""
    label = folder.label(path)
    try:
        node = inheritance.expand(source.compose(path, label), shared)
        return source.of_node(changed(node), label)
    except Unreadable as error:
        folder.problems.append(error.problem)
        return None


def _read_datasets(folder: Folder, shared: Definitions, on_top: Changes) -> None:
    paths = sorted((folder.base / DATASETS).glob("*.yml"))
    table = folder.base / TABLE
    if not paths and not table.exists():
        what, remedy = "no dataset", "add <id>.yml"
        label = folder.label(folder.base / DATASETS)
        folder.problems.append(Problem(label, 1, what, remedy))
    if table.exists():
        for name, node in _table_entries(folder, table):
            _read_dataset(folder, name, node, folder.label(table), shared, on_top)
    for path in paths:
        folder.broken.add(path.stem)
        label = folder.label(path)
        try:
            node = source.compose(path, label)
        except Unreadable as error:
            folder.problems.append(error.problem)
            continue
        if path.stem in folder.datasets:
            what = f"the dataset {path.stem!r} is in {TABLE}, too"
            folder.problems.append(Problem(label, 1, what, "keep one of the two"))
            continue
        _read_dataset(folder, path.stem, node, label, shared, on_top)
    try:
        for name in [*on_top.added(DATASETS, {*folder.datasets, *folder.broken})]:
            _read_dataset(folder, name, changes.NOTHING, changes.FOLDER, shared, on_top)
    except Unreadable as error:
        folder.problems.append(error.problem)
    folder.datasets = dict(sorted(folder.datasets.items()))


def _read_dataset(
    folder: Folder,
    name: str,
    node: yaml.MappingNode,
    label: str,
    shared: Definitions,
    on_top: Changes,
) -> None:
    """Read one entry; `broken` names those that cannot be read."""
    folder.broken.add(name)
    try:
        if extended := inheritance.extended(node) or on_top.extended(name):
            folder.extends[name] = extended
        node = inheritance.expand(node, shared, f"{DATASETS}/")
        node = on_top.on(node, shared, DATASETS, name)
        read_source = source.of_node(node, label)
    except Unreadable as error:
        folder.problems.append(error.problem)
        return
    if dataset := faults.model(Dataset, read_source, folder.problems, id=name):
        folder.datasets[name] = (dataset, read_source)
        folder.broken.remove(name)


def _table_entries(
    folder: Folder, path: Path
) -> Iterator[tuple[str, yaml.MappingNode]]:
    """Yield the entries of the table, each with the keys that `defaults` gives it."""
    label = folder.label(path)
    try:
        node = source.compose(path, label)
        yield from _entries(node)
    except Unreadable as error:
        folder.problems.append(error.problem)


def _entries(node: yaml.MappingNode) -> Iterator[tuple[str, yaml.MappingNode]]:
    keys = {key.value: value for key, value in node.value}
    for key, _ in node.value:
        if key.value not in ("defaults", "lists", "datasets"):
            what = f"unknown key {key.value!r}"
            remedy = faults.nearest(key.value, ("datasets", "defaults", "lists"))
            raise source.unreadable(key, what, remedy)
    defaults, listed = keys.get("defaults"), keys.get("datasets")
    if not isinstance(listed, yaml.SequenceNode):
        raise source.unreadable(node, "no list of `datasets`", "add `datasets: […]`")
    names = set()
    for entry in listed.value:
        if not isinstance(entry, yaml.MappingNode):
            what = "an entry is no mapping"
            raise source.unreadable(entry, what, "write `extends: common/NAME`")
        name = inheritance.id_of(entry) or inheritance.extended(entry)
        if name is None or name in names:
            what = f"{name!r} is there twice" if name else "an entry has no id"
            raise source.unreadable(entry, what, "give each entry an `id` of its own")
        names.add(name)
        entry = inheritance.left(entry, ("id",))
        if isinstance(defaults, yaml.MappingNode):
            entry = inheritance.merged(defaults, entry)
        yield name, entry


def _read_rules(folder: Folder, on_top: Changes) -> None:
    """Read the rules of a jurisdiction, and the shared ones of what it extends."""
    dataset_ids = {*folder.datasets, *folder.broken}
    shared = _shared(folder.rules_root)
    paths = {p.stem: p for p in (folder.rules_root / folder.name).glob("*.yml")}
    for name in sorted({*paths, *folder.extends, *on_top.names("rules")}):
        try:
            node = _rules(folder, paths.get(name), folder.extends.get(name), shared)
            node = on_top.on(node or changes.NOTHING, shared, "rules", name)
            if not node.value:
                continue
            read_source = source.of_node(node, node.start_mark.name)
        except Unreadable as error:
            folder.problems.append(error.problem)
            continue
        if name not in dataset_ids:
            what = f"rules for {name!r}, which is no dataset"
            remedy = f"rename the file; {faults.nearest(name, dataset_ids)}"
            folder.problems.append(read_source.problem((), what, remedy))
        elif entry := faults.model(RulesFile, read_source, folder.problems):
            folder.rules[name] = (entry.rules, read_source)


def _rules(
    folder: Folder, path: Path | None, extended: str | None, shared: Definitions
) -> yaml.MappingNode | None:
    """Return the rules of a file on top of those of a definition; None: neither."""
    base = shared.node(extended) if extended else None
    if path is None:
        return base
    label = folder.label(path)
    node = source.compose(path, label)
    if base:
        node = inheritance.on_top(base, node, shared)
    return node
