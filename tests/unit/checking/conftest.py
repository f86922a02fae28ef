"""A judge of the small dataset, and a way to check rows with it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from small_penalty import (
    BATCH,
    make_catalog,
    make_dataset,
    reading_of,
    text_table,
    typed_table,
)

from guiji.catalog.model import Dataset
from guiji.checking.validator import CheckResult, Validator
from guiji.core.settings import Settings

Check = Callable[..., CheckResult]


@pytest.fixture
def dataset() -> Dataset:
    return make_dataset()


@pytest.fixture
def validator(settings: Settings, dataset: Dataset) -> Iterator[Validator]:
    with Validator(settings, make_catalog(dataset)) as validator:
        yield validator


@pytest.fixture
def check(validator: Validator, dataset: Dataset) -> Check:
    """Check rows that are GOOD with changes."""

    def run(
        rows: list[dict[str, Any]], faults: list[dict[str, Any]] | None = None
    ) -> CheckResult:
        typed = typed_table(dataset, rows)
        text = text_table(dataset, typed, faults)
        return validator.check(BATCH, text, typed, reading_of(dataset, text))

    return run
