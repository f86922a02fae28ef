"""Checks across the files of one jurisdiction: what is named must be there."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import pairwise

import numpy as np

from guiji.catalog.dataset_checks import check_clocks, repeated_codes
from guiji.catalog.faults import nearest
from guiji.catalog.model import Dataset, Department, Jurisdiction, TermRegime
from guiji.catalog.source import Place, Problem, Source
from guiji.catalog.vocabulary import (
    ClockKind,
    ItemType,
    OpenLevel,
    SubjectClass,
    UpdateCycle,
)
from guiji.domain import org_codes, text, uscc

REGION_DIGITS = 6
STORED_APART = (ItemType.DATE, ItemType.AMOUNT, ItemType.INTEGER)
"""Types with a column type of their own; all others are stored as text."""

WEIGHTS = (*(pow(3, position, 31) for position in range(17)), 1)
"""Of the characters of a credit code; the last one makes the sum divisible by 31."""


def check_jurisdiction(
    jurisdiction: Jurisdiction, source: Source, datasets: Iterable[str]
) -> Iterator[Problem]:
    """Check the datasets, regions, opening ways, regimes, clocks and codes."""
    dataset_ids = set(datasets)
    for number, channel in enumerate(jurisdiction.channels):
        place: Place = ("channels", number, "datasets")
        yield from _names(channel.datasets, dataset_ids, "dataset", source, place)
    rules = jurisdiction.circular
    for key, named in (
        ("licence_datasets", rules.licence_datasets),
        ("penalty_datasets", rules.penalty_datasets),
        ("list_datasets", rules.list_datasets),
    ):
        yield from _names(named, dataset_ids, "dataset", source, ("circular", key))
    for number, code in enumerate(jurisdiction.region_codes):
        if not (code.isascii() and code.isdigit() and len(code) == REGION_DIGITS):
            what = f"{code!r} is no region code"
            place = ("region_codes", number)
            yield source.problem(place, what, "write six digits of GB/T 2260")
    for level in OpenLevel:
        if level not in jurisdiction.opening_ways:
            what = f"opening_ways has no word for {level.value!r}"
            yield source.problem(("opening_ways",), what, f"add `{level.value}: …`")
    yield from _grades(jurisdiction, source, dataset_ids)
    yield from _regimes(jurisdiction.term_regimes, source)
    yield from check_clocks(jurisdiction.clocks, source)
    yield from repeated_codes(jurisdiction.codes, source)


def check_objections(
    jurisdiction: Jurisdiction,
    source: Source,
    datasets: Iterable[Dataset],
    departments: Iterable[str],
) -> Iterator[Problem]:
    """Check that rules of objections name a department and a form with its items."""
    rules = jurisdiction.objections
    if rules is None:
        return
    by_id = {dataset.id: dataset for dataset in datasets}
    place: Place = ("objections",)
    if rules.office not in (ids := set(departments)):
        what = f"no such department {rules.office!r}"
        yield source.problem((*place, "office"), what, nearest(rules.office, ids))
    form = rules.form
    if form is None:
        return
    if form.dataset not in by_id:
        what = f"no such dataset {form.dataset!r}"
        remedy = nearest(form.dataset, by_id)
        yield source.problem((*place, "form", "dataset"), what, remedy)
        return
    items = {item.id for item in by_id[form.dataset].items}
    for key in ("record", "item", "provider", "claim"):
        if (name := getattr(form, key)) not in items:
            what = f"{form.dataset} has no item {name!r}"
            yield source.problem((*place, "form", key), what, nearest(name, items))


def _grades(
    jurisdiction: Jurisdiction, source: Source, dataset_ids: set[str]
) -> Iterator[Problem]:
    """Check that rules of grades name datasets and grades that are there."""
    rules = jurisdiction.grade_rules
    if rules is None:
        return
    place: Place = ("grade_rules", "required_on")
    yield from _names(rules.required_on, dataset_ids, "dataset", source, place)
    for grade, counts in rules.accumulates.items():
        for name in (grade, *counts):
            if name not in jurisdiction.grades:
                what = f"no such grade {name!r}"
                remedy = nearest(name, jurisdiction.grades)
                yield source.problem(("grade_rules", "accumulates"), what, remedy)


def check_publication(
    dataset: Dataset, source: Source, jurisdiction: Jurisdiction, dataset_ids: set[str]
) -> Iterator[Problem]:
    """Check that what must be published goes out somewhere.

    Where a channel has a dataset that is not `known`, it may mean this one, and that
    is told already.

    Source:
        筑府办发〔2016〕39号 三(三)5, 7.
    """
    is_public = dataset.open_level is OpenLevel.PUBLIC
    named = [c.id for c in jurisdiction.channels if dataset.id in c.datasets]
    misnamed = any({*c.datasets} - dataset_ids for c in jurisdiction.channels)
    for number, clock in enumerate(dataset.clocks):
        if (
            clock.kind is ClockKind.PUBLICATION
            and is_public
            and not (named or misnamed)
        ):
            place: Place = ("clocks", number, "kind")
            what = f"{dataset.id} must be published, and no channel has it"
            remedy = f"add it to `datasets` of a channel in {jurisdiction.id}/"
            yield source.problem(place, what, f"{remedy}jurisdiction.yml")
    if named and dataset.open_level not in (OpenLevel.PUBLIC, OpenLevel.PENDING):
        what = (
            f"{dataset.id} is {dataset.open_level.value}: {named[0]} shows none of it"
        )
        remedy = "set open_level: public, or take it out of the channel"
        yield source.warning(("open_level",), what, remedy)


def check_same_ids(
    datasets: Iterable[tuple[Dataset, Source]],
) -> Iterator[Problem]:
    """Check that items of one id in several datasets are stored alike."""
    stored: dict[str, tuple[str, str]] = {}
    for dataset, source in datasets:
        for number, item in enumerate(dataset.items):
            kind = item.type.value if item.type in STORED_APART else "text"
            first, other = stored.setdefault(item.id, (dataset.id, kind))
            if other != kind:
                what = f"item {item.id!r} is {kind} here and {other} in {first}"
                place: Place = ("items", number, "type")
                remedy = "give it another id, or the same type"
                yield source.problem(place, what, remedy)


def check_departments(
    departments: Sequence[Department], source: Source
) -> Iterator[Problem]:
    """Check that ids and credit codes are valid and there once."""
    seen: dict[str, str] = {}
    for number, department in enumerate(departments):
        place: Place = ("departments", number)
        if department.id in seen:
            what = f"the department {department.id!r} is there twice"
            yield source.problem((*place, "id"), what, "rename or remove one of them")
        if not _is_credit_code(department.uscc):
            what = f"{department.uscc!r} is no valid credit code"
            yield source.problem((*place, "uscc"), what, "copy it from the certificate")
        elif department.uscc in seen.values():
            what = f"two departments have the credit code {department.uscc}"
            yield source.problem((*place, "uscc"), what, "correct one of them")
        seen[department.id] = department.uscc
    yield from _named_bodies(departments, source)


def _named_bodies(
    departments: Sequence[Department], source: Source
) -> Iterator[Problem]:
    """Check that a name stands for one department, and for whom others deliver."""
    ids = {department.id for department in departments}
    owner: dict[str, str] = {}
    for number, department in enumerate(departments):
        place: Place = ("departments", number)
        named = [((*place, "title"), department.title)]
        named += [((*place, "aliases", n), x) for n, x in enumerate(department.aliases)]
        for n, former in enumerate(department.successor_of):
            at = (*place, "successor_of", n)
            named += [(at, name) for name in (former.title, *former.aliases)]
        for at, name in named:
            same = text.name_norm_one(name) or name
            if owner.setdefault(same, department.id) != department.id:
                what = f"{name!r} names {owner[same]} and {department.id}"
                yield source.problem(at, what, "keep it at one of the two")
        for_others = department.delivers_for, ids - {department.id}
        at = (*place, "delivers_for")
        yield from _names(*for_others, "department", source, at)
        if department.parent and department.parent not in ids - {department.id}:
            what = f"no such department {department.parent!r}"
            remedy = nearest(department.parent, ids - {department.id})
            yield source.problem((*place, "parent"), what, remedy)


def _is_credit_code(code: str) -> bool:
    """Check one code as `domain.uscc` checks columns, without what columns cost.

    Arrow imports pandas as soon as it sees a list, and the catalogue is read by every
    command, however small.

    Source: GB 32100-2015; GB 11714-1997.
    """
    if len(code) != len(WEIGHTS) or code[:2] not in uscc.PAIRS:
        return False
    values = [uscc.ALPHABET.find(character) for character in code]
    inner = np.frombuffer(code[8:17].encode(), np.uint8).reshape(1, -1)
    return (
        min(values) >= 0
        and sum(v * w for v, w in zip(values, WEIGHTS, strict=True)) % 31 == 0
        and bool(org_codes.checks(inner).all())
    )


def check_providers(
    dataset: Dataset,
    source: Source,
    departments: Iterable[str],
    jurisdiction: Jurisdiction,
) -> Iterator[Problem]:
    """Check who delivers a dataset, from which database, and how often."""
    department_ids = set(departments)
    place: Place = ("providers",)
    yield from _names(dataset.providers, department_ids, "department", source, place)
    for number, extract in enumerate(dataset.extracts):
        if extract.department not in dataset.providers:
            what = f"extract of {extract.department!r}, which is no provider"
            place = ("extracts", number, "department")
            remedy = nearest(extract.department, dataset.providers)
            yield source.problem(place, what, remedy)
    answers = dataset.source_department
    if answers and answers not in dataset.providers:
        what = f"source_department {answers!r} is no provider"
        remedy = nearest(answers, dataset.providers)
        yield source.problem(("source_department",), what, remedy)
    rules = jurisdiction.grade_rules
    if rules and dataset.id in rules.required_on and not dataset.grade_item:
        what = f"{dataset.id} must bear a grade, and no `grade_item` names one"
        remedy = "name the item, or take the dataset out of `grade_rules`"
        yield source.problem(("grade_item",), what, remedy)
    cycle = dataset.update_cycle
    if cycle is not UpdateCycle.ON_DEMAND and cycle not in jurisdiction.cycles:
        what = f"jurisdiction.yml gives no days for the cycle {cycle.value!r}"
        remedy = nearest(cycle, (c.value for c in jurisdiction.cycles))
        yield source.problem(("update_cycle",), what, remedy)


def check_routes(
    departments: Sequence[Department], source: Source, jurisdiction: Jurisdiction
) -> Iterator[Problem]:
    """Check that the route of a unit is one of the jurisdiction's."""
    for number, department in enumerate(departments):
        route = department.route
        if route is not None and route not in jurisdiction.routes:
            what = f"no such route {route!r}"
            place: Place = ("departments", number, "route")
            yield source.problem(place, what, nearest(route, jurisdiction.routes))


