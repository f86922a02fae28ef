"""YAML of the catalogue, with the file and line on which everything in it stands.

An error that names file and line is worth more than one that names a model, so a file
is read from its nodes, which know where they stand, and not with `yaml.safe_load`.
"""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from guiji.core.errors import CatalogError

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The same YAML; the one in C is ten times as fast, where PyYAML was built with it."""

TEXT = "tag:yaml.org,2002:str"
"""Tag of a scalar that is what it says."""

Place = tuple[str | int, ...]
"""The keys and positions that lead from the top of a file to a value."""


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong in the catalogue, and what to do about it.

    Attributes:
        file: path from the folder that holds the catalogue.
        line: counted from 1.
        what: what is wrong.
        remedy: what to do, in the imperative.
        is_warning: the catalogue can be used all the same.
    """

    file: str
    line: int
    what: str
    remedy: str
    is_warning: bool = False

    def __str__(self) -> str:
        kind = "warning: " if self.is_warning else ""
        return f"{self.file}:{self.line}: {kind}{self.what}; {self.remedy}"


class Unreadable(CatalogError):
    """A file of the catalogue is not the YAML that it should be."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


@dataclass(frozen=True)
class Source:
    """The content of one file, or of one entry of it, and where its parts stand.

    Attributes:
        name: the file's path as people see it.
        content: the mapping that the file holds, with all that it extends.
        lines: place -> line of the value; a key's own line is under `(*place, ".")`.
        files: place -> file, for the places that stand in another one.
    """

    name: str
    content: dict[str, Any]
    lines: Mapping[Place, int] = field(repr=False)
    files: Mapping[Place, str] = field(repr=False, default_factory=dict)

    def problem(self, place: Place, what: str, remedy: str) -> Problem:
        """Make a problem of a place, or of the nearest thing around it."""
        return Problem(*self._position(place), what, remedy)

    def warning(self, place: Place, what: str, remedy: str) -> Problem:
        """Make a warning of a place, or of the nearest thing around it."""
        return Problem(*self._position(place), what, remedy, is_warning=True)

    def _position(self, place: Place) -> tuple[str, int]:
        while place and place not in self.lines:
            place = place[:-1]
        key = (*place, ".") if (*place, ".") in self.lines else place
        return self.files.get(key, self.name), self.lines.get(key, 1)

    def places(self, value: object) -> Iterator[Place]:
        """Find the places of a scalar value or of a key, in the order of the file."""
        for place in sorted(self.lines, key=lambda p: self.lines[p]):
            if place and place[-1] != ".":
                given = self._value(place)
                if place[-1] == value or (
                    given == value and type(given) is type(value)
                ):
                    yield place

    def _value(self, place: Place) -> Any:
        value: Any = self.content
        for step in place:
            value = value[step]
        return value


def read(path: Path, name: str) -> Source:
    """Read one file that extends nothing.

    Args:
        path: the file.
        name: its path for messages.

    Raises:
        Unreadable: it is missing, not UTF-8, not YAML, not a mapping, or a key is
            there twice.
    """
    return of_node(compose(path, name), name)


def of_node(node: yaml.MappingNode, name: str) -> Source:
    """Return the content of a node that is in a file of that name.

    Raises:
        Unreadable: a value cannot be read.
    """
    reader = _Reader(name)
    content = reader.value(node, ())
    return Source(name, content, reader.lines, reader.files)


def check_keys(node: yaml.Node, around: frozenset[int] = frozenset()) -> None:
    """Check that keys are words and there once, which merging relies on.

    Raises:
        Unreadable: they are not, or an alias leads back to itself.
    """
    if isinstance(node, yaml.ScalarNode):
        return
    if id(node) in around:
        what = "an alias leads back to itself"
        raise unreadable(node, what, "write the value out")
    inside = around | {id(node)}
    if isinstance(node, yaml.SequenceNode):
        for entry in node.value:
            check_keys(entry, inside)
        return
    lines: dict[str, int] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise unreadable(key, "a key is not a word", "write `word: value`")
        if key.value in lines:
            what = f"the key {key.value!r} is already on line {lines[key.value]}"
            raise unreadable(key, what, "keep one of the two")
        lines[key.value] = line_of(key)
        check_keys(value, inside)


def compose(path: Path, name: str) -> yaml.MappingNode:
    """Return the nodes of a file, which know their file and line; keys are checked.

    Raises:
        Unreadable: as of `read`.
    """
    try:
        stream = _NamedText(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise Unreadable(Problem(name, 1, "the file is missing", "add it")) from error
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        what = "the file is not UTF-8"
        raise Unreadable(Problem(name, line, what, "save it as UTF-8")) from error
    stream.name = name
    try:
        node = yaml.compose(stream, Loader=LOADER)
    except yaml.YAMLError as error:
        raise Unreadable(_not_yaml(error, name)) from error
    if not isinstance(node, yaml.MappingNode):
        what = "the file does not hold a mapping"
        line = line_of(node) if node else 1
        raise Unreadable(Problem(name, line, what, "begin with `key: value`"))
    check_keys(node)
    return node


class _NamedText(io.StringIO):
    """A text whose nodes know the name of its file."""

    name: str


def line_of(node: yaml.Node) -> int:
    """Return the line of a node in its file, counted from 1."""
    return int(node.start_mark.line) + 1


def unreadable(node: yaml.Node, what: str, remedy: str) -> Unreadable:
    """Make an error of a node, with its file and line."""
    return Unreadable(Problem(node.start_mark.name, line_of(node), what, remedy))


def _not_yaml(error: yaml.YAMLError, name: str) -> Problem:
    line, what = 1, "not YAML"
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        line = error.problem_mark.line + 1
        what = f"not YAML: {error.problem}"
    return Problem(name, line, what, "check indents, quotes and brackets just before")


class _Reader:
    """Turns nodes whose keys were checked into values and notes where each stands."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: dict[Place, int] = {}
        self.files: dict[Place, str] = {}
        self.scalars = yaml.SafeLoader("")

    def value(self, node: yaml.Node, place: Place) -> Any:
        """Return the value of a node, noting all lines at and under it."""
        self._note(place, node)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(n, (*place, i)) for i, n in enumerate(node.value)]
        return self._scalar(node)

    def _note(self, place: Place, node: yaml.Node) -> None:
        self.lines[place] = node.start_mark.line + 1
        if node.start_mark.name != self.name:
            self.files[place] = node.start_mark.name

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        for key, value in node.value:
            mapping[key.value] = self.value(value, (*place, key.value))
            self._note((*place, key.value, "."), key)
        return mapping

    def _scalar(self, node: yaml.Node) -> Any:
        if node.tag == TEXT:
            return node.value
        try:
            return self.scalars.construct_object(node)
        except ValueError as error:  # 2026-02-30 looks like a date and is none
            what = f"{node.value!r} cannot be read: {error}"
            raise unreadable(node, what, "correct or quote it") from error
