"""Rows of any dataset of any jurisdiction, drawn from its entry alone, are good.

They come in the dataset's template, filled in, with what a clerk may leave in it.
"""

import csv
import shutil
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

import openpyxl
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
from guiji.outbox import reading_summary
from guiji.parsing.parse import parse
from guiji.reading.read import read_file
from guiji.reports import catalog_page, catalog_template
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
        return settings_in(
            home / "data", catalog=REPOSITORY / "catalog", jurisdiction=request.param
        )
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


@pytest.mark.duty("FJ7")
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


@pytest.fixture(scope="module")
def known(settings: Settings) -> frozenset[str]:
    return regions.load(settings.catalog / "regions.csv")


@pytest.fixture(scope="module")
def world(
    settings: Settings, catalog: Catalog, people: population.Population
) -> drafts.World:
    days = workdays.load(settings.catalog / "workdays.csv")
    return drafts.World(catalog, days, people.subjects, 7)


@pytest.mark.duty("GY3", "FJ2")
def test_a_filled_template_has_no_finding(
    settings: Settings,
    world: drafts.World,
    people: population.Population,
    conditions: Conditions,
    known: frozenset[str],
    tmp_path: Path,
    complete: bool,
) -> None:
    """Entries of the same items and rules are drawn once, all with `--complete`."""
    catalog = world.catalog
    before = [] if complete else drawn_before(catalog.jurisdiction.id)
    drawn = [d for d in in_force(catalog) if content(catalog, d) not in before]
    books = [filled(world, people, d, tmp_path) for d in drawn]
    with Validator(settings, catalog, conditions, by_kept=True) as validator:
        check(validator, world, drawn, books, known)


def test_a_filled_template_saved_by_libreoffice_has_no_finding(
    settings: Settings,
    world: drafts.World,
    people: population.Population,
    conditions: Conditions,
    known: frozenset[str],
    tmp_path: Path,
    soffice: Callable[[Sequence[Path], str], list[Path]],
    complete: bool,
) -> None:
    """Penalties of Guiyang, all datasets of all governments with `--complete`."""
    catalog = world.catalog
    if not complete and catalog.jurisdiction.id != "guiyang":
        pytest.skip("only Guiyang's without --complete")
    wanted = None if complete else "administrative_penalty"
    drawn = [d for d in in_force(catalog) if wanted in (None, d.id)]
    books = [filled(world, people, d, tmp_path) for d in drawn]
    with Validator(settings, catalog, conditions, by_kept=True) as validator:
        for kind in ("xlsx", "ods", "xls"):
            check(validator, world, drawn, soffice(books, kind), known)


def check(
    validator: Validator,
    world: drafts.World,
    drawn: Sequence[Dataset],
    books: Sequence[Path],
    known: frozenset[str],
) -> None:
    """Of each book only the rows with a cell of the example row are at fault."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wave = [
            prepared(world, validator, dataset, book, known)
            for dataset, book in zip(drawn, books, strict=True)
        ]
        results = validator.check_all(wave)
    findings: Counter[tuple[object, ...]] = Counter()
    for dataset, batch, result in zip(drawn, wave, results, strict=True):
        assert not isinstance(result, Exception), result
        cells = len(examples(world.catalog, dataset)) - 1
        assert len(batch.parsed) == ROWS + cells
        rows = result.findings.to_pylist()
        held = {f["source_row"] for f in rows if f["severity"] == "critical"}
        halves = {*range(ROWS + 2, ROWS + 2 + cells)}
        assert held == halves, (dataset.id, sorted(held ^ halves))
        findings.update(
            (dataset.id, f["rule_id"], f["severity"])
            for f in rows
            if f["source_row"] not in halves
        )
    assert findings == {}


def examples(catalog: Catalog, dataset: Dataset) -> dict[str, str]:
    """Cells of the example row of a dataset's template, by the title of the item."""
    lists = catalog_page.code_lists(catalog, dataset)
    cells = ((i, catalog_template.example(dataset, i, lists)) for i in dataset.items)
    return {item.title: cell for item, cell in cells if cell}


def fill(catalog: Catalog, dataset: Dataset, csv_file: Path, book: Path) -> None:
    """Fill the template of a dataset with the records of a text file.

    Of the last records each has one cell of the example row, as if a clerk had edited
    all others; below them is the example row as it was.
    """
    catalog_template.write(catalog, dataset.id, book)
    workbook = openpyxl.load_workbook(book)
    sheet = workbook.worksheets[0]
    columns = {cell.value: cell.column for cell in sheet[1]}
    example = {cell.column: cell.value for cell in sheet[2] if cell.value}
    assert {columns[t]: v for t, v in examples(catalog, dataset).items()} == example
    sheet.delete_rows(2)
    with csv_file.open(encoding="utf-8-sig", newline="") as lines:
        headings, *records = csv.reader(lines)
    places = [columns[heading] for heading in headings]
    for number, record in enumerate(records, start=2):
        for column, text in zip(places, record, strict=True):
            sheet.cell(number, column, text or None)
    name = columns[dataset.item(dataset.subject.name).title]
    single = [(c, v) for c, v in example.items() if c != name]
    for number, (column, text) in enumerate(single, start=2 + ROWS):
        sheet.cell(number, column, text)
    for column, text in example.items():
        sheet.cell(2 + len(records), column, text)
    workbook.save(book)


def test_every_dataset_has_rows_that_can_go_wrong(catalog: Catalog) -> None:
    for dataset in in_force(catalog):
        rules = {way.rule_id for way in faults.ways(dataset, catalog)}
        own = {f"{dataset.id}.{i.id}.required" for i in dataset.items if i.required}
        assert rules >= own | {f"{dataset.id}.key_copies"}


def filled(
    world: drafts.World, people: population.Population, dataset: Dataset, folder: Path
) -> Path:
    """Draw rows of a dataset and fill them into its template."""
    department = world.catalog.departments[dataset.providers[0]]
    subjects = people.registered_by(dataset, 0)
    wish = drafts.Wish(
        dataset,
        department,
        NIGHT,
        ROWS + len(examples(world.catalog, dataset)) - 1,
        layouts.PLAIN,
        (len([*folder.iterdir()]),),
        people.eligible(dataset, 0) if subjects is None else subjects,
        in_order=subjects is not None,
    )
    draft = drafts.make(world, wish).draft
    text, book = folder / f"{dataset.id}.csv", folder / f"{dataset.id}.xlsx"
    written.write(text, injection.untouched(draft), department.title)
    fill(world.catalog, dataset, text, book)
    return book


def prepared(
    world: drafts.World,
    validator: Validator,
    dataset: Dataset,
    book: Path,
    known: frozenset[str],
) -> PreparedBatch:
    """Read a filled-in template as its first provider delivers it."""
    department = world.catalog.departments[dataset.providers[0]]
    name, out = f"{dataset.title}{book.suffix}", book.with_suffix(".read")
    own = world.catalog.datasets_of(department.id)
    reading = read_file(book, name, own, out)
    assert (reading.dataset, reading.rows_faulty) == (dataset.id, 0)
    omitted = [omission.message for omission in reading_summary.omissions(reading)]
    assert len(omitted) == 1
    assert omitted[0].endswith("行不是数据行（填写示例行），未读取")
    text = pq.read_table(out / "text.parquet")
    typed = parse(text, dataset, world.catalog, department.id, b"k" * 32, known)
    batch = BatchInput(f"b-{dataset.id}", NIGHT, department.id, dataset.id, name)
    return validator.prepare(batch, text, typed, reading)
