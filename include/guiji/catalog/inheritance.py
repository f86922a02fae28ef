"""Definitions that jurisdictions share, and what an entry that extends one holds.

`catalog/common/` says once what several governments collect. A file of a jurisdiction
that `extends` a definition has all of it and holds only what differs:

* a key of its own stands for the key of the definition; `codes` are replaced list by
  list;
* entries of `items`, `rules` and `term_regimes` are matched by `id`: a known id changes
  the keys that are given, another one is added, `after: ID` says where;
* `without: [ID, …]` leaves entries of these lists out;
* `- group: NAME` in `items` stands for all items of that group of `common/items.yml`,
  which entries of the same id below it change;
* `- extends: ID` in `clocks` stands for that clock of `common/clocks.yml`.

Everything keeps the file and line in which it is written.
"""

from collections.abc import Collection, Iterator
from pathlib import Path

import yaml

from guiji.catalog import faults, source
from guiji.catalog.source import unreadable

COMMON = "common"
"""The folder of shared definitions, below `catalog/` and `expectations/`."""

LISTS_BY_ID = ("items", "rules", "term_regimes")
LISTS_OF_ENTRIES = (*LISTS_BY_ID, "channels", "clocks", "departments")
"""Lists whose entries have ids: `without` and changes of a catalogue name them."""

MAPPINGS_BY_KEY = ("codes",)
PREFIX = f"{COMMON}/"


class Definitions:
    """The shared definitions below one folder, each read when it is first used."""

    def __init__(self, root: Path, label: str) -> None:
        """Open `root`, which messages call `label`; it need not exist."""
        self._root = root
        self._label = label
        self._nodes: dict[str, yaml.MappingNode] = {}

    def names(self, folder: str = "") -> list[str]:
        """Name the definitions of a folder below the root."""
        return sorted(path.stem for path in (self._root / folder).glob("*.yml"))

    def node(self, name: str) -> yaml.MappingNode | None:
        """Return the content of a definition; None if there is none.

        Raises:
            Unreadable: it is no proper YAML.
        """
        path = self._root / f"{name}.yml"
        if name not in self._nodes and path.exists():
            self._nodes[name] = source.compose(path, f"{self._label}/{name}.yml")
        return self._nodes.get(name)

    def entry(self, name: str, key: str, wanted: yaml.ScalarNode) -> yaml.Node:
        """Return what `key` of a definition lists under an id.

        Raises:
            Unreadable: there is no such id; names the nearest one.
        """
        entries = dict(self._entries(name, key))
        if wanted.value not in entries:
            what = f"{self._label}/{name}.yml has no {wanted.value!r}"
            raise unreadable(wanted, what, faults.nearest(wanted.value, entries))
        return entries[wanted.value]

    def _entries(self, name: str, key: str) -> Iterator[tuple[str, yaml.Node]]:
        node = self.node(name)
        listed = node and value_of(node, key)
        if isinstance(listed, yaml.MappingNode):
            yield from ((k.value, v) for k, v in listed.value)
        elif isinstance(listed, yaml.SequenceNode):
            yield from ((id_of(n) or "", n) for n in listed.value)


def expand(
    node: yaml.MappingNode, definitions: Definitions, folder: str = ""
) -> yaml.MappingNode:
    """Return a mapping with all that it extends.

    Args:
        node: the content of a file, or one entry of it.
        definitions: what it may extend.
        folder: where below the common folder definitions of its kind are.

    Raises:
        Unreadable: it extends, names or leaves out what is not there.
    """
    for base in bases(node):
        definition = definitions.node(f"{folder}{base.value.removeprefix(PREFIX)}")
        if definition is None or not base.value.startswith(PREFIX):
            what = f"no such definition: {base.value!r}"
            names = [f"{PREFIX}{name}" for name in definitions.names(folder)]
            raise unreadable(base, what, faults.nearest(base.value, names))
        node = merged(_expanded(definition, definitions), node)
    without = value_of(node, "without")
    node = _expanded(left(node, ("extends", "without")), definitions)
    return _without(node, without) if without else node


def on_top(
    base: yaml.MappingNode,
    own: yaml.MappingNode,
    definitions: Definitions,
    lists: Collection[str] = LISTS_BY_ID,
    folder: str = "",
) -> yaml.MappingNode:
    """Return a mapping on top of the one that it extends without saying so."""
    return expand(merged(base, own, lists), definitions, folder)


def extended(node: yaml.MappingNode) -> str | None:
    """Name the definition that a mapping extends; None where it extends none."""
    names = bases(node)
    return names[-1].value.removeprefix(PREFIX) if names else None


def bases(node: yaml.MappingNode) -> list[yaml.ScalarNode]:
    """Return the names of the definitions that a mapping extends, the last first."""
    named = value_of(node, "extends")
    if named is None:
        return []
    names: list[yaml.ScalarNode] = []
    for name in named.value if isinstance(named, yaml.SequenceNode) else [named]:
        if not isinstance(name, yaml.ScalarNode):
            raise unreadable(name, "`extends` is no name", f"write `{PREFIX}NAME`")
        names.insert(0, name)
    return names


