"""Rows and deliveries add up, whatever is asked for."""

from datetime import date

import pytest

from guiji.core.errors import UsageError
from guiji.sample.plan import SPECIAL, plan, silent

NIGHT = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("rows", "deliveries"),
    [(400, None), (20_000, None), (1_000_000, 300), (5_001, 97)],
)
def test_rows_and_deliveries_are_as_asked(sample, rows, deliveries) -> None:
    planned = plan(sample.catalog, rows, NIGHT, deliveries)
    assert sum(d.rows for d in planned) == rows
    assert min(d.rows for d in planned) >= 1
    if deliveries is not None:
        assert len(planned) + SPECIAL == deliveries


def test_a_quarter_of_the_rows_are_registrations(sample) -> None:
    planned = plan(sample.catalog, 100_000, NIGHT)
    register = sum(d.rows for d in planned if d.dataset.is_register)
    assert register == pytest.approx(25_000, rel=0.01)


def test_every_provider_but_one_delivers(sample) -> None:
    planned = plan(sample.catalog, 20_000, NIGHT)
    quiet = silent(sample.catalog).id
    providers = {p for d in sample.catalog.datasets.values() for p in d.providers}
    assert {d.department.id for d in planned} == providers - {quiet}


def test_a_department_with_a_database_delivers_by_extract_what_others_have(
    sample,
) -> None:
    planned = plan(sample.catalog, 20_000, NIGHT, 200)
    for department in ("tax", "human_resources"):
        own = [d for d in planned if d.department.id == department]
        shared = [d for d in own if len(d.dataset.providers) > 1]
        assert [d.extract is not None for d in shared] == [True]


def test_files_of_a_night_have_names_of_their_own(sample) -> None:
    planned = plan(sample.catalog, 20_000, NIGHT, 200)
    assert len({(d.department.id, d.file) for d in planned}) == len(planned)


def test_large_deliveries_are_never_workbooks(sample) -> None:
    planned = plan(sample.catalog, 1_000_000, NIGHT)
    assert {d.layout.suffix for d in planned if d.rows > 20_000} <= {".csv", ".txt"}


@pytest.mark.parametrize(
    ("rows", "deliveries", "said"),
    [
        (20, None, "need at least"),
        (20_000, 10, "at least .* deliveries"),
        (300, 300, "need at least"),
    ],
)
def test_asking_for_too_little_is_wrong_usage(sample, rows, deliveries, said) -> None:
    with pytest.raises(UsageError, match=said):
        plan(sample.catalog, rows, NIGHT, deliveries)
