"""Accepted changes of a catalogue, each in force from a day (目录动态管理).

A change is a file of its own, on top of the files of the jurisdiction, and is never
edited: `<day>-<id>.yml` below the folder of accepted changes. A night is checked by the
catalogue with the changes whose day has come; those of a later day change nothing yet.

    title: 行政处罚信息报送时限改为5个工作日
    reason: 市政府办公厅通知
    in_force_from: 2027-01-04
    datasets: { ID: { version: "2027.1", clocks: […] } }

`datasets`, `rules`, `departments` and `jurisdiction` hold what is changed, in the words
of their files and merged as `inheritance` says; a dataset that is not there is new.

Source: 筑府办发〔2016〕39号 三(三); 阳府〔2018〕60号 第七条 (目录动态管理).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pydantic
import yaml

from guiji.catalog import faults, inheritance, source
from guiji.catalog.base import Identifier, Model
from guiji.catalog.inheritance import LISTS_OF_ENTRIES, Definitions
from guiji.catalog.source import Problem
from guiji.core.errors import CatalogError
from guiji.core.settings import Settings

DATASETS = "datasets"
FOLDER = "changes"
"""How messages and the archive call the folder of accepted changes."""


NOTHING = yaml.MappingNode(
    "tag:yaml.org,2002:map", [], yaml.Mark(FOLDER, 0, 0, 0, None, 0)
)
"""The content of a file that is not there."""


class Change(Model):
    """What a file of a change holds."""

    title: str = pydantic.Field(min_length=1)
    reason: str = pydantic.Field(min_length=1)
    in_force_from: date
    datasets: dict[Identifier, dict[str, Any]] = {}
    rules: dict[Identifier, dict[str, Any]] = {}
    departments: tuple[dict[str, Any], ...] = ()
    jurisdiction: dict[str, Any] = {}


@dataclass(frozen=True)
class Changes:
    """The changes that are laid on top of a jurisdiction's files, in order."""

    nodes: tuple[yaml.MappingNode, ...] = ()

    def on(
        self, node: yaml.MappingNode, shared: Definitions, *keys: str
    ) -> yaml.MappingNode:
        """Return a file's content with what the changes say under some keys."""
        for part in self._parts(*keys):
            node = inheritance.on_top(
                node, part, shared, LISTS_OF_ENTRIES, f"{DATASETS}/"
            )
        return node

    def extended(self, dataset: str) -> str | None:
        """Name the definition that the changes let a dataset extend; None: none."""
        names = [inheritance.extended(p) for p in self._parts(DATASETS, dataset)]
        return next((name for name in names if name), None)

    def _parts(self, *keys: str) -> Iterator[yaml.MappingNode]:
        """Yield what each change says under some keys."""
        for change in self.nodes:
            part: yaml.Node | None = change
            for key in keys:
                if isinstance(part, yaml.MappingNode):
                    part = inheritance.value_of(part, key)
            if isinstance(part, yaml.MappingNode):
                yield part

    def on_departments(self, node: yaml.MappingNode) -> yaml.MappingNode:
        """Return departments.yml with the units that the changes name."""
        for change in self.nodes:
            others = tuple(Change.model_fields.keys() - {"departments"})
            node = inheritance.merged(
                node, inheritance.left(change, others), LISTS_OF_ENTRIES
            )
        return node

    def added(self, key: str, present: Iterable[str]) -> Iterator[str]:
        """Name the entries that are new, each with all that it needs.

        Raises:
            Unreadable: one is not there, and has neither title nor definition.
        """
        names = {*present}
        for part in self._parts(key):
            for name, entry in part.value:
                if name.value in names:
                    continue
                given = {k.value for k, _ in entry.value}
                if not given & {"title", "extends"}:
                    what = f"no such dataset {name.value!r}"
                    remedy = faults.nearest(name.value, names)
                    raise source.unreadable(name, what, remedy)
                names.add(name.value)
                yield name.value

    def names(self, key: str) -> list[str]:
        """Name the entries that the changes hold under a key."""
        return [name.value for part in self._parts(key) for name, _ in part.value]


def read(paths: Iterable[Path], problems: list[Problem]) -> Changes:
    """Read changes in their order; note what is wrong with them."""
    nodes = []
    for path in paths:
        try:
            node = source.compose(path, label(path))
            if faults.model(Change, source.of_node(node, label(path)), problems):
                nodes.append(node)
        except source.Unreadable as error:
            problems.append(error.problem)
    return Changes(tuple(nodes))


def read_one(path: Path) -> Change:
    """Read one change.

    Raises:
        CatalogError: it is wrong; names file, line and remedy.
    """
    problems: list[Problem] = []
    content = source.read(path, label(path))
    change = faults.model(Change, content, problems)
    if change is None:
        raise CatalogError(str(problems[0]))
    parts = (change.datasets, change.rules, change.departments, change.jurisdiction)
    if not any(parts):
        what = "the change changes nothing"
        raise CatalogError(str(content.problem((), what, "add `datasets: …`")))
    return change


def in_force(settings: Settings, day: date) -> tuple[Path, ...]:
    """List the accepted changes whose day has come, in the order of their days."""
    return tuple(
        path
        for path in accepted(settings.accepted_changes / settings.jurisdiction)
        if date.fromisoformat(path.name[: len("2026-11-20")]) <= day
    )


def accepted(folder: Path) -> list[Path]:
    """List all changes of a folder, in the order of their days."""
    return sorted(folder.glob("????-??-??-*.yml"))


def label(path: Path) -> str:
    """Name a file of a change in messages."""
    return f"{FOLDER}/{path.name}"


def as_files(paths: Iterable[Path]) -> dict[str, Path]:
    """Name files of changes as the version of a catalogue counts them."""
    return {label(path): path for path in paths}