def check_owner(
    dataset: Dataset, source: Source, departments: Sequence[Department]
) -> Iterator[Problem]:
    """Check that it is known whose record it is where several units deliver.

    A record names the body that decided, or is about the unit itself, or bears a number
    that is given once and compared. Else two units may deliver one key: all of them but
    one need a route, or one answers for the values (数源部门).

    Source:
        政务数据共享条例(2025) (一数一源).
    """
    own = {*dataset.subject_classes} == {SubjectClass.AGENCY}
    about_itself = own and dataset.subject.uscc in dataset.key
    names_body = dataset.authority or dataset.source
    answers = dataset.same_number or dataset.source_department
    if names_body or about_itself or answers:
        return
    served = {name for unit in departments for name in unit.delivers_for}
    listed = {d.id: d for d in departments if d.id not in served}
    without = [p for p in dataset.providers if p in listed and not listed[p].route]
    if len(without) > 1:
        what = f"{', '.join(without[:3])} may deliver the same key, without a route"
        remedy = "name the `source_department`, or give `route` to all but one unit"
        yield source.problem(("providers",), what, remedy)


def _names(
    names: Iterable[str], valid: set[str], kind: str, source: Source, place: Place
) -> Iterator[Problem]:
    for number, name in enumerate(names):
        if name not in valid:
            what = f"no such {kind} {name!r}"
            yield source.problem((*place, number), what, nearest(name, valid))


