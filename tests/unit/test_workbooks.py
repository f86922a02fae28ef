import io
import zipfile
from datetime import UTC, datetime, timedelta, timezone

import openpyxl
import pytest

from guiji.core import undated_zip, workbooks

INSTANT = datetime(2026, 11, 20, 14, tzinfo=UTC)


def saved(instant: datetime, *, write_only: bool = False) -> bytes:
    book = openpyxl.Workbook(write_only=write_only)
    book.create_sheet("表").append(["甲", 1])
    target = io.BytesIO()
    workbooks.save(book, target, instant)
    return target.getvalue()


@pytest.mark.parametrize("write_only", [False, True])
def test_it_states_the_instant_and_no_hour_of_this_machine(write_only: bool) -> None:
    content = saved(INSTANT, write_only=write_only)
    assert content == saved(INSTANT, write_only=write_only)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert parts.testzip() is None
        assert {p.date_time for p in parts.infolist()} == {undated_zip.EARLIEST}
        core = parts.read("docProps/core.xml").decode()
    assert core.count("2026-11-20T14:00:00Z</dcterms:") == 2
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert [c.value for c in book["表"][1]] == ["甲", 1]


def test_an_instant_is_the_same_in_every_zone() -> None:
    shanghai = timezone(timedelta(hours=8))
    assert saved(INSTANT.astimezone(shanghai)) == saved(INSTANT)
    assert saved(INSTANT.replace(tzinfo=None)) == saved(INSTANT)
