"""Checks inside one dataset that a model of one item cannot make.

Each function yields what is wrong, placed at the word that is wrong.
"""

from collections.abc import Iterable, Iterator, Sequence

from guiji.catalog import headings
from guiji.catalog.faults import nearest
from guiji.catalog.model import (
    Clock,
    CodeList,
    Condition,
    Dataset,
    Item,
    Jurisdiction,
)
from guiji.catalog.source import Place, Problem, Source
from guiji.catalog.vocabulary import (
    ClockKind,
    ItemType,
    OpenLevel,
    RegisterItem,
    Sensitivity,
)

_LISTED = (ItemType.CODE, ItemType.CODES)


def check(
    dataset: Dataset, source: Source, jurisdiction: Jurisdiction
) -> Iterator[Problem]:
    """Check code lists, conditions, headings, types, clocks and terms."""
    yield from _headings(dataset, source)
    yield from _code_lists(dataset, source, jurisdiction)
    yield from _types(dataset, source)
    yield from check_clocks(dataset.clocks, source)
    yield from _publication_before_delivery(dataset.clocks, source)
    yield from _term(dataset, source, jurisdiction)
    yield from _sweeps(dataset, source)
    yield from _key(dataset, source)
    yield from _personal(dataset, source)
    lists = {**jurisdiction.codes, **dataset.codes}
    for place, condition in _conditions(dataset):
        item = dataset.item(condition.item)
        yield from _values(item, condition.values, lists, source, (*place, "values"))
    if dataset.status:
        item = dataset.item(dataset.status.item)
        place = ("status", "revoked")
        yield from _values(item, dataset.status.revoked, lists, source, place)


def _headings(dataset: Dataset, source: Source) -> Iterator[Problem]:
    numbers = {item.id: n for n, item in enumerate(dataset.items)}
    for heading, first, second in headings.clashes(dataset):
        place: Place = ("items", numbers[second.id])
        inside = [p for p in source.places(heading) if p[:2] == place]
        what = f"the heading {heading!r} may mean {first.id} or {second.id}"
        remedy = "keep it at one of the two"
        yield source.problem(inside[0] if inside else place, what, remedy)


def _code_lists(
    dataset: Dataset, source: Source, jurisdiction: Jurisdiction
) -> Iterator[Problem]:
    lists = {**jurisdiction.codes, **dataset.codes}
    for number, item in enumerate(dataset.items):
        place = ("items", number, "code_list")
        if item.code_list is None:
            continue
        if item.type not in _LISTED:
            what = f"item {item.id}: type {item.type} takes no code list"
            yield source.problem(place, what, "set type: code, or leave it out")
        elif item.code_list not in lists:
            what = f"no such code list {item.code_list!r}"
            yield source.problem(place, what, nearest(item.code_list, lists))
    yield from repeated_codes(dataset.codes, source)


def repeated_codes(lists: dict[str, CodeList], source: Source) -> Iterator[Problem]:
    """Find words that would stand for two values of one code list."""
    for name, codes in lists.items():
        owner: dict[str, str] = {}
        for number, value in enumerate(codes.values):
            for word in (value.code, value.title, *value.aliases):
                if owner.setdefault(word, value.code) != value.code:
                    what = f"{word!r} stands for {owner[word]!r} and {value.code!r}"
                    place = ("codes", name, "values", number)
                    yield source.problem(place, what, "keep it at one of the two")


def _types(dataset: Dataset, source: Source) -> Iterator[Problem]:
    wanted: list[tuple[Place, str | None, tuple[ItemType, ...]]] = [
        (("subject", "uscc"), dataset.subject.uscc, (ItemType.USCC,)),
        (("subject", "person_id"), dataset.subject.person_id, (ItemType.PERSON_ID,)),
    ]
    date = (ItemType.DATE,)
    wanted += [(("event", n), x, date) for n, x in enumerate(dataset.event)]
    wanted += [(("produced", n), x, date) for n, x in enumerate(dataset.produced)]
    established = dataset.register_items.get(RegisterItem.ESTABLISHED_ON)
    wanted.append((("register_items", "established_on"), established, date))
    for role, body in (("authority", dataset.authority), ("source", dataset.source)):
        if body is not None:
            wanted.append(((role, "name"), body.name, (ItemType.TEXT,)))
            wanted.append(((role, "uscc"), body.uscc, (ItemType.USCC,)))
    term = dataset.publication_term
    if term:
        at = "publication_term"
        wanted.append(((at, "start"), term.start, date))
        wanted += [
            ((at, "end_items", n), x, date) for n, x in enumerate(term.end_items)
        ]
    for place, name, types in wanted:
        if name is not None and dataset.item(name).type not in types:
            fits = [i.id for i in dataset.items if i.type in types]
            what = f"{'.'.join(map(str, place))}: {name!r} is not of type {types[0]}"
            yield source.problem(place, what, nearest(name, fits))


