"""Rows of any dataset of any jurisdiction, drawn from its entry alone, are good."""

import shutil
import warnings
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from governments import government
from scratch_jurisdiction import SCRATCH, write
from settings_builders import REPOSITORY, settings_in

from guiji.catalog import load
from guiji.catalog.model import Catalog, Dataset
from guiji.catalog.vocabulary import PART_OF, SubjectClass
from guiji.checking.condition_cache import Conditions
from guiji.checking.validator import BatchInput, PreparedBatch, Validator
from guiji.core.settings import Settings
from guiji.domain import regions, workdays
from guiji.parsing.parse import parse
from guiji.reading.read import read_file
from guiji.sample import (
    drafts,
    faults,
    injection,
    layouts,
    places,
    plan,
    population,
    written,
)

NIGHT = date(2026, 11, 20)
ROWS = 20
FITTING = {
    ("enterprise", "91"),
    ("individual_business", "92"),
    ("cooperative", "93"),
    ("institution", "12"),
    ("agency", "11"),
    *(("social_organisation", pair) for pair in ("51", "52", "53")),
}
"""Class of subject and how its credit codes begin (GB 32100-2015)."""

JURISDICTIONS = [
    *sorted(p.parent.name for p in (REPOSITORY / "catalog").glob("*/jurisdiction.yml")),
    SCRATCH,
]