def merged(
    base: yaml.Node, own: yaml.Node, lists: Collection[str] = LISTS_BY_ID
) -> yaml.MappingNode:
    """Return what a mapping and the one on top of it hold together; see the module.

    Args:
        base: the mapping below.
        own: the one on top.
        lists: keys of lists whose entries are matched by id.
    """
    pairs = {key.value: (key, value) for key, value in base.value}
    for key, value in own.value:
        _, below = pairs.get(key.value, (None, None))
        if key.value in lists and _are(yaml.SequenceNode, below, value):
            value = _merged_list(below, value)
        elif key.value in MAPPINGS_BY_KEY and _are(yaml.MappingNode, below, value):
            value = merged(below, value)
        pairs[key.value] = (key, value)
    return _mapping(own, list(pairs.values()))


def value_of(node: yaml.MappingNode, key: str) -> yaml.Node | None:
    """Return the value of a key; None if it is not there."""
    return next((v for k, v in node.value if k.value == key), None)


def id_of(node: yaml.Node) -> str | None:
    """Return the id of an entry of a list; None if it has none."""
    value = value_of(node, "id") if isinstance(node, yaml.MappingNode) else None
    return value.value if isinstance(value, yaml.ScalarNode) else None


def _expanded(node: yaml.MappingNode, definitions: Definitions) -> yaml.MappingNode:
    """Put groups of items and shared clocks in their places."""
    pairs = []
    for key, value in node.value:
        if key.value == "items" and isinstance(value, yaml.SequenceNode):
            value = _sequence(value, _items(value, definitions))
        elif key.value == "clocks" and isinstance(value, yaml.SequenceNode):
            value = _sequence(value, [_clock(n, definitions) for n in value.value])
        pairs.append((key, value))
    return _mapping(node, pairs)


def _items(items: yaml.SequenceNode, definitions: Definitions) -> list[yaml.Node]:
    """Put in the items of groups; an item below with an id of theirs changes it."""
    nodes: list[yaml.Node] = []
    of_groups: dict[str, int] = {}
    for item in items.value:
        group = value_of(item, "group") if isinstance(item, yaml.MappingNode) else None
        name = id_of(item)
        if isinstance(group, yaml.ScalarNode):
            if len(item.value) > 1:
                what = "a group of items takes no other key"
                raise unreadable(item, what, "change its items by id below it")
            added = definitions.entry("items", "groups", group).value
            of_groups |= {id_of(n) or "": len(nodes) + i for i, n in enumerate(added)}
            nodes += added
        elif name in of_groups:
            nodes[of_groups[name]] = merged(nodes[of_groups[name]], item)
        else:
            nodes.append(item)
    return nodes


def _clock(clock: yaml.Node, definitions: Definitions) -> yaml.Node:
    if not isinstance(clock, yaml.MappingNode):
        return clock
    name = value_of(clock, "extends")
    if not isinstance(name, yaml.ScalarNode):
        return clock
    base = definitions.entry("clocks", "clocks", name)
    return merged(base, left(clock, ("extends",)))


def _merged_list(base: yaml.SequenceNode, own: yaml.SequenceNode) -> yaml.SequenceNode:
    """Merge two lists of entries by id; entries without one are added."""
    entries = list(base.value)
    for entry in own.value:
        ids = [id_of(e) for e in entries]
        name = id_of(entry)
        changed = left(entry, ("after",)) if name else entry
        if name in ids:
            at = ids.index(name)
            changed = merged(entries.pop(at), changed)
            ids.pop(at)
        else:
            at = len(entries)
        if name and (after := value_of(entry, "after")):
            if after.value not in ids:
                what = f"no entry {after.value!r} to stand after"
                remedy = faults.nearest(str(after.value), [i for i in ids if i])
                raise unreadable(after, what, remedy)
            at = ids.index(after.value) + 1
        entries.insert(at, changed)
    return _sequence(own, entries)


def _without(node: yaml.MappingNode, names: yaml.Node) -> yaml.MappingNode:
    """Leave entries out of the lists that are merged by id."""
    if not isinstance(names, yaml.SequenceNode):
        raise unreadable(names, "`without` is no list", "write `without: [ID, …]`")
    gone = {name.value: name for name in names.value}
    pairs, present = [], set[str | None]()
    for key, value in node.value:
        if key.value in LISTS_OF_ENTRIES and isinstance(value, yaml.SequenceNode):
            present |= {id_of(n) for n in value.value}
            kept = [n for n in value.value if id_of(n) not in gone]
            value = _sequence(value, kept)
        pairs.append((key, value))
    for unknown in sorted(gone.keys() - present):
        what = f"no entry {unknown!r} to leave out"
        remedy = faults.nearest(unknown, [i for i in present if i])
        raise unreadable(gone[unknown], what, remedy)
    return _mapping(node, pairs)


def left(node: yaml.MappingNode, keys: tuple[str, ...]) -> yaml.MappingNode:
    """Return what is left of a mapping without some keys."""
    return _mapping(node, [(k, v) for k, v in node.value if k.value not in keys])


def _are(kind: type[yaml.Node], *nodes: yaml.Node | None) -> bool:
    return all(isinstance(node, kind) for node in nodes)


def _mapping(
    place: yaml.Node, pairs: list[tuple[yaml.Node, yaml.Node]]
) -> yaml.MappingNode:
    return yaml.MappingNode(place.tag, pairs, place.start_mark, place.end_mark)


def _sequence(place: yaml.Node, nodes: list[yaml.Node]) -> yaml.SequenceNode:
    return yaml.SequenceNode(place.tag, nodes, place.start_mark, place.end_mark)
