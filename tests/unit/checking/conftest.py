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
from guiji.checking.judge import CheckResult, Judge
from guiji.settings import Settings

Check = Callable[..., CheckResult]


@pytest.fixture
def dataset() -> Dataset:
    return make_dataset()


@pytest.fixture
def judge(settings: Settings, dataset: Dataset) -> Iterator[Judge]:
    with Judge(settings, make_catalog(dataset)) as judge:
        yield judge


@pytest.fixture
def check(judge: Judge, dataset: Dataset) -> Check:
    """Check rows that are GOOD with changes."""

    def run(
        rows: list[dict[str, Any]], faults: list[dict[str, Any]] | None = None
    ) -> CheckResult:
        typed = typed_table(dataset, rows)
        text = text_table(dataset, typed, faults)
        return judge.check(BATCH, text, typed, reading_of(dataset, text))

    return run