@pytest.fixture(scope="module", params=JURISDICTIONS)
def settings(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    home = tmp_path_factory.mktemp(request.param)
    if request.param != SCRATCH:
        return settings_in(home / "data", jurisdiction=request.param)
    for folder in ("catalog", "expectations"):
        shutil.copytree(REPOSITORY / folder, home / folder)
    write(home)
    return settings_in(
        home / "data", home=home, catalog=home / "catalog", jurisdiction=SCRATCH
    )


@pytest.fixture(scope="module")
def conditions(tmp_path_factory: pytest.TempPathFactory) -> Conditions:
    """What the rules of all jurisdictions compile to: most of them have the same."""
    return Conditions(tmp_path_factory.mktemp("conditions"), "shared")


@pytest.fixture(scope="module")
def catalog(settings: Settings) -> Catalog:
    return load.load(settings)


@pytest.fixture(scope="module")
def people(settings: Settings, catalog: Catalog) -> population.Population:
    planned = plan.plan(catalog, 20_000, NIGHT)
    table = settings.catalog / "regions.csv"
    where = places.places(catalog.jurisdiction.region_codes, table)
    return population.make(catalog, where, [planned], 7, NIGHT)


def in_force(catalog: Catalog) -> Iterator[Dataset]:
    yield from (d for d in catalog.datasets.values() if plan.is_in_force(d, NIGHT))


def test_every_dataset_in_force_is_delivered_by_every_department_but_one(
    catalog: Catalog,
) -> None:
    rows = 20_000
    planned = plan.plan(catalog, rows, NIGHT)
    assert sum(d.rows for d in planned) == rows
    assert {d.dataset.id for d in planned} == {d.id for d in in_force(catalog)}
    providers = {p for dataset in in_force(catalog) for p in dataset.providers}
    valid = {p for p in providers if catalog.departments[p].is_valid(NIGHT)}
    quiet = plan.silent(catalog)
    expected = valid - {quiet.id} if quiet else valid
    assert {d.department.id for d in planned} == expected


def test_deliveries_are_as_many_as_asked(catalog: Catalog) -> None:
    few = len(plan.plan(catalog, 20_000, NIGHT)) + plan.SPECIAL
    planned = plan.plan(catalog, 20_000, NIGHT, few + 50)
    assert len(planned) + plan.SPECIAL == few + 50


def test_names_and_codes_fit_place_and_class(
    settings: Settings, catalog: Catalog, people: population.Population
) -> None:
    subjects = people.subjects
    where = places.places(
        catalog.jurisdiction.region_codes, settings.catalog / "regions.csv"
    )
    assert all(
        name.startswith(where.names) for name in subjects["enterprise_name"].to_pylist()
    )
    assert not any("市辖区" in name for name in where.names)
    pairs = {
        (subject_class, code[:2])
        for subject_class, code in zip(
            subjects["subject_class"].to_pylist(),
            subjects["uscc"].to_pylist(),
            strict=True,
        )
    }
    assert pairs <= FITTING
    assert len(set(subjects["uscc"].to_pylist())) == len(subjects)
    regions = {code[2:8] for code in subjects["uscc"].to_pylist()}
    assert regions <= set(where.codes)


def test_records_are_about_subjects_of_their_classes(
    catalog: Catalog, people: population.Population
) -> None:
    column = people.subjects["subject_class"].to_pylist()
    for dataset in in_force(catalog):
        if {*dataset.subject_classes} == {SubjectClass.PERSON}:
            continue
        allowed = {*dataset.subject_classes}
        allowed |= {part for part, whole in PART_OF.items() if whole in allowed}
        drawn = {column[row] for row in people.eligible(dataset, 0)}
        assert drawn <= {c.value for c in allowed}


def drawn_before(jurisdiction: str) -> list[tuple[object, object]]:
    """What the entries of the jurisdictions before one say of items and rules."""
    before = JURISDICTIONS[: JURISDICTIONS.index(jurisdiction)]
    catalogs = [government(name) for name in before]
    return [content(c, d) for c in catalogs for d in in_force(c)]


def content(catalog: Catalog, dataset: Dataset) -> tuple[object, object]:
    return dataset.items, catalog.rules.get(dataset.id)


def test_good_rows_have_no_finding(
    settings: Settings,
    catalog: Catalog,
    people: population.Population,
    conditions: Conditions,
    tmp_path: Path,
    complete: bool,
) -> None:
    """Entries of the same items and rules are drawn once, all with `--complete`."""
    before = [] if complete else drawn_before(catalog.jurisdiction.id)
    drawn = [d for d in in_force(catalog) if content(catalog, d) not in before]
    known = regions.load(settings.catalog / "regions.csv")
    world = drafts.World(
        catalog, workdays.load(settings.catalog / "workdays.csv"), people.subjects, 7
    )
    with (
        warnings.catch_warnings(),
        Validator(settings, catalog, conditions, by_kept=True) as validator,
    ):
        warnings.simplefilter("ignore")
        wave = [
            prepared(world, people, validator, dataset, known, tmp_path / str(number))
            for number, dataset in enumerate(drawn)
        ]
        results = validator.check_all(wave)
    findings: Counter[tuple[object, ...]] = Counter()
    for batch, result in zip(wave, results, strict=True):
        assert not isinstance(result, Exception), result
        assert result.batch_refusal is None
        assert len(batch.parsed) == ROWS
        findings.update(
            (f["rule_id"], f["severity"]) for f in result.findings.to_pylist()
        )
    assert findings == {}


def test_every_dataset_has_rows_that_can_go_wrong(catalog: Catalog) -> None:
    for dataset in in_force(catalog):
        rules = {way.rule_id for way in faults.ways(dataset, catalog)}
        own = {f"{dataset.id}.{i.id}.required" for i in dataset.items if i.required}
        assert rules >= own | {f"{dataset.id}.key_copies"}


def prepared(
    world: drafts.World,
    people: population.Population,
    validator: Validator,
    dataset: Dataset,
    known: frozenset[str],
    folder: Path,
) -> PreparedBatch:
    """Draw rows of a dataset, write them as its first provider does, and read them."""
    department = world.catalog.departments[dataset.providers[0]]
    subjects = people.registered_by(dataset, 0)
    wish = drafts.Wish(
        dataset,
        department,
        NIGHT,
        ROWS,
        layouts.PLAIN,
        (int(folder.name),),
        people.eligible(dataset, 0) if subjects is None else subjects,
        in_order=subjects is not None,
    )
    draft = drafts.make(world, wish).draft
    name = f"{dataset.title}.csv"
    path, out = folder / name, folder / "read"
    written.write(path, injection.untouched(draft), department.title)
    own = world.catalog.datasets_of(department.id)
    reading = read_file(path, name, own, out)
    assert (reading.dataset, reading.rows_faulty) == (dataset.id, 0)
    text = pq.read_table(out / "text.parquet")
    typed = parse(text, dataset, world.catalog, department.id, b"k" * 32, known)
    batch = BatchInput(f"b-{dataset.id}", NIGHT, department.id, dataset.id, name)
    return validator.prepare(batch, text, typed, reading)
