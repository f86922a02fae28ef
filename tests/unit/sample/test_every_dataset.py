"""Rows of any dataset of any jurisdiction, drawn from its entry alone, are good."""

import shutil
import warnings
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from scratch_jurisdiction import SCRATCH, write
from settings_builders import REPOSITORY, settings_in

from guiji.catalog import load
from guiji.catalog.model import Catalog, Dataset
from guiji.checking.condition_cache import Conditions
from guiji.checking.validator import BatchInput, PreparedBatch, Validator
from guiji.core.settings import Settings
from guiji.domain import regions, workdays
from guiji.parsing.parse import parse
from guiji.reading.read import read_file
from guiji.sample import drafts, injection, layouts, places, plan, population, written

NIGHT = date(2026, 11, 20)
ROWS = 20
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


def test_good_rows_have_no_finding(
    settings: Settings,
    catalog: Catalog,
    people: population.Population,
    conditions: Conditions,
    tmp_path: Path,
) -> None:
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
            for number, dataset in enumerate(in_force(catalog))
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