def _regimes(regimes: tuple[TermRegime, ...], source: Source) -> Iterator[Problem]:
    """Regimes of one name must follow one another without overlap."""
    numbers = {regime.id: n for n, regime in enumerate(regimes)}
    if len(numbers) < len(regimes):
        what = "two regimes have the same id"
        yield source.problem(("term_regimes",), what, "rename one of them")
    for regime in regimes:
        if regime.effective_to and regime.effective_to < regime.effective_from:
            place = ("term_regimes", numbers[regime.id], "effective_to")
            what = f"the regime {regime.id} ends before it begins"
            yield source.problem(place, what, "correct the dates")
    ordered = sorted(regimes, key=lambda r: (r.regime, r.effective_from))
    for earlier, later in pairwise(ordered):
        if earlier.regime != later.regime:
            continue
        place = ("term_regimes", numbers[later.id], "effective_from")
        ends = earlier.effective_to
        if ends is None or ends >= later.effective_from:
            what = f"the regime {earlier.id} is still in force when {later.id} begins"
            yield source.problem(place, what, f"end {earlier.id} on the day before")
        elif earlier.effective_from <= ends < later.effective_from - timedelta(days=1):
            what = f"no regime is in force between {earlier.id} and {later.id}"
            remedy = f"begin {later.id} on the day after {earlier.id} ends"
            yield source.problem(place, what, remedy)
