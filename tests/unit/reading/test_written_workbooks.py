"""Workbooks of four writers are read cell by cell as they were written."""

import shutil

import pytest
from benchmarks import written_workbooks

BOOKS = 12
OFFICE = pytest.mark.skipif(
    shutil.which("soffice") is None, reason="LibreOffice is not installed"
)
WAYS = [
    pytest.param(way, marks=OFFICE if way in written_workbooks.OFFICE else ())
    for way in written_workbooks.WRITERS
]


@pytest.mark.parametrize("way", WAYS)
def test_every_row_is_exact_or_held_where_nobody_knows(way: str) -> None:
    (found,) = written_workbooks.run(BOOKS, [way])
    assert found.pop("writer") == way
    assert found.pop("books") >= 1
    assert found.pop("exact") > found.pop("held, rightly") >= 0
    assert not any(found.values()), found