def check_clocks(clocks: Sequence[Clock], source: Source) -> Iterator[Problem]:
    """Find clocks of one list with the same id, and those without a clause."""
    ids = [clock.id for clock in clocks]
    for number, clock in enumerate(clocks):
        if not clock.clause.strip():
            what = f"the clock {clock.id!r} has no clause"
            remedy = "cite the paragraph, or say `parameter: true` where none gives it"
            yield source.problem(("clocks", number, "clause"), what, remedy)
        place = ("clocks", number, "id")
        if clock.id in ids[:number]:
            what = f"the clock {clock.id!r} is there twice"
            yield source.problem(place, what, "rename one of them")


def _publication_before_delivery(
    clocks: Sequence[Clock], source: Source
) -> Iterator[Problem]:
    delivery = [c for c in clocks if c.kind is ClockKind.DELIVERY]
    for number, clock in enumerate(clocks):
        lengths = [c.length for c in delivery if c.unit is clock.unit]
        # of several delivery clocks the shortest binds
        if clock.kind is ClockKind.PUBLICATION and clock.length < min(
            lengths, default=0
        ):
            place = ("clocks", number, clock.unit.value)
            what = "publication is due before delivery is"
            yield source.problem(place, what, "shorten the delivery clock")


def _term(
    dataset: Dataset, source: Source, jurisdiction: Jurisdiction
) -> Iterator[Problem]:
    term = dataset.publication_term
    if term is None or term.regime is None:
        return
    regimes = [r for r in jurisdiction.term_regimes if r.regime == term.regime]
    at = "publication_term"
    if not regimes:
        names = (r.regime for r in jurisdiction.term_regimes)
        what = f"no such regime {term.regime!r}"
        yield source.problem((at, "regime"), what, nearest(term.regime, names))
        return
    if term.default_class is None:
        what = "a term with a regime needs `default_class`"
        yield source.problem((at,), what, "add the class of records that fit no other")
    classes = set.intersection(*(set(r.months) for r in regimes))
    named: list[tuple[Place, str]] = [((at, "classes", c), c) for c in term.classes]
    if term.default_class is not None:
        named.append(((at, "default_class"), term.default_class))
    for place, name in named:
        if name not in classes:
            what = f"class {name!r} is not in every regime {term.regime!r}"
            yield source.problem(place, what, nearest(name, classes))
    if term.class_item is None and term.classes:
        what = "`classes` without `class_item`"
        yield source.problem((at, "classes"), what, "name the item that decides")
    if term.class_item is not None:
        lists = {**jurisdiction.codes, **dataset.codes}
        item = dataset.item(term.class_item)
        for name, values in term.classes.items():
            yield from _values(item, values, lists, source, (at, "classes", name))


def _sweeps(dataset: Dataset, source: Source) -> Iterator[Problem]:
    for number, extract in enumerate(dataset.extracts):
        if extract.sweep is not None and dataset.delivery == "full":
            what = "a full delivery needs no sweep: what it lacks is revoked"
            place = ("extracts", number, "sweep")
            yield source.problem(place, what, "leave out `sweep`")


def _key(dataset: Dataset, source: Source) -> Iterator[Problem]:
    """Warn of a key that changes when the day of the event is corrected.

    Source:
        贵州省企业公共信用信息平台运行管理规则(试行) 第十六条.
    """
    for number, name in enumerate(dataset.key):
        if dataset.clocks and name in {*dataset.event, *dataset.produced}:
            what = f"{name!r} is a day: corrected, it would make a second record"
            remedy = "leave it out of `key`: a number tells records apart"
            yield source.warning(("key", number), what, remedy)


def _personal(dataset: Dataset, source: Source) -> Iterator[Problem]:
    """Refuse an item that is marked personal and public.

    Source:
        个人信息保护法 第二十五条.
    """
    for number, item in enumerate(dataset.items):
        is_marked = item.sensitivity is Sensitivity.PERSONAL
        if is_marked and item.open_level is OpenLevel.PUBLIC:
            what = f"item {item.id} is marked personal, and public"
            remedy = "set its open_level: authorised, gov_only or none"
            yield source.problem(("items", number, "sensitivity"), what, remedy)


def _conditions(dataset: Dataset) -> Iterator[tuple[Place, Condition]]:
    for number, item in enumerate(dataset.items):
        if item.required_when:
            yield ("items", number, "required_when"), item.required_when
        if item.empty_when:
            yield ("items", number, "empty_when"), item.empty_when


def _values(
    item: Item,
    values: Iterable[str],
    lists: dict[str, CodeList],
    source: Source,
    place: Place,
) -> Iterator[Problem]:
    """Check that values named elsewhere are values of the item's code list."""
    if item.type not in _LISTED or item.code_list not in lists:
        return
    codes = [value.code for value in lists[item.code_list].values]
    for number, value in enumerate(values):
        if value not in codes:
            what = f"{value!r} is no code of {item.code_list}"
            yield source.problem((*place, number), what, nearest(value, codes))
